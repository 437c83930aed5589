package kernels_test

// An edge is a side of a region.
type edge int

const (
	front edge = iota // aligned, with a guard before it
	back              // aligned only by chance, with a guard behind it
)

func (e edge) String() string { return [...]string{"front", "back"}[e] }

// at returns n floats at an edge of the region.
func (r region) at(e edge, n int) []float32 {
	if e == back {
		return r.floats[len(r.floats)-n:]
	}
	return r.floats[:n:n]
}

// copyOf returns a copy of s at an edge of the region.
func (r region) copyOf(e edge, s []float32) []float32 {
	c := r.at(e, len(s))
	copy(c, s)
	return c
}
