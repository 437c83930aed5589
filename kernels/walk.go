package kernels

import "github.com/rnnrun/rnnrun/kernels/internal/generic"

// A walk is the prepared arguments of one walk over some tiles: of a whole step,
// or of one of two.
type walk struct {
	generic.Args
	start int   // where Start is in the sums
	then  *walk // the other one, or nil
}

// walks are the prepared arguments of a stream's steps, first of even ones and
// then of odd ones: for steps that read inputs, and for steps whose sums already
// hold the product with them. nil: slices are used instead.
type walks [2]struct{ withInputs, withSums *walk }

// resident is the number of bytes of weights that the first-level cache holds
// besides everything else. Steps that read no more always start with the first
// tile: the next step can then begin with the first units while this one
// completes the last.
const resident = 20 << 10

// walks prepares the arguments of some tiles of steps that read that many bytes of
// weights; weights sets the arguments for them.
func (m layout) walks(of tiles, bytes int, weights func(a *generic.Args, m layout, t tiles, inputs bool)) (w walks) {
	build := func(m layout, reverse, inputs bool) *walk {
		of.reverse = reverse
		return m.walk(of, func(m layout, t tiles) *walk {
			a := m.over(t)
			weights(&a.Args, m, t, inputs)
			return a
		})
	}
	for i := range w {
		m, reverse := m.turned(i == 1), i == 1 && bytes > resident
		w[i].withInputs, w[i].withSums = build(m, reverse, true), build(m, reverse, false)
	}
	return w
}

// walk returns the walks of some tiles of a step. As in linear, up to two full tiles go
// with a narrow one.
func (m layout) walk(of tiles, build func(m layout, t tiles) *walk) *walk {
	if of.narrow == 0 {
		return build(m, of)
	}
	body, tail := of, tiles{narrow: of.narrow}
	body.narrow = 0
	tail.count = min(body.count, 2)
	body.count -= tail.count
	tail.first = body.end()
	switch {
	case body.count == 0:
		return build(m, tail)
	case of.reverse:
		w := build(m, tail)
		w.then = build(m, body)
		return w
	}
	w := build(m, body)
	w.then = build(m, tail)
	return w
}

// over returns the arguments of a walk over some tiles, except for the weights.
func (m layout) over(t tiles) *walk {
	first, results := t.begin(), m.results()
	a := &walk{start: first * TileRows}
	a.Args = generic.Args{
		Next:       &m.Next[first*results],
		Start:      &m.Bias[first*TileRows],
		UnitStep:   t.direction() * results * 4,
		Tiles:      t.count,
		LastRows:   t.narrow,
		Activation: int(m.activation),
	}
	a.Out = a.Next
	if m.Out != nil {
		a.Out = &m.Out[first*results]
	}
	if m.C != nil {
		a.C = &m.C[first*results]
	}
	if m.tile == gruRows {
		a.At = &m.H[first*results]
	}
	return a
}
