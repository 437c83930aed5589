package onnx

// A layer that reads a sequence from its end may be written as one that reads the reversed
// sequence, with its outputs reversed again.

// turnedSteps notes that elements of a flow are its steps from the last to the first,
// and changes their strides, and the first of them, to the flow's order.
func (t *tracer) turnedSteps(f *flow, shape, strides []int, first int, name string) int {
	if f.time < 0 || f.shape[f.time] == 1 {
		return first // the first pass has several
	}
	frames := f.shape[f.time]
	frame := length(f.shape) / frames
	for k, n := range shape {
		if n == frames && strides[k] == -frame && first/frame == frames-1 {
			strides[k], t.turned[name] = frame, true
			return first - (frames-1)*frame
		}
	}
	return first
}

// turned returns the flow with its steps reversed.
func (f *flow) turned() *flow {
	r := f.with(f.value, f.shape, f.memory)
	r.due = f.due
	r.reversed = !f.reversed
	return r
}

// reverseSequence evaluates ReverseSequence of all steps.
func (t *tracer) reverseSequence(c *call) ([]value, error) {
	f, err := t.stream(c, 0)
	if err != nil {
		return nil, err
	}
	time, err := c.intAttribute("time_axis", 0)
	if err != nil {
		return nil, err
	}
	batch, err := c.intAttribute("batch_axis", 1)
	if err != nil {
		return nil, err
	}
	lengths, err := c.array(1, "sequence_lens")
	if err != nil {
		return nil, err
	}
	switch {
	case f.due != due{reversed: f.reversed}:
		return nil, f.ready(c)
	case f.time < 0 || int64(f.time) != time || time == batch || batch < 0 || batch > int64(len(f.shape)-1):
		return nil, c.unsupported("it reverses the axis %d of the shape %v, which is not that of the steps", time, f.shape)
	case lengths.isFloat() || !lengths.uniform() || len(lengths.ints) == 0 || !t.isSteps(lengths.ints[0], f.shape[f.time]):
		return nil, c.unsupported("sequence_lens (%s) is not the number of steps", quote(c.node.inputs[1]))
	}
	return []value{f.turned()}, nil
}

// isSteps reports whether a number is the number of all steps: of a step of the model, or
// of the file, which is read as if it left it open.
func (t *tracer) isSteps(n size, steps int) bool {
	if n.is(int64(steps)) {
		return true
	}
	for in, axis := range t.opened {
		if n.is(in.shape[axis].value) && steps == t.frames {
			return true
		}
	}
	return false
}
