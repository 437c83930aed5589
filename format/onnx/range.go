package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// ranged returns count elements along axis k, from number from on.
func (c *call) ranged(v value, k int, from, count size) (value, error) {
	n := shapeOf(v)[k]
	end, ok := from.plus(count)
	if !ok {
		return nil, c.shape("the elements from %v on", from)
	}
	left, ok := n.minus(end)
	if sign, known := left.sign(); !ok || known && sign < 0 {
		return nil, c.shape("the elements from %v to %v of an axis of the length %v", from, end, n)
	}
	if sign, known := from.sign(); known && sign < 0 {
		return nil, c.shape("the elements from %v on", from)
	}
	if from.is(0) && count.equal(n) {
		return v, nil
	}
	switch v := v.(type) {
	case *array:
		return c.rangedArray(v, k, from, count)
	case *stream:
		return c.rangedStream(v, k, from, count)
	}
	return nil, nil
}

func (c *call) rangedArray(a *array, k int, from, count size) (value, error) {
	shape, stored := slices.Clone(a.shape), slices.Clone(a.stored)
	shape[k] = count
	if a.stored[k] == 1 && !a.shape[k].is(1) {
		return a.like(shape, stored), nil
	}
	first, n := from.known(), count.known()
	if first < 0 || n < 0 || first+n > a.stored[k] {
		if !a.uniform() {
			return nil, c.unsupported("it takes %v of %v constants, from %v on", count, a.shape[k], from)
		}
		return a.compact().like(shape, slices.Repeat([]int{1}, len(shape))), nil
	}
	stored[k] = n
	strides := a.strides()
	if err := c.spend(a.cost(length(stored))); err != nil {
		return nil, err
	}
	return a.view(shape, stored, strides, first*strides[k]), nil
}

func (c *call) rangedStream(s *stream, k int, from, count size) (value, error) {
	axis := s.axes[k]
	ofSteps := len(axis) == 1 && axis[0] == s.steps
	if s.output != 0 && !ofSteps || s.skip {
		return nil, c.unsupported("it takes some of the outputs after %v", s.output)
	}
	switch {
	case ofSteps:
		return c.step(s, k, from, count)
	case len(axis) == 1 && axis[0] == s.batch:
		return nil, c.unsupported("it takes some sequences of a batch")
	case s.raw() && !s.known && len(axis) == 1:
		first, ok1 := from.isNumber()
		n, ok2 := count.isNumber()
		if !ok1 || !ok2 || n < 1 {
			return nil, c.unsupported("it takes %v elements of an input, from %v on", count, from)
		}
		r := s.clone()
		r.axes = slices.Clone(s.axes)
		r.axes[k] = newAtoms(int(n), false)
		r.cuts = append(slices.Clip(s.cuts), cut{axis[0], first, first + n, r.axes[k]})
		return r, nil
	}
	return c.directions(s, k, from, count)
}

// step takes the first or the last step.
func (c *call) step(s *stream, k int, from, count size) (value, error) {
	next, ok := from.plus(number(1))
	first, last := from.is(0), ok && next.equal(s.steps.size)
	if !count.is(1) || !first && !last {
		return nil, c.unsupported("it takes the steps from %v on, %v of %v, but a network gives all of them or the last", from, count, s.steps.size)
	}
	if s.stage == nil && s.tracks == nil {
		return nil, c.unsupported("it takes one step of the input")
	}
	at := lastStep
	if first != s.reversed {
		at = firstStep
	}
	r := s.clone()
	r.axes = slices.Clone(s.axes)
	r.axes[k] = nil
	r.steps, r.reversed = nil, false
	if s.tracks == nil {
		// Dense layers treat every step alike, so the last recurrent layer decides.
		l := recurrent(s.stage)
		switch {
		case l != nil && l.lengths == nil && len(l.layer.Directions) == 1 && l.layer.Reverse == (at == firstStep):
			r.pool = format.PoolLast
		case l != nil && l.lengths == nil && at == lastStep:
			r.pool = format.PoolLastOutput
		default:
			return nil, c.unsupported("it takes the %s after dense layers, which is not the final state of the recurrent layer below", stepName(at))
		}
		return r, nil
	}
	r.tracks = slices.Clone(s.tracks)
	for i := range r.tracks {
		r.tracks[i].when = at
	}
	return r, nil
}

func stepName(w when) string {
	if w == firstStep {
		return "first step"
	}
	return "last step"
}

// recurrent returns the last recurrent layer, or nil.
func recurrent(s *stage) *stage {
	for s != nil && (s.embedding != nil || !s.layer.Cell.Recurrent()) {
		s = s.before
	}
	return s
}

// directions takes some directions of recurrent layers, along an axis that
// counts directions, or directions and their units.
func (c *call) directions(s *stream, k int, from, count size) (value, error) {
	axis := s.axes[k]
	fail := func() (value, error) {
		if first, n := from.known(), count.known(); s.known && slices.Equal(axis, s.features) && s.width() > 0 && first >= 0 && n > 0 {
			return c.choose(s, k, first, n)
		}
		return nil, c.unsupported("it takes %v elements from %v on along axis %d of the shape %v, which are not whole directions of a recurrent layer",
			count, from, k, shapeText(s.shape()))
	}
	n := 0
	for n < len(axis) && axis[n].track {
		n++
	}
	_, units := s.trackAtoms()
	unit := 1
	if n < len(axis) {
		if n == 0 || !slices.Equal(axis[n:], units) {
			return fail()
		}
		unit = axisSize(units).known()
	}
	first, length := from.known(), count.known()
	if s.tracks == nil || n == 0 || first < 0 || length < 1 || unit < 1 || first%unit != 0 || length%unit != 0 {
		return fail()
	}
	return c.pickTracks(s, axis[:n], first/unit, length/unit, fail)
}

// choose takes some features, with a dense layer that drops the others.
func (c *call) choose(s *stream, k, first, n int) (value, error) {
	width := s.width()
	w, err := c.choice(width, first, n)
	if err != nil {
		return nil, err
	}
	shaped := s.clone()
	shaped.features = newAtoms(n, false)
	shaped.axes = slices.Clone(s.axes)
	shaped.axes[k] = shaped.features
	return c.dense(s, shaped, w, nil, format.Activation{})
}

// choice returns the weights [n][width] of a layer that takes n features of width,
// from the given one on.
func (c *call) choice(width, first, n int) ([]float32, error) {
	size := length([]int{n, width})
	if err := c.spend(size); err != nil {
		return nil, err
	}
	w := make([]float32, size)
	for i := range n {
		w[i*width+first+i] = 1
	}
	return w, nil
}

// pickTracks takes the tracks number first and up along some atoms that
// count tracks.
func (c *call) pickTracks(s *stream, atoms []*atom, first, length int, fail func() (value, error)) (value, error) {
	all, _ := s.trackAtoms()
	i := slices.Index(all, atoms[0])
	if i < 0 || i+len(atoms) > len(all) || !slices.Equal(all[i:i+len(atoms)], atoms) {
		return fail()
	}
	// tracks are [outer][middle][inner]
	middle, inner := axisSize(atoms).known(), axisSize(all[i+len(atoms):]).known()
	r, ok := s.replace(atoms, newAtoms(length, true))
	if !ok || middle < 1 || inner < 1 {
		return fail()
	}
	r.tracks = nil
	for o := 0; o < len(s.tracks); o += middle * inner {
		r.tracks = append(r.tracks, s.tracks[o+first*inner:][:length*inner]...)
	}
	return r, nil
}
