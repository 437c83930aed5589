package onnx

import (
	"math"
	"slices"

	"rnnrun/format"
)

// These operators take some elements along an axis.

func gather(c *call) ([]value, error) {
	at, err := c.intAttribute("axis", 0)
	if err != nil {
		return nil, err
	}
	rank := rankOf(c.in[0])
	k, err := c.axis(at, rank)
	if err != nil {
		return nil, err
	}
	if tokens, ok := c.in[1].(*stream); ok {
		return one(c.embed(tokens, k))
	}
	index := c.in[1].(*array)
	list, ok := index.integers()
	if !ok {
		return nil, c.unsupported("the indices are no list of integers")
	}
	n := shapeOf(c.in[0])[k]
	for i, v := range list {
		if sign, ok := v.sign(); ok && sign < 0 {
			if v, ok = v.plus(n); !ok {
				return nil, c.shape("the index %v", list[i])
			}
			list = slices.Clone(list)
			list[i] = v
		}
	}
	if len(index.shape) == 0 {
		v, err := c.ranged(c.in[0], k, list[0], number(1))
		if err != nil {
			return nil, err
		}
		var keep []int
		for i := range rank {
			if i != k {
				keep = append(keep, i)
			}
		}
		return one(pickAxes(v, keep), nil)
	}
	if a, ok := c.in[0].(*array); ok {
		return one(c.take(a, k, list))
	}
	// Several elements of a stream must follow upon each other.
	for i := range list {
		due, ok := list[0].plus(number(int64(i)))
		if !ok || !due.equal(list[i]) {
			return nil, c.unsupported("it takes the elements %v, which do not follow upon each other", shapeText(list))
		}
	}
	if len(list) == 0 {
		return nil, c.unsupported("it takes no elements")
	}
	return one(c.ranged(c.in[0], k, list[0], number(int64(len(list)))))
}

