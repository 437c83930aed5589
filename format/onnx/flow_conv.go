package onnx

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A kernel is what convolutions and pools slide along an axis.
type kernel struct {
	axis             int // -1: along none
	taps             int
	stride, dilation int
	before, after    int // frames of padding
}

// span returns how many frames the taps reach over.
func (k *kernel) span() int { return (k.taps-1)*k.dilation + 1 }

// window reads the attributes of an operator that slides along the axes of x from
// the third on. All but one of these axes must be of length 1, or not be slid along.
func (t *tracer) window(c *call, x *flow, lengths []int) (*kernel, error) {
	spatial := len(x.shape) - 2
	read := func(name string, n int, otherwise int64) ([]int64, error) {
		list, given, err := c.intsAttribute(name)
		if err == nil && !given {
			list = slices.Repeat([]int64{otherwise}, n)
		}
		if err == nil && (len(list) != n || slices.ContainsFunc(list, func(v int64) bool { return v < 0 || v > format.MaxSize })) {
			err = c.damaged("%s %v", name, list)
		}
		return list, err
	}
	if lengths == nil {
		list, err := read("kernel_shape", spatial, 1)
		if err != nil {
			return nil, err
		}
		for _, n := range list {
			lengths = append(lengths, int(n))
		}
	} else if list, given, err := c.intsAttribute("kernel_shape"); err != nil {
		return nil, err
	} else if given {
		for i, n := range list {
			if i >= len(lengths) || int(n) != lengths[i] {
				return nil, c.shape("kernel_shape %v for weights of %v", list, lengths)
			}
		}
	}
	strides, err := read("strides", spatial, 1)
	if err != nil {
		return nil, err
	}
	dilations, err := read("dilations", spatial, 1)
	if err != nil {
		return nil, err
	}
	pads, err := read("pads", 2*spatial, 0)
	if err != nil {
		return nil, err
	}
	auto, err := c.textAttribute("auto_pad", "NOTSET")
	if err != nil {
		return nil, err
	}
	k := &kernel{axis: -1, taps: 1, stride: 1, dilation: 1}
	for i := range spatial {
		n := x.shape[2+i]
		trivial := lengths[i] == 1 && strides[i] == 1 && pads[i] == 0 && pads[spatial+i] == 0
		if trivial || n == 1 && lengths[i] == 1 && pads[i] == 0 && pads[spatial+i] == 0 && 2+i != x.time {
			continue
		}
		if k.axis >= 0 {
			return nil, c.unsupported("it slides along two axes of the shape %v: only convolutions of one dimension are read", x.shape)
		}
		k.axis, k.taps, k.stride, k.dilation = 2+i, lengths[i], int(max(strides[i], 1)), int(max(dilations[i], 1))
		k.before, k.after = int(pads[i]), int(pads[spatial+i])
	}
	switch auto {
	case "NOTSET", "VALID":
	case "SAME_UPPER", "SAME_LOWER":
		if k.axis < 0 {
			break
		}
		n := x.shape[k.axis]
		due := max((n+k.stride-1)/k.stride*k.stride-k.stride+k.span()-n, 0)
		if k.axis == x.time {
			due = max(k.span()-k.stride, 0)
		}
		k.before, k.after = due/2, due-due/2
		if auto == "SAME_LOWER" {
			k.before, k.after = k.after, k.before
		}
	default:
		return nil, c.damaged("the auto_pad %s", quote(auto))
	}
	return k, nil
}

