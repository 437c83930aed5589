package onnx

import "slices"

// PyTorch's pack_padded_sequence with enforce_sorted=False sorts the sequences
// of a batch by their lengths, and pad_packed_sequence puts the outputs back:
//
//	sorted, by = TopK(lengths, N)
//	inverse    = ScatterElements(zeros of N, by, Range(0, N))
//	x          = Gather(x, by)
//	y          = Gather(y, inverse)
//
// A model runs sequences of any lengths in any order, so the two cancel out. No
// output may be left in the sorted order.

// A sorting is an order of the sequences of a batch by their lengths.
type sorting struct{ count size } // of sequences

// A permutation is the value of the indices that sort the sequences, or that
// restore their order.
type permutation struct {
	of      *sorting
	inverse bool
}

// A counting is the value of the numbers from 0 up to an open number.
type counting struct{ count size }

// checkOrder checks that a node reads sequences in one order, and that it
// understands a permutation if it reads one.
func (c *call) checkOrder() error {
	var order *stream
	for i, v := range c.in {
		switch v := v.(type) {
		case *stream:
			if order != nil && order.sorted != v.sorted {
				return c.unsupported("it reads some inputs sorted by the lengths of sequences, and others not")
			}
			order = v
		case *permutation, *counting:
			if !slices.Contains([]string{"Cast", "Identity", "Shape", "Gather", "ScatterElements", "Scatter"}, c.node.operator) || c.node.operator == "Gather" && i != 1 {
				return c.unsupported("input %d is an order of the sequences of a batch, which only Gather can read", i)
			}
		}
	}
	return nil
}

// topK sorts the lengths of sequences.
func topK(c *call) ([]value, error) {
	at, err := c.intAttribute("axis", -1)
	if err != nil {
		return nil, err
	}
	if _, err := c.intAttribute("largest", 1); err != nil {
		return nil, err
	}
	if _, err := c.intAttribute("sorted", 1); err != nil {
		return nil, err
	}
	s, ok := c.in[0].(*stream)
	if !ok || !s.whole() || len(s.axes) != 1 || len(s.axes[0]) > 1 || s.sorted != nil {
		return nil, c.unsupported("of something other than a list of the lengths of sequences")
	}
	if _, err := c.axis(at, 1); err != nil {
		return nil, err
	}
	k, err := c.array(1, "the number")
	if err != nil {
		return nil, err
	}
	n := s.shape()[0]
	if list, ok := k.integers(); !ok || len(list) != 1 || !list[0].equal(n) {
		return nil, c.unsupported("it takes some of the %v lengths of sequences", n)
	}
	r := s.clone()
	r.sorted = &sorting{n}
	r.sortedAxis = first(s.axes[0])
	return []value{r, &permutation{of: r.sorted}}, nil
}

// scatterElements inverts a permutation: it writes the numbers from 0 on to the
// places that the permutation gives.
func scatterElements(c *call) ([]value, error) {
	at, err := c.intAttribute("axis", 0)
	if err != nil {
		return nil, err
	}
	reduction, err := c.textAttribute("reduction", "none")
	if err != nil {
		return nil, err
	}
	p, ok := c.in[1].(*permutation)
	if !ok || reduction != "none" || rankOf(c.in[0]) != 1 || at != 0 && at != -1 || !counts(c.in[2], p.of.count) {
		return nil, c.unsupported("for a purpose other than to invert an order of the sequences of a batch")
	}
	return one(&permutation{of: p.of, inverse: !p.inverse}, nil)
}

// counts reports whether a value is the numbers from 0 up to n.
func counts(v value, n size) bool {
	switch v := v.(type) {
	case *counting:
		return v.count.equal(n)
	case *array:
		list, ok := v.numbers()
		for i, x := range list {
			ok = ok && x == int64(i)
		}
		return ok && n.is(int64(len(list)))
	}
	return false
}

// permuted returns a stream with its sequences in another order, along axis k.
func (c *call) permuted(v value, k int, p *permutation) (value, error) {
	s, ok := v.(*stream)
	if !ok {
		return nil, c.unsupported("of constants, by an order of the sequences of a batch")
	}
	axis := s.axes[k]
	if len(axis) == 0 && p.of.count.is(1) {
		return s, nil // one sequence is in any order
	}
	r := s.clone()
	switch {
	case len(axis) != 1 || !axis[0].size.equal(p.of.count) || s.batch != nil && s.batch != axis[0]:
		return nil, c.unsupported("it sorts an axis that is not that of the sequences")
	case p.inverse && s.sorted == p.of && s.sortedAxis == axis[0]:
		r.sorted, r.sortedAxis = nil, nil
	case !p.inverse && s.sorted == nil:
		r.sorted, r.sortedAxis = p.of, axis[0]
	default:
		return nil, c.unsupported("it sorts sequences that are sorted, or restores the order of sequences that are not")
	}
	return r, nil
}
