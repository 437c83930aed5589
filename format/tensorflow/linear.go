package tensorflow

import "slices"

// Keras 2.0 multiplies all steps with the kernels of a cell before the loop, and the
// loop adds products of the state:
//
//	x W + b ─ TensorArrayScatter ⋯ TensorArrayRead ─ Add
//	                                    h R ────────┘
//
// Such products are part of the cell, and are written in the body of the loop.

// isAdded reports whether the output of a node is only cut and added.
func (c *call) isAdded() bool {
	seen := map[string]bool{}
	for names := []string{c.node.name}; len(names) > 0; names = names[1:] {
		if seen[names[0]] {
			continue
		}
		seen[names[0]] = true
		for _, n := range c.readers[names[0]] {
			switch n.op {
			case "Identity", "StridedSlice", "Slice", "Split", "SplitV":
				names = append(names, n.name)
			case "Add", "AddV2", "BiasAdd":
			default:
				return false
			}
		}
	}
	return true
}

// linear returns a step of a tensor along an axis, without that axis, computed in the
// loop from the inputs of the products and sums that make the tensor; nil: it is made
// otherwise.
func (l *loop) linear(c *call, t *tensor, axis int, backward bool) (*tensor, error) {
	s := &stepper{call: c, loop: l, backward: backward, left: 64}
	if !s.hasProduct(t) {
		return nil, nil
	}
	s.left = 64
	return s.step(t, axis)
}

// A stepper writes nodes that compute a tensor for a step.
type stepper struct {
	*call
	loop     *loop
	backward bool
	left     int // nodes that may still be followed
}

// follows returns the tensors that a node computes with at each step; nil: it is not
// followed.
func (s *stepper) follows(t *tensor) []*tensor {
	if s.left--; t.made == nil || t.reversed >= 0 || s.left < 0 {
		return nil
	}
	switch in := t.made.in; t.made.operator {
	case "Transpose", "Reshape":
		return in[:1]
	case "Concat":
		return in
	case "MatMul":
		if (in[1].constant || in[1].fixed) && len(in[0].shape) == 2 {
			return in[:1]
		}
	case "Add":
		if (in[1].constant || in[1].fixed) && len(in[1].shape) <= 1 {
			return in[:1]
		}
	}
	return nil
}

// hasProduct reports whether a product with a constant is among the nodes that compute
// a tensor.
func (s *stepper) hasProduct(t *tensor) bool {
	list := s.follows(t)
	return list != nil && (t.made.operator == "MatMul" || slices.ContainsFunc(list, s.hasProduct))
}

// step writes nodes that compute a tensor along an axis, without it.
func (s *stepper) step(t *tensor, axis int) (*tensor, error) {
	shape := slices.Delete(slices.Clone(t.shape), axis, axis+1)
	in := s.follows(t)
	if in == nil {
		return s.taken(t, axis)
	}
	switch t.made.operator {
	case "Transpose":
		order := t.made.attributes[0].Value.([]int)
		y, err := s.step(in[0], order[axis])
		if err != nil {
			return nil, err
		}
		rest := slices.Delete(slices.Clone(order), axis, axis+1)
		for i, k := range rest {
			if k > order[axis] {
				rest[i]--
			}
		}
		return s.transposed(y, rest)
	case "Concat":
		k := t.made.attributes[0].Value.(int)
		if k == axis {
			return s.taken(t, axis)
		}
		if k > axis {
			k--
		}
		var list []*tensor
		for _, x := range in {
			y, err := s.step(x, axis)
			if err != nil {
				return nil, err
			}
			list = append(list, y)
		}
		return s.joined(list, k)
	case "Reshape":
		k := sameAxis(t, axis, in[0])
		if k < 0 {
			return s.taken(t, axis)
		}
		y, err := s.step(in[0], k)
		if err != nil {
			return nil, err
		}
		return s.laidOut(y, shape)
	case "MatMul":
		if axis != 0 {
			return s.taken(t, axis)
		}
		y, err := s.step(in[0], 0)
		if err != nil {
			return nil, err
		}
		if y, err = s.laidOut(y, append([]dimension{{n: 1}}, y.shape...)); err != nil {
			return nil, err
		}
		if y, err = s.nodeOf("MatMul", t.dtype, append([]dimension{{n: 1}}, shape...), nil, y, t.made.in[1]); err != nil {
			return nil, err
		}
		return s.laidOut(y, shape)
	}
	if axis == len(t.shape)-1 {
		return s.taken(t, axis)
	}
	y, err := s.step(in[0], axis)
	if err != nil {
		return nil, err
	}
	return s.nodeOf("Add", t.dtype, shape, nil, y, t.made.in[1])
}

// taken returns a step of a tensor that is not followed: a sequence that the loop goes
// through.
func (s *stepper) taken(t *tensor, axis int) (*tensor, error) {
	return s.loop.sequence(s.call, t, axis, s.backward)
}

// sameAxis returns the axis of a tensor that corresponds to an axis of its other layout;
// -1: none does.
func sameAxis(t *tensor, axis int, of *tensor) int {
	before := 1
	for _, d := range t.shape[:axis] {
		before *= d.n
	}
	n := 1
	for k, d := range of.shape {
		if n == before && d == t.shape[axis] {
			return k
		}
		n *= d.n
	}
	return -1
}