// slide returns a value [frames][channels] of a flow along the axis of a kernel, with
// the frames that the kernel reads beyond its own, and how many frames are due then.
// value pads frames of a step.
func (t *tracer) slide(c *call, x *flow, k *kernel, value float32) (v, due int, err error) {
	rest := x.others(k.axis)
	if k.axis < 0 {
		// Every number but the channels is a frame of its own.
		v, err = t.matrix(c, x, x.others(1), []int{1})
		return v, t.frames1(x, 1), err
	}
	if len(slices.DeleteFunc(slices.Clone(rest), func(axis int) bool { return axis == 1 })) > 0 {
		return 0, 0, c.unsupported("it slides along one axis of several of the shape %v", x.shape)
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
	before, after := k.before+x.edges[0], k.after+x.edges[1]
	if n%k.stride != 0 {
		return 0, 0, errFrames(k.stride)
	}
	if missing := k.span() - before - after; missing < 1 || missing > k.stride {
		n, than := k.stride-missing, "more"
		if n < 0 {
			n, than = -n, "fewer"
		}
		return 0, 0, c.unsupported("it makes %d steps %s than it reads: %d frames of padding for a kernel of %d and a stride of %d, where %d are due",
			n, than, before+after, k.span(), k.stride, k.span()-k.stride)
	}
	if value != 0 && before+after > 0 {
		return 0, 0, c.unsupported("it pads the steps of a sequence")
	}
	w := &format.Window{Before: before, After: max(k.span()-k.stride-before, 0)}
	if w.Before+w.After > 0 {
		v, err = t.put(c, w, v)
	}
	return v, n / k.stride, err
}

// frames1 returns how many numbers a flow has beside those of an axis.
func (t *tracer) frames1(x *flow, k int) int { return length(x.shape) / x.shape[k] }

// slid returns the flow of a value that a kernel gave of x, without frames too many.
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
	if err != nil {
		return nil, err
	}
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
		return nil, c.shape("%d groups of weights %v for the shape %v", groups, w, x.shape)
	}
	k, err := t.window(c, x, w[2:])
	if err != nil {
		return nil, err
	}
	if k.axis < 0 && x.edges != [2]int{} {
		k.axis = x.time
	}
	v, due, err := t.slide(c, x, k, 0)
	if err != nil {
		return nil, err
	}
	if v, err = t.convolve(c, v, k, outputs, each, int(groups), weight, bias); err != nil {
		return nil, err
	}
	return one(t.slid(c, x, k, v, due, outputs))
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
	if len(shape) < 3 || len(shape) != len(x.shape) || x.shape[0] != 1 {
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
		return 0, c.shape("a bias of %d for %d outputs", len(bias), outputs)
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

// convTranspose is a dense layer to all taps, and the sum of what meets.
func (t *tracer) convTranspose(c *call) ([]value, error) {
	x, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	w, weight, bias, err := t.kernelWeights(c, x) // [inputs][outputs][taps]
	if err != nil {
		return nil, err
	}
	groups, err := c.intAttribute("group", 1)
	if err != nil {
		return nil, err
	}
	extra, _, err := c.intsAttribute("output_padding")
	if err != nil {
		return nil, err
	}
	if groups != 1 || slices.ContainsFunc(extra, func(n int64) bool { return n != 0 }) {
		return nil, c.unsupported("with groups or output_padding")
	}
	k, err := t.window(c, x, w[2:])
	if err != nil {
		return nil, err
	}
	if k.axis < 0 || k.dilation != 1 || k.stride > k.taps {
		return nil, c.unsupported("with weights of the shape %v, a dilation of %d and a stride of %d", w, k.dilation, k.stride)
	}
	inputs, outputs := w[0], w[1]
	rows := make([]float32, 0, len(weight))
	for tap := range k.taps {
		for o := range outputs {
			for i := range inputs {
				rows = append(rows, weight[(i*outputs+o)*k.taps+tap])
			}
		}
	}
	v, err := t.matrix(c, x, []int{k.axis}, []int{1})
	if err != nil {
		return nil, err
	}
	if v, err = t.linear(c, v, inputs, k.taps*outputs, rows, nil); err != nil {
		return nil, err
	}
	timed := k.axis == x.time
	if timed && (k.before != 0 || k.after != k.taps-k.stride) {
		return nil, c.unsupported("it makes steps of a sequence, which are those of its inputs times the stride only with no padding before and %d behind", k.taps-k.stride)
	}
	if v, err = t.put(c, &format.OverlapAdd{Channels: outputs, Kernel: k.taps, Stride: k.stride, Carry: timed && k.taps > k.stride}, v); err != nil {
		return nil, err
	}
	due := (x.shape[k.axis]-1)*k.stride + k.taps - k.before - k.after
	if n := t.shapes[v].Frames; n != due {
		if v, err = t.put(c, &format.Slice{Axis: format.AxisFrames, Start: k.before, Count: due, Step: 1}, v); err != nil {
			return nil, err
		}
	}
	if bias != nil {
		b, err := t.put(c, &format.Constant{Frames: 1, Channels: outputs, Data: bias})
		if err != nil {
			return nil, err
		}
		if v, err = t.put(c, &format.Binary{Function: format.BinaryAdd}, v, b); err != nil {
			return nil, err
		}
	}
	return one(t.slid(c, x, k, v, due, outputs))
}

// framePool evaluates MaxPool and AveragePool.
func (t *tracer) framePool(c *call) ([]value, error) {
	x, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	if len(x.shape) < 3 || x.shape[0] != 1 {
		return nil, c.shape("the shape %v", x.shape)
	}
	flags := [3]int64{}
	for i, name := range []string{"ceil_mode", "storage_order", "count_include_pad"} {
		if flags[i], err = c.intAttribute(name, 0); err != nil {
			return nil, err
		}
	}
	k, err := t.window(c, x, nil)
	if err != nil {
		return nil, err
	}
	mean := c.node.operator == "AveragePool"
	padding := float32(math.Inf(-1))
	if mean {
		padding = 0
		if k.before+k.after > 0 && flags[2] == 0 {
			return nil, c.unsupported("it averages fewer frames at the ends")
		}
	}
	if k.dilation != 1 {
		return nil, c.unsupported("with the dilation %d", k.dilation)
	}
	if k.axis < 0 {
		return []value{x}, nil
	}
	if flags[0] != 0 && (k.axis == x.time || (x.shape[k.axis]+k.before+k.after-k.taps)%k.stride != 0) {
		return nil, c.unsupported("with ceil_mode, of the shape %v", x.shape)
	}
	v, due, err := t.slide(c, x, k, padding)
	if err != nil {
		return nil, err
	}
	if v, err = t.put(c, &format.FramePool{Mean: mean, Kernel: k.taps, Stride: k.stride}, v); err != nil {
		return nil, err
	}
	return one(t.slid(c, x, k, v, due, x.shape[1]))
}

// pad evaluates Pad along one axis.
func (t *tracer) pad(c *call) ([]value, error) {
	x, err := t.stream(c, 0)
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
	for k := range rank {
		before, after := int(pads[k]), int(pads[rank+k])
		switch {
		case before == 0 && after == 0:
			continue
		case before < 0 || after < 0:
			return nil, c.unsupported("pads %v", pads)
		case k == x.time && (kind != format.PadConstant || filler != 0):
			return nil, c.unsupported("it pads the steps of a sequence with other than zeros")
		case k == x.time:
			r := *x
			r.edges = [2]int{x.edges[0] + before, x.edges[1] + after}
			x = &r
			continue
		case x.edges != [2]int{}:
			return nil, c.unsupported("it pads several axes of steps")
		}
		others := x.others(k)
		v, err := t.matrix(c, x, []int{k}, others)
		if err != nil {
			return nil, err
		}
		if v, err = t.put(c, &format.Pad{Mode: kind, Before: before, After: after, Value: filler}, v); err != nil {
			return nil, err
		}
		shape := slices.Clone(x.shape)
		shape[k] += before + after
		x = x.with(v, shape, append([]int{k}, others...))
	}
	return []value{x}, nil
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
		return nil, 0, c.unsupported("its value is no number")
	}
	return pads, v, nil
}
