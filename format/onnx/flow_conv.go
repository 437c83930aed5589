package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// slide returns a value [frames][channels] of a flow along the axis of a kernel, with
// the frames that the kernel reads beyond its own, and the number of frames that it
// must then give. value pads frames of a step.
func (t *tracer) slide(c *call, x *flow, k *kernel, value float32) (v, due int, err error) {
	rest := x.others(k.axis)
	if k.axis < 0 {
		// Every number beside the channels is a frame of its own.
		v, err = t.matrix(c, x, x.others(1), []int{1})
		return v, t.frames1(x, 1), err
	}
	if len(slices.DeleteFunc(slices.Clone(rest), func(axis int) bool { return axis == 1 })) > 0 {
		return 0, 0, c.unsupported("it slides along one of several axes of the shape %v", x.shape)
	}
	if v, err = t.matrix(c, x, []int{k.axis}, []int{1}); err != nil {
		return 0, 0, err
	}
	n := x.shape[k.axis]
	if k.axis != x.time {
		if k.before+k.after > 0 {
			v, err = t.put(c, &format.Pad{Before: k.before, After: k.after, Value: value}, v)
		}
		return v, (n+k.before+k.after-k.span())/k.stride + 1, err
	}
	before, after, err := windowOfSteps(c, n, k)
	if err != nil {
		return 0, 0, err
	}
	if value != 0 && before+after > 0 {
		return 0, 0, c.unsupported("it pads the steps of a sequence")
	}
	w := &format.Window{Before: before, After: after}
	if w.Before+w.After > 0 {
		v, err = t.put(c, w, v)
	}
	return v, n / k.stride, err
}

// frames1 returns how many numbers a flow has for each number of an axis.
func (t *tracer) frames1(x *flow, k int) int { return length(x.shape) / x.shape[k] }

// slid returns the flow of a value that a kernel computed from x, without surplus
// frames.
func (t *tracer) slid(c *call, x *flow, k *kernel, v, due, channels int) (*flow, error) {
	if n := t.shapes[v].Frames; n > due {
		var err error
		if v, err = t.put(c, &format.Slice{Axis: format.AxisFrames, Start: 0, Count: due, Step: 1}, v); err != nil {
			return nil, err
		}
	}
	shape := slices.Clone(x.shape)
	shape[1] = channels
	memory := append(x.others(1), 1)
	if k.axis >= 0 {
		shape[k.axis] = due
		memory = []int{k.axis, 1}
	}
	r := x.with(v, shape, nil)
	r.memory = r.withoutOnes(memory...)
	return r, nil
}

func (t *tracer) conv(c *call) ([]value, error) {
	x, err := t.stream(c, 0)
	if err == nil && x.edges == [2]int{} || x != nil && x.only {
		err = x.ready(c)
	}
	if err != nil {
		return nil, err
	}
	edges := x.edges
	x = x.core()
	w, weight, bias, err := t.kernelWeights(c, x)
	if err != nil {
		return nil, err
	}
	groups, err := c.intAttribute("group", 1)
	if err != nil {
		return nil, err
	}
	outputs, each := w[0], w[1]
	if groups < 1 || int(groups) > outputs || outputs%int(groups) != 0 || x.shape[1] != each*int(groups) {
		return nil, c.shape("%s of weights %v for the shape %v", message.Count(groups, "group"), w, x.shape)
	}
	list, err := t.kernels(c, x, w[2:])
	if err != nil {
		return nil, err
	}
	p, err := t.planeOf(c, x, slidAxes(list))
	if err != nil {
		return nil, err
	}
	f := &filter{outputs: outputs, each: each, groups: int(groups), weight: weight, bias: bias}
	if edges != [2]int{} {
		k := along(list, x.time)
		k.before, k.after = k.before+edges[0], k.after+edges[1]
		if k.axis < 2 {
			return nil, c.unsupported("it reads padded steps, but slides along other axes")
		}
	}
	return one(t.filtered(c, p, f, list))
}

