package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// convTranspose evaluates ConvTranspose.
func (t *tracer) convTranspose(c *call) ([]value, error) {
	x, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	w, weight, bias, err := t.kernelWeights(c, x) // [inputs][outputs of a group][taps]
	if err != nil {
		return nil, err
	}
	groups, err := c.intAttribute("group", 1)
	if err != nil {
		return nil, err
	}
	list, err := t.kernels(c, x, w[2:])
	if err != nil {
		return nil, err
	}
	extra, given, err := c.intsAttribute("output_padding")
	if err != nil {
		return nil, err
	}
	if !given {
		extra = make([]int64, len(list))
	}
	if _, given, err := c.intsAttribute("output_shape"); err != nil {
		return nil, err
	} else if auto, _ := c.textAttribute("auto_pad", "NOTSET"); given || auto != "NOTSET" {
		return nil, c.unsupported("with output_shape, or auto_pad")
	}
	if groups < 1 || x.shape[1] != w[0] || w[0]%int(groups) != 0 || len(extra) != len(list) {
		return nil, c.shape("%s of weights %v for the shape %v", message.Count(groups, "group"), w, x.shape)
	}
	for i := range list {
		if n := extra[i]; n < 0 || n > int64(list[i].stride*list[i].dilation) {
			return nil, c.damaged("output_padding %v", extra)
		}
		list[i].after -= int(extra[i])
	}
	p, err := t.planeOf(c, x, slidAxes(list))
	if err != nil {
		return nil, err
	}
	u := &upward{inputs: w[0], outputs: w[1] * int(groups), groups: int(groups), weight: weight, bias: bias, taps: length(w[2:])}
	if err := c.spend(3 * len(weight) * u.groups); err != nil {
		return nil, err
	}
	if p.row >= 0 && p.column >= 0 {
		return one(t.spread(c, p, u, list))
	}
	return one(t.overlapped(c, x, u, along(list, max(p.row, p.column))))
}

// An upward filter is the filter of a transposed convolution.
type upward struct {
	inputs, outputs, groups, taps int
	weight                        []float32 // [inputs][outputs of a group][taps]
	bias                          []float32
}

// at returns the weight from an input to an output; 0: they are of different groups.
func (u *upward) at(input, output, tap int) float32 {
	inputs, outputs := u.inputs/u.groups, u.outputs/u.groups
	if input/inputs != output/outputs {
		return 0
	}
	return u.weight[(input*outputs+output%outputs)*u.taps+tap]
}

// overlapped is a dense layer to all taps, and the sum of those that overlap.
func (t *tracer) overlapped(c *call, x *flow, u *upward, k *kernel) (*flow, error) {
	if k.axis < 2 || k.dilation != 1 || k.stride > k.taps || u.bias != nil && len(u.bias) != u.outputs {
		return nil, c.unsupported("with %s of the shape %v, a dilation of %d and a stride of %d", message.Count(u.taps, "tap"), x.shape, k.dilation, k.stride)
	}
	rows := make([]float32, 0, k.taps*u.outputs*u.inputs)
	for tap := range k.taps {
		for o := range u.outputs {
			for i := range u.inputs {
				rows = append(rows, u.at(i, o, tap))
			}
		}
	}
	v, err := t.matrix(c, x, []int{k.axis}, []int{1})
	if err != nil {
		return nil, err
	}
	if v, err = t.linear(c, v, u.inputs, k.taps*u.outputs, rows, nil); err != nil {
		return nil, err
	}
	if k.axis != x.time {
		due := (x.shape[k.axis]-1)*k.stride + k.taps - k.before - k.after
		if due < 1 || k.before < 0 {
			return nil, c.shape("pads of the shape %v", x.shape)
		}
		if v, err = t.put(c, &format.OverlapAdd{Channels: u.outputs, Kernel: k.taps, Stride: k.stride}, v); err != nil {
			return nil, err
		}
		return t.cropped(c, x, u, k, v, k.before, due)
	}
	due := x.shape[k.axis] * k.stride
	at := func(shift int) (*flow, error) { return t.overlappedAt(c, x, u, k, v, k.before+shift, due) }
	surplus := k.taps - k.stride - k.before - k.after
	switch {
	case surplus < 0:
		return nil, c.unsupported("it makes %s fewer of a sequence", message.Count(-surplus, "step"))
	case surplus == 0:
		return at(0)
	}
	return lateFlow(c, at, surplus)
}

