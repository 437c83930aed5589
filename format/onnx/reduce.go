package onnx

import (
	"slices"

	"rnnrun/format/network"
)

// reduce takes the greatest or the mean of every feature over the steps.
func reduce(to when) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		list, given, err := c.listOf("axes", 1, 17)
		if err != nil {
			return nil, err
		}
		keep, err := c.intAttribute("keepdims", 1)
		if err != nil {
			return nil, err
		}
		if empty, err := c.intAttribute("noop_with_empty_axes", 0); err != nil || empty != 0 {
			return nil, c.unsupported("noop_with_empty_axes, or an attribute of the wrong type")
		}
		s, ok := c.in[0].(*stream)
		if !ok {
			return nil, c.unsupported("of constants")
		}
		set, err := c.axes(list, len(s.axes))
		if err != nil {
			return nil, err
		}
		if !given || len(set) == 0 {
			return nil, c.unsupported("over all axes")
		}
		return one(c.pooled(s, set, keep != 0, to))
	}
}

// globalPool reduces all axes after the second.
func globalPool(to when) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		s, ok := c.in[0].(*stream)
		if !ok || len(s.axes) < 3 {
			return nil, c.unsupported("of constants, or of less than 3 axes")
		}
		set := map[int]bool{}
		for k := 2; k < len(s.axes); k++ {
			set[k] = true
		}
		return one(c.pooled(s, set, true, to))
	}
}

func (c *call) pooled(s *stream, set map[int]bool, keep bool, to when) (value, error) {
	r := s.clone()
	r.axes = nil
	found := false
	for k, axis := range s.axes {
		if !set[k] {
			r.axes = append(r.axes, axis)
			continue
		}
		if len(axis) > 1 || len(axis) == 1 && axis[0] != s.steps {
			return nil, c.unsupported("over axis %d of the shape %v, which is not that of the steps", k, shapeText(s.shape()))
		}
		found = found || len(axis) == 1
		if keep {
			r.axes = append(r.axes, nil)
		}
	}
	if !found {
		return r, nil // over a single step or sequence
	}
	if s.parts == nil || s.output != network.OutputLinear || s.skip {
		return nil, c.unsupported("over the steps of what is not the output of a recurrent layer")
	}
	r.steps, r.reversed = nil, false
	r.parts = slices.Clone(s.parts)
	for i, p := range r.parts {
		if p.stage.lengths != nil {
			return nil, c.unsupported("over the steps of sequences that have lengths of their own")
		}
		r.parts[i].when = to
	}
	return r, nil
}