// take returns elements of constants along axis k.
func (c *call) take(a *array, k int, list []size) (value, error) {
	if a.stored[k] == 1 && !a.shape[k].is(1) || len(list) == 0 {
		return c.ranged(a, k, number(0), number(int64(len(list))))
	}
	var parts []value
	for _, v := range list {
		p, err := c.ranged(a, k, v, number(1))
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return c.joined(parts, k)
}

func slice(c *call) ([]value, error) {
	starts, ends, err := c.bounds()
	if err != nil {
		return nil, err
	}
	rank := rankOf(c.in[0])
	axes, steps, err := c.sliced(len(starts))
	if err != nil {
		return nil, err
	}
	if _, err := c.axes(axes, rank); err != nil {
		return nil, err
	}
	v := c.in[0]
	for i := range starts {
		k, err := c.axis(axes[i], rank)
		if err != nil {
			return nil, err
		}
		n := shapeOf(v)[k]
		if steps[i] == -1 && reversal(starts[i], ends[i], n) {
			if v, err = c.reverse(v, k); err != nil {
				return nil, err
			}
			continue
		}
		if steps[i] != 1 {
			return nil, c.unsupported("it takes every element number %d", steps[i])
		}
		from, ok1 := clamp(starts[i], n)
		to, ok2 := clamp(ends[i], n)
		count, ok3 := to.minus(from)
		if sign, ok := count.sign(); !ok1 || !ok2 || !ok3 || !ok || sign < 0 {
			return nil, c.unsupported("it takes the elements from %v to %v of %v", starts[i], ends[i], n)
		}
		if v, err = c.ranged(v, k, from, count); err != nil {
			return nil, err
		}
	}
	return one(v, nil)
}

// bounds returns where a slice starts and ends.
func (c *call) bounds() (starts, ends []size, err error) {
	if c.model.opset < 10 {
		for i, name := range []string{"starts", "ends"} {
			list, _, err := c.intsAttribute(name)
			if err != nil {
				return nil, nil, err
			}
			to := []*[]size{&starts, &ends}[i]
			for _, v := range list {
				*to = append(*to, number(v))
			}
		}
	} else {
		for i, name := range []string{"starts", "ends"} {
			a, err := c.array(i+1, name)
			if err != nil {
				return nil, nil, err
			}
			var ok bool
			if a != nil {
				if *[]*[]size{&starts, &ends}[i], ok = a.integers(); !ok {
					return nil, nil, c.unsupported("%s are no list of integers", name)
				}
			}
		}
	}
	if len(starts) == 0 || len(starts) != len(ends) {
		return nil, nil, c.damaged("%d starts and %d ends", len(starts), len(ends))
	}
	return starts, ends, nil
}

// sliced returns the axes and the steps of a slice.
func (c *call) sliced(n int) (axes, steps []int64, err error) {
	axes, given, err := c.listOf("axes", 3, 9)
	if err != nil {
		return nil, nil, err
	}
	if !given {
		for k := range n {
			axes = append(axes, int64(k))
		}
	}
	given = false
	if c.model.opset >= 10 {
		if steps, given, err = c.list(4, "steps"); err != nil {
			return nil, nil, err
		}
	}
	if !given {
		steps = slices.Repeat([]int64{1}, n)
	}
	if len(axes) != n || len(steps) != n {
		return nil, nil, c.damaged("%d axes and %d steps for %d starts", len(axes), len(steps), n)
	}
	return axes, steps, nil
}

// clamp returns a start or an end of a slice as a number from 0 to n.
func clamp(v, n size) (size, bool) {
	if x, ok := v.isNumber(); ok && x >= math.MaxInt32 {
		return n, true
	} else if ok && x <= math.MinInt32 {
		return number(0), true
	}
	sign, ok := v.sign()
	if ok && sign < 0 {
		if v, ok = v.plus(n); !ok {
			return v, false
		}
		// An open dimension may be shorter than that, but such a graph asks for
		// its last elements.
		if sign, ok = v.sign(); ok && sign < 0 {
			return number(0), true
		}
		return v, true
	}
	over, fits := v.minus(n)
	if sign, known := over.sign(); fits && known && sign > 0 {
		return n, true
	}
	return v, ok || v.equal(n)
}

// reversal reports whether a slice with the step -1 takes all n elements.
func reversal(start, end, n size) bool {
	last, ok := n.plus(number(-1))
	if !ok {
		return false
	}
	first, isNumber := start.isNumber()
	whole := isNumber && (first == -1 || first >= math.MaxInt32) || start.equal(last)
	before, ok := number(-1).minus(n)
	to, isNumber := end.isNumber()
	return whole && (isNumber && to <= math.MinInt32 || ok && end.equal(before))
}

// reverse turns an axis around.
func (c *call) reverse(v value, k int) (value, error) {
	switch v := v.(type) {
	case *array:
		if err := c.spend(v.length()); err != nil {
			return nil, err
		}
		strides := v.strides()
		offset := max(v.stored[k]-1, 0) * strides[k]
		strides[k] = -strides[k]
		return v.view(v.shape, v.stored, strides, offset), nil
	case *stream:
		axis := v.axes[k]
		if len(axis) == 0 {
			return v, nil
		}
		if len(axis) == 1 && !slices.Contains(v.features, axis[0]) && axis[0] != v.batch && v.output == 0 && len(v.cuts) == 0 {
			s := v.clone()
			if v.steps == nil {
				s.steps = axis[0] // a recurrent layer then shows whether this is the time
			}
			if s.steps == axis[0] {
				s.reversed = !v.reversed
				return s, nil
			}
		}
	}
	return nil, c.unsupported("it reverses an axis that is not the time")
}

func reverseSequence(c *call) ([]value, error) {
	batch, err := c.intAttribute("batch_axis", 1)
	if err != nil {
		return nil, err
	}
	at, err := c.intAttribute("time_axis", 0)
	if err != nil {
		return nil, err
	}
	rank := rankOf(c.in[0])
	k, err := c.axis(at, rank)
	if err != nil {
		return nil, err
	}
	if _, err := c.axis(batch, rank); err != nil {
		return nil, err
	}
	a, err := c.array(1, "the lengths")
	if err != nil {
		return nil, err
	}
	if n := shapeOf(c.in[0])[k]; a.isFloat() || !a.uniform() || !a.ints[0].equal(n) {
		return nil, c.unsupported("it reverses other than all %v steps", n)
	}
	return one(c.reverse(c.in[0], k))
}

func split(c *call) ([]value, error) {
	at, err := c.intAttribute("axis", 0)
	if err != nil {
		return nil, err
	}
	k, err := c.axis(at, rankOf(c.in[0]))
	if err != nil {
		return nil, err
	}
	list, given, err := c.listOf("split", 1, 12)
	if err != nil {
		return nil, err
	}
	n := shapeOf(c.in[0])[k]
	pieces := int64(len(c.node.outputs))
	if c.model.opset >= 18 {
		want, err := c.intAttribute("num_outputs", pieces)
		if err != nil {
			return nil, err
		}
		if want != pieces {
			return nil, c.damaged("num_outputs is %d, but there are %d", want, pieces)
		}
	}
	if !given {
		length, ok := n.isNumber()
		if !ok {
			return nil, c.unsupported("it splits an axis of the open length %v", n)
		}
		each := (length + pieces - 1) / pieces
		for range pieces {
			list = append(list, min(each, length))
			length -= min(each, length)
		}
	}
	if int64(len(list)) != pieces {
		return nil, c.damaged("%d lengths for %d outputs", len(list), pieces)
	}
	var out []value
	from := int64(0)
	for i, length := range list {
		if c.node.outputs[i] == "" {
			out = append(out, nil)
		} else {
			v, err := c.ranged(c.in[0], k, number(from), number(length))
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		from += length
	}
	if !n.is(from) {
		return nil, c.shape("the lengths %v of an axis of %v", list, n)
	}
	return out, nil
}

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
	if err := c.spend(length(stored)); err != nil {
		return nil, err
	}
	return a.view(shape, stored, strides, first*strides[k]), nil
}

func (c *call) rangedStream(s *stream, k int, from, count size) (value, error) {
	axis := s.axes[k]
	if s.output != 0 || s.skip {
		return nil, c.unsupported("it takes some of the outputs after %v", s.output)
	}
	switch {
	case len(axis) == 1 && axis[0] == s.steps:
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
		r.cuts = append(slices.Clip(s.cuts), cut{axis[0], first, first + n})
		return r, nil
	}
	return c.directions(s, k, from, count)
}

// step takes the first or the last step.
func (c *call) step(s *stream, k int, from, count size) (value, error) {
	next, ok := from.plus(number(1))
	first, last := from.is(0), ok && next.equal(s.steps.size)
	if !count.is(1) || !first && !last {
		return nil, c.unsupported("it takes the steps from %v on, %v of %v, where a network puts out all of them or the last", from, count, s.steps.size)
	}
	if s.stage == nil && s.parts == nil {
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
	if s.parts == nil {
		// Dense layers treat every step alike, so the last recurrent layer decides.
		l := recurrent(s.stage)
		if l == nil || len(l.layer.Directions) != 1 || l.layer.Reverse != (at == firstStep) || l.lengths != nil {
			return nil, c.unsupported("it takes the %s after dense layers, which is no final state of the recurrent layer below", stepName(at))
		}
		r.pool = format.PoolLast
		return r, nil
	}
	r.parts = slices.Clone(s.parts)
	for i := range r.parts {
		r.parts[i].when = at
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
	for s != nil && (s.embedding != nil || !s.layer.Kind.Recurrent()) {
		s = s.before
	}
	return s
}

// directions takes some directions of recurrent layers, along an axis that
// counts these, or these and their units.
func (c *call) directions(s *stream, k int, from, count size) (value, error) {
	axis := s.axes[k]
	fail := func() (value, error) {
		return nil, c.unsupported("it takes %v elements from %v on along axis %d of the shape %v, which are no whole directions of a recurrent layer",
			count, from, k, shapeText(s.shape()))
	}
	n := 0
	for n < len(axis) && axis[n].part {
		n++
	}
	_, units := s.partAtoms()
	unit := 1
	if n < len(axis) {
		if n == 0 || !slices.Equal(axis[n:], units) {
			return fail()
		}
		unit = axisSize(units).known()
	}
	first, length := from.known(), count.known()
	if s.parts == nil || n == 0 || first < 0 || length < 1 || unit < 1 || first%unit != 0 || length%unit != 0 {
		return fail()
	}
	return c.pickParts(s, axis[:n], first/unit, length/unit, fail)
}

// pickParts takes the parts number first and up along some atoms that count
// parts.
func (c *call) pickParts(s *stream, atoms []*atom, first, length int, fail func() (value, error)) (value, error) {
	all, _ := s.partAtoms()
	i := slices.Index(all, atoms[0])
	if i < 0 || i+len(atoms) > len(all) || !slices.Equal(all[i:i+len(atoms)], atoms) {
		return fail()
	}
	// parts are [outer][middle][inner]
	middle, inner := axisSize(atoms).known(), axisSize(all[i+len(atoms):]).known()
	r, ok := s.replace(atoms, newAtoms(length, true))
	if !ok || middle < 1 || inner < 1 {
		return fail()
	}
	r.parts = nil
	for o := 0; o < len(s.parts); o += middle * inner {
		r.parts = append(r.parts, s.parts[o+first*inner:][:length*inner]...)
	}
	return r, nil
}