// overlappedAt returns the frames, from a given one on, that all taps of a sequence
// make. Frames before a step's own need the steps after it.
func (t *tracer) overlappedAt(c *call, x *flow, u *upward, k *kernel, v, from, due int) (*flow, error) {
	o := &format.OverlapAdd{Channels: u.outputs, Kernel: k.taps, Stride: k.stride, Carry: from == 0 && k.taps > k.stride}
	start := 0
	if from > 0 {
		before := max(k.taps-1-from, 0) / k.stride
		after := (k.stride - 1 + from) / k.stride
		start = before*k.stride + from
		var err error
		if v, err = t.put(c, &format.Window{Before: before, After: after}, v); err != nil {
			return nil, err
		}
	}
	v, err := t.put(c, o, v)
	if err != nil {
		return nil, err
	}
	return t.cropped(c, x, u, k, v, start, due)
}

// cropped returns that many frames from a given one on, with the bias. Frames beyond
// the last are zeros.
func (t *tracer) cropped(c *call, x *flow, u *upward, k *kernel, v, start, due int) (*flow, error) {
	var err error
	if beyond := start + due - t.shapes[v].Frames; beyond > 0 {
		if v, err = t.put(c, &format.Pad{After: beyond}, v); err != nil {
			return nil, err
		}
	}
	if start > 0 || t.shapes[v].Frames != due {
		if v, err = t.put(c, &format.Slice{Axis: format.AxisFrames, Start: start, Count: due, Step: 1}, v); err != nil {
			return nil, err
		}
	}
	if u.bias != nil {
		b, err := t.put(c, &format.Constant{Frames: 1, Channels: u.outputs, Data: u.bias})
		if err != nil {
			return nil, err
		}
		if v, err = t.put(c, &format.Binary{Function: format.BinaryAdd}, v, b); err != nil {
			return nil, err
		}
	}
	return t.slid(c, x, k, v, due, u.outputs)
}

// spread is a convolution over a plane with zeros between its rows and its columns.
func (t *tracer) spread(c *call, p *plane, u *upward, list []kernel) (*flow, error) {
	rows, columns := along(list, p.row), along(list, p.column)
	v, err := t.planeValue(c, p)
	if err != nil {
		return nil, err
	}
	if v, err = t.zerosBetween(c, v, columns.stride); err != nil {
		return nil, err
	}
	channels := t.shapes[v].Channels
	if v, err = t.reshaped(v, p.rows, t.shapes[v].Frames/p.rows*channels); err != nil {
		return nil, err
	}
	if v, err = t.zerosBetween(c, v, rows.stride); err != nil {
		return nil, err
	}
	x := p.x.with(v, slices.Clone(p.x.shape), nil)
	x.shape[p.row] *= rows.stride
	x.shape[p.column] *= columns.stride
	if v, err = t.reshaped(v, x.shape[p.row]*x.shape[p.column], channels); err != nil {
		return nil, err
	}
	x.value, x.memory = v, x.withoutOnes(p.row, p.column, 1)
	wide := &plane{x: x, row: p.row, column: p.column, rows: x.shape[p.row], columns: x.shape[p.column]}

	f := &filter{outputs: u.outputs, each: u.inputs / u.groups, groups: u.groups, bias: u.bias}
	for o := range u.outputs {
		first := o / (u.outputs / u.groups) * f.each
		for i := first; i < first+f.each; i++ {
			for tap := u.taps - 1; tap >= 0; tap-- {
				f.weight = append(f.weight, u.at(i, o, tap))
			}
		}
	}
	turned := make([]kernel, len(list))
	for i, k := range list {
		reach := k.span() - 1
		turned[i] = kernel{axis: k.axis, taps: k.taps, stride: 1, dilation: k.dilation, before: reach - k.before, after: reach - k.after - (k.stride - 1)}
		if turned[i].before < 0 {
			return nil, c.unsupported("its padding is larger than its kernel reaches")
		}
	}
	return t.filtered(c, wide, f, turned)
}

// zerosBetween puts frames of zeros after every frame, so that their number grows by a
// factor.
func (t *tracer) zerosBetween(c *call, v, times int) (int, error) {
	if times == 1 {
		return v, nil
	}
	frames, channels := t.shapes[v].Frames, t.shapes[v].Channels
	n := frames * channels * (times - 1)
	if err := c.spend(n); err != nil {
		return 0, err
	}
	k, err := t.put(c, &format.Constant{Frames: frames, Channels: channels * (times - 1), Data: make([]float32, n)})
	if err != nil {
		return 0, err
	}
	if v, err = t.put(c, &format.Concat{Axis: format.AxisChannels}, v, k); err != nil {
		return 0, err
	}
	return t.reshaped(v, frames*times, channels)
}