// filtered returns the output of a filter for a plane, or for one axis.
func (t *tracer) filtered(c *call, p *plane, f *filter, list []kernel) (*flow, error) {
	x := p.x
	if p.row >= 0 && p.column >= 0 {
		rows, columns := along(list, p.row), along(list, p.column)
		f.along, f.across = rows.taps, columns.taps
		if p.row > p.column {
			f.weight = turnedTaps(f.weight, f.outputs*f.each, columns.taps, rows.taps)
		}
		return exact(c, x, rows, func(k *kernel) (*flow, error) { return t.convolved(c, p, f, k, columns) })
	}
	k := along(list, max(p.row, p.column))
	if k.axis < 2 {
		k.axis = -1
	}
	return exact(c, x, k, func(k *kernel) (*flow, error) {
		v, due, err := t.slide(c, x, k, 0)
		if err != nil {
			return nil, err
		}
		if v, err = t.convolve(c, v, k, f.outputs, f.each, f.groups, f.weight, f.bias); err != nil {
			return nil, err
		}
		return t.slid(c, x, k, v, due, f.outputs)
	})
}

// turnedTaps returns weights [n][across][along] of weights [n][along][across].
func turnedTaps(weight []float32, n, along, across int) []float32 {
	r := make([]float32, 0, len(weight))
	for i := range n {
		r = append(r, transposed(weight[i*along*across:][:along*across], along, across)...)
	}
	return r
}

// kernelWeights returns the shape of a convolution's weights, these, and the bias.
func (t *tracer) kernelWeights(c *call, x *flow) (shape []int, weight, bias []float32, err error) {
	a, err := c.array(1, "W")
	if err != nil {
		return nil, nil, nil, err
	}
	if shape, weight, err = t.floats(c, a); err != nil {
		return nil, nil, nil, err
	}
	if len(shape) < 3 || len(shape) != len(x.shape) {
		return nil, nil, nil, c.shape("weights of the shape %v for %v", shape, x.shape)
	}
	if b, err := c.array(2, "B"); err != nil {
		return nil, nil, nil, err
	} else if b != nil {
		if _, bias, err = t.floats(c, b); err != nil {
			return nil, nil, nil, err
		}
	}
	return shape, weight, bias, nil
}

// convolve adds a convolution of groups with weights [outputs][each][taps].
func (t *tracer) convolve(c *call, v int, k *kernel, outputs, each, groups int, weight, bias []float32) (int, error) {
	if bias != nil && len(bias) != outputs {
		return 0, c.shape("a bias of %d for %s", len(bias), message.Count(outputs, "output"))
	}
	if err := c.spend(2 * len(weight)); err != nil {
		return 0, err
	}
	if groups > 1 && groups == outputs && each == 1 {
		d := &format.Depthwise{Channels: outputs, Kernel: k.taps, Stride: k.stride, Dilation: k.dilation, Bias: bias}
		if bias == nil {
			d.Bias = make([]float32, outputs)
		}
		d.Weight = transposed(weight, outputs, k.taps)
		return t.put(c, d, v)
	}
	rows := outputs / groups
	var parts []int
	for g := range groups {
		part := v
		var err error
		if groups > 1 {
			if part, err = t.put(c, &format.Slice{Axis: format.AxisChannels, Start: g * each, Count: each, Step: 1}, v); err != nil {
				return 0, err
			}
		}
		var b []float32
		if bias != nil {
			b = bias[g*rows:][:rows]
		}
		conv, err := format.PackConv(each, rows, k.taps, k.stride, k.dilation, weight[g*rows*each*k.taps:][:rows*each*k.taps], b)
		if err != nil {
			return 0, c.unsupported("%v", err)
		}
		if part, err = t.put(c, conv, part); err != nil {
			return 0, err
		}
		parts = append(parts, part)
	}
	if groups == 1 {
		return parts[0], nil
	}
	return t.put(c, &format.Concat{Axis: format.AxisChannels}, parts...)
}

