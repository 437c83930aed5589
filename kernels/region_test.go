package kernels_test

import (
	"flag"
	"testing"
	"unsafe"

	"github.com/rnnrun/rnnrun/internal/guarded"
)

var guard = flag.Bool("guard", true, "put slices next to pages that must not be touched; turn it off under an "+
	"emulator that reads the whole vector where a mask asks for a part of it, as qemu 7.2 does")

// A region is memory between two pages that must not be touched, so that a
// kernel that reads or writes beyond a slice at its edge crashes.
type region struct{ floats []float32 }

// newRegion returns a region with room for n floats.
func newRegion(t *testing.T, n int) region {
	mem := guarded.Pages(t, 4*n, *guard)
	return region{unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(mem))), len(mem)/4)}
}

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
