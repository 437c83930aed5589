package onnx

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
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
	switch index := c.in[1].(type) {
	case *stream:
		return one(c.embed(index, k))
	case *permutation:
		return one(c.permuted(c.in[0], k, index))
	case *counting:
		return nil, c.unsupported("by an order of the sequences that sorts nothing")
	}
	index := c.in[1].(*array)
	list, ok := index.integers()
	if !ok {
		return nil, c.unsupported("the indices are not a list of integers")
	}
	n := shapeOf(c.in[0])[k]
	list = slices.Clone(list)
	for i, v := range list {
		if sign, ok := v.sign(); ok && sign < 0 {
			if list[i], ok = v.plus(n); !ok {
				return nil, c.shape("the index %v", v)
			}
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
	// Several elements of a stream must be consecutive.
	for i := range list {
		due, ok := list[0].plus(number(int64(i)))
		if !ok || !due.equal(list[i]) {
			return nil, c.unsupported("it takes the elements %v, which are not consecutive", shapeText(list))
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
		if a, ok := v.(*array); ok && steps[i] != 1 {
			if v, err = c.every(a, k, starts[i], ends[i], steps[i]); err != nil {
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

// every returns the elements of a constant that are a number of steps from each other
// along axis k.
func (c *call) every(a *array, k int, start, end size, step int64) (value, error) {
	n, from, to := int64(a.shape[k].known()), start.constant, end.constant
	_, ok1 := start.isNumber()
	_, ok2 := end.isNumber()
	if !ok1 || !ok2 || n < 0 || a.stored[k] != int(n) || step == 0 || step > n || step < -n {
		return nil, c.unsupported("it takes every element number %d of the shape %v", step, shapeText(a.shape))
	}
	bound := func(v, low, high int64) int64 {
		if v < 0 {
			v += n
		}
		return min(max(v, low), high)
	}
	if step > 0 {
		from, to = bound(from, 0, n), bound(to, 0, n)
	} else {
		from, to = bound(from, 0, n-1), bound(to, -1, n-1)
	}
	count := (to - from + step - max(min(step, 1), -1)) / step
	if count < 1 {
		return nil, c.unsupported("it takes no elements")
	}
	shape, stored, strides := slices.Clone(a.shape), slices.Clone(a.stored), a.strides()
	shape[k], stored[k] = number(count), int(count)
	offset := int(from) * strides[k]
	strides[k] *= int(step)
	if err := c.spend(a.cost(length(stored))); err != nil {
		return nil, err
	}
	return a.view(shape, stored, strides, offset), nil
}

// bounds returns the start and the end of a slice.
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
					return nil, nil, c.unsupported("%s is not a list of integers", name)
				}
			}
		}
	}
	if len(starts) == 0 || len(starts) != len(ends) {
		return nil, nil, c.damaged("%d starts and %s", len(starts), message.Count(len(ends), "end"))
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
		return nil, nil, c.damaged("%s and %s for %d starts", message.Count(len(axes), "axis"), message.Count(len(steps), "step"), n)
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
		if err := c.spend(v.cost(v.length())); err != nil {
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
				s.steps = axis[0] // a recurrent layer then tells whether this is the time
			}
			if s.steps == axis[0] {
				s.reversed = !v.reversed
				return s, nil
			}
		}
	}
	return nil, c.unsupported("it reverses an axis that is not time")
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
		return nil, c.unsupported("it does not reverse all %v steps", n)
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
		return nil, c.damaged("%s for %s", message.Count(len(list), "length"), message.Count(pieces, "output"))
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
