package onnx

import "slices"

func concat(c *call) ([]value, error) {
	at, err := c.attribute("axis", attributeInt)
	if err != nil {
		return nil, err
	}
	if at == nil {
		return nil, c.damaged("it has no axis")
	}
	k, err := c.axis(at.integer, rankOf(c.in[0]))
	if err != nil {
		return nil, err
	}
	return one(c.joined(c.in, k))
}

// joined joins values along axis k.
func (c *call) joined(list []value, k int) (value, error) {
	if len(list) == 1 {
		return list[0], nil
	}
	var arrays []*array
	var streams []*stream
	for i, v := range list {
		if rankOf(v) != rankOf(list[0]) {
			return nil, c.shape("it joins %d and %d axes", rankOf(list[0]), rankOf(v))
		}
		switch v := v.(type) {
		case *array:
			arrays = append(arrays, v)
		case *stream:
			streams = append(streams, v)
		default:
			return nil, c.damaged("input %d is left out", i)
		}
	}
	if len(streams) == 0 {
		return c.joinArrays(arrays, k)
	}
	if len(arrays) > 0 {
		return nil, c.unsupported("it joins constants to values that depend on the graph's inputs")
	}
	return c.joinStreams(streams, k)
}

func (c *call) joinArrays(list []*array, k int) (value, error) {
	first := list[0]
	shape := slices.Clone(first.shape)
	shape[k] = number(0)
	alike := true
	for _, a := range list {
		if err := c.spend(a.length()); err != nil {
			return nil, err
		}
		if a.isFloat() != first.isFloat() {
			return nil, c.unsupported("it joins constants of the types %v and %v", first.dtype, a.dtype)
		}
		alike = alike && a.uniform() && (a.isFloat() && a.floats[0] == first.floats[0] || !a.isFloat() && a.ints[0].equal(first.ints[0]))
		for i := range shape {
			if i != k && !a.shape[i].equal(first.shape[i]) {
				return nil, c.shape("it joins the shapes %v and %v along axis %d", shapeText(first.shape), shapeText(a.shape), k)
			}
		}
		var ok bool
		if shape[k], ok = shape[k].plus(a.shape[k]); !ok {
			return nil, c.shape("an axis that is too long")
		}
	}
	if alike && len(first.shape) > 1 {
		return first.compact().like(shape, slices.Repeat([]int{1}, len(shape))), nil
	}
	// An axis that stretches in all of them may stretch in the result.
	stored := slices.Repeat([]int{1}, len(shape))
	stored[k] = 0
	for _, a := range list {
		for i := range shape {
			if i != k {
				stored[i] = max(stored[i], a.stored[i])
			}
		}
	}
	var parts []*array
	for _, a := range list {
		due := slices.Clone(stored)
		if due[k] = a.shape[k].known(); due[k] < 0 {
			return nil, c.unsupported("it joins constants along an axis of the open length %v", a.shape[k])
		}
		stored[k] += due[k]
		if err := c.spend(a.cost(length([]int{2, length(due)}))); err != nil {
			return nil, err
		}
		parts = append(parts, a.view(a.shape, due, a.strides(), 0))
	}
	r := first.like(shape, stored)
	r.floats, r.ints = nil, nil
	if !first.isFloat() {
		r.ints = []size{}
	}
	outer := length(stored[:k])
	for o := range outer {
		for _, p := range parts {
			n := p.length() / max(outer, 1)
			if first.isFloat() {
				r.floats = append(r.floats, p.floats[o*n:][:n]...)
			} else {
				r.ints = append(r.ints, p.ints[o*n:][:n]...)
			}
		}
	}
	return r, nil
}

// joinStreams joins directions of recurrent layers.
func (c *call) joinStreams(list []*stream, k int) (value, error) {
	first := list[0]
	_, units := first.trackAtoms()
	r := first.clone()
	r.axes = slices.Clone(first.axes)
	r.tracks = nil
	for _, s := range list {
		if s.tracks == nil || s.output != 0 || s.skip {
			return nil, c.unsupported("it joins values that are not outputs or states of recurrent layers, but a network is a chain of layers")
		}
		counting, own := s.trackAtoms()
		if len(own) > 1 || !slices.EqualFunc(own, units, func(a, b *atom) bool { return a.size.equal(b.size) }) {
			return nil, c.unsupported("it joins layers of %v and %v units", axisSize(units), axisSize(own))
		}
		if s.input != first.input || s.reversed != first.reversed || s.steps != first.steps || s.batch != first.batch {
			return nil, c.unsupported("it joins values of different steps")
		}
		for i, axis := range s.axes {
			due := axis
			if len(own) > 0 {
				if j := slices.Index(axis, own[0]); j >= 0 {
					due = slices.Concat(axis[:j], units, axis[j+1:])
				}
			}
			if i == k {
				due = due[min(len(counting), len(due)):]
				if !slices.Equal(axis[:len(axis)-len(due)], counting) || len(due) > 0 && !slices.Equal(due, units) {
					return nil, c.unsupported("it joins along axis %d of the shape %v, which is not that of directions", k, shapeText(s.shape()))
				}
				r.axes[k] = due
				continue
			}
			if !slices.Equal(due, first.axes[i]) {
				return nil, c.unsupported("it joins the shapes %v and %v, whose axes are not the same", shapeText(first.shape()), shapeText(s.shape()))
			}
		}
		r.tracks = append(r.tracks, s.tracks...)
	}
	tracks := newAtoms(len(r.tracks), true)
	r.axes[k] = slices.Concat(tracks, r.axes[k])
	r.features = slices.Concat(tracks, units)
	return r, nil
}