// pad evaluates Pad along one axis.
func (t *tracer) pad(c *call) ([]value, error) {
	x, err := t.stream(c, 0)
	if err == nil && x.edges == [2]int{} || x != nil && x.only {
		err = x.ready(c)
	}
	if err != nil {
		return nil, err
	}
	mode, err := c.textAttribute("mode", "constant")
	if err != nil {
		return nil, err
	}
	modes := map[string]format.PadMode{"constant": format.PadConstant, "reflect": format.PadReflect, "edge": format.PadEdge, "wrap": format.PadWrap}
	kind, ok := modes[mode]
	if !ok {
		return nil, c.damaged("the mode %s", quote(mode))
	}
	pads, filler, err := t.padding(c)
	if err != nil {
		return nil, err
	}
	rank := len(x.shape)
	if len(pads) != 2*rank {
		return nil, c.shape("pads %v for the shape %v", pads, x.shape)
	}
	order := make([]int, 0, rank)
	for k := range rank {
		if k != x.time {
			order = append(order, k)
		}
	}
	if x.time >= 0 {
		order = append(order, x.time)
	}
	for _, k := range order {
		before, after := int(pads[k]), int(pads[rank+k])
		switch {
		case before == 0 && after == 0:
			continue
		case before < 0 || after < 0:
			return nil, c.unsupported("pads %v", pads)
		case k == x.time && (kind != format.PadConstant || filler != 0):
			return nil, c.unsupported("it pads the steps of a sequence with numbers other than zero")
		case k == x.time:
			x = x.edged(before, after)
			continue
		case x.edges != [2]int{}:
			return nil, c.unsupported("it pads several axes of steps")
		}
		if x, err = t.padAxis(c, x, k, format.Pad{Mode: kind, Before: before, After: after, Value: filler}); err != nil {
			return nil, err
		}
	}
	return []value{x}, nil
}

// padAxis pads an axis that is not time.
func (t *tracer) padAxis(c *call, x *flow, k int, p format.Pad) (*flow, error) {
	shape := slices.Clone(x.shape)
	shape[k] += p.Before + p.After
	memory := x.memory
	at := slices.Index(memory, k)
	timed := x.time >= 0 && x.shape[x.time] > 1
	if at < 0 && (timed || p.Mode == format.PadConstant) {
		at = len(memory)
		memory = append(slices.Clone(memory), k)
	}
	if p.Mode == format.PadConstant && at > 0 {
		rows, behind := x.size(memory[:at]), x.size(memory[at+1:])
		v, err := t.reshaped(x.value, rows*x.shape[k], behind)
		if err == nil {
			v, err = t.padColumns(c, v, rows, p.Before, p.After, p.Value)
		}
		return x.with(v, shape, memory), err
	}
	others := x.others(k)
	v, err := t.matrix(c, x, []int{k}, others)
	if err == nil {
		v, err = t.put(c, &p, v)
	}
	return x.with(v, shape, append([]int{k}, others...)), err
}

// padding returns the pads and the value of Pad.
func (t *tracer) padding(c *call) ([]int64, float32, error) {
	if c.model.opset < 11 {
		pads, _, err := c.intsAttribute("pads")
		if err != nil {
			return nil, 0, err
		}
		v, err := c.floatAttribute("value", 0)
		return pads, v, err
	}
	pads, _, err := c.list(1, "pads")
	if err != nil {
		return nil, 0, err
	}
	if c.input(3) != nil {
		return nil, 0, c.unsupported("it names the axes of its pads")
	}
	a, err := c.array(2, "the value")
	if err != nil || a == nil {
		return pads, 0, err
	}
	v, ok := t.scalar(a)
	if !ok {
		return nil, 0, c.unsupported("its value is not a number")
	}
	return pads, v, nil
}
