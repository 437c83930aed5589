package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// joined returns the values that an op combines. A value of the whole sequence
// beside values of steps is repeated at each step.
func (t *tracer) joined(op format.Op, in []int) ([]int, error) {
	switch op.(type) {
	case *format.Binary, *format.Concat, *format.MatMul:
	default:
		return in, nil
	}
	steps := slices.ContainsFunc(in, func(v int) bool { return t.shapes[v].Phase >= 0 && t.shapes[v].EachStep() })
	in = slices.Clone(in)
	for i, v := range in {
		if !steps || t.shapes[v].EachStep() {
			continue
		}
		var err error
		if in[i], err = t.put(nil, &format.Repeat{}, v); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// expandFlow evaluates Expand and Tile, which repeat numbers along axes of length 1.
// Along time they repeat a value of the sequence at each step.
func (t *tracer) expandFlow(c *call) ([]value, error) {
	f, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	list, _, err := c.list(1, "the lengths")
	if err != nil {
		return nil, err
	}
	rank := max(len(f.shape), len(list))
	f = f.extended(rank)
	list = slices.Concat(slices.Repeat([]int64{1}, rank-len(list)), list)
	shape := slices.Clone(f.shape)
	ones := slices.Repeat([]int{1}, rank)
	for k, n := range list {
		switch {
		case n < 1 || n > format.MaxSize:
			return nil, c.unsupported("a length of %d", n)
		case n == 1 || c.node.operator == "Expand" && n == int64(shape[k]):
			continue
		case shape[k] != 1:
			return nil, c.unsupported("it repeats an axis of the shape %v", f.shape)
		}
		shape[k], ones[k] = int(n), int(n)
	}
	name := c.node.outputs[0]
	axis, times, err := t.repeatedSteps(c, f, ones, name)
	if err != nil {
		return nil, err
	}
	if axis >= 0 {
		ones[axis] = 1
	}
	if length(ones) > 1 {
		n := length(ones)
		if err := c.spend(n); err != nil {
			return nil, err
		}
		v, err := t.put(c, &format.Constant{Frames: 1, Channels: n, Data: slices.Repeat([]float32{1}, n)})
		if err != nil {
			return nil, err
		}
		if f, err = t.combine(c, format.BinaryMul, f, &flow{value: v, shape: ones, memory: canonical(ones), time: -1}); err != nil {
			return nil, err
		}
	}
	if axis < 0 {
		return []value{f}, nil
	}
	return one(t.atEachStep(c, f, axis, times))
}

// repeatedSteps returns the axis along which an operator repeats a value of the sequence
// at each step, and how many frames a frame of time has then; -1: there is none.
func (t *tracer) repeatedSteps(c *call, f *flow, lengths []int, name string) (axis, times int, err error) {
	if !t.probing {
		if times = t.repeats[name]; times == 0 {
			return -1, 0, nil
		}
		axis = t.times[name]
		if n := lengths[axis]; n != times*t.frames {
			return 0, 0, c.unsupported("it repeats a value %d times, which is not the number of steps", n)
		}
		return axis, times, nil
	}
	axis = -1
	for k, n := range lengths {
		if f.time < 0 && axis < 0 && n > 1 && n%t.frames == 0 && t.timed() {
			axis, times = k, n/t.frames
			t.repeats[name] = times
		}
	}
	return axis, times, nil
}

// timed reports whether an input has an axis of time.
func (t *tracer) timed() bool {
	return slices.ContainsFunc(t.owners, func(o owner) bool { return o.time >= 0 })
}

// atEachStep repeats a value along time.
func (t *tracer) atEachStep(c *call, f *flow, axis, times int) (*flow, error) {
	v := f.value
	var err error
	if !t.shapes[v].EachStep() {
		if v, err = t.put(c, &format.Repeat{}, v); err != nil {
			return nil, err
		}
	}
	n := times * t.frames
	if err := c.spend(n * length(f.shape)); err != nil {
		return nil, err
	}
	if v, err = t.reshaped(v, 1, length(f.shape)); err != nil {
		return nil, err
	}
	if n > 1 {
		if v, err = t.put(c, &format.Concat{Axis: format.AxisFrames}, slices.Repeat([]int{v}, n)...); err != nil {
			return nil, err
		}
	}
	shape := slices.Clone(f.shape)
	shape[axis] = n
	r := f.with(v, shape, nil)
	r.time = axis
	r.memory = r.withoutOnes(append([]int{axis}, f.memory...)...)
	return r, nil
}
