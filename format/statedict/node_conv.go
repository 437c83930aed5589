package statedict

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

func (g *grapher) conv(n *Node, in []int) (int, error) {
	w, err := g.weight(n, "weight", 3)
	if err != nil {
		return 0, err
	}
	outputs, each, kernel := w.Shape[0], w.Shape[1], w.Shape[2]
	groups, stride, dilation := max(n.Groups, 1), max(n.Stride, 1), max(n.Dilation, 1)
	bias, err := g.vector(n, "bias", outputs)
	if err != nil {
		return 0, err
	}
	if outputs%groups != 0 {
		return 0, g.refuse("its %d outputs are not those of %d groups", outputs, groups)
	}
	if channels := g.shapes[in[0]].Channels; channels != groups*each {
		return 0, g.refuse("its weight has the shape %s, which reads %s of %s, but it reads %v", w.shape(), message.Count(groups, "group"), message.Count(each, "channel"), g.shapes[in[0]])
	}
	weight, bias, err := g.folded(n, w.Data, bias, outputs)
	if err != nil {
		return 0, err
	}
	x, err := g.padded(n, in[0], kernel, dilation)
	if err != nil {
		return 0, err
	}
	if groups > 1 && groups == outputs && each == 1 {
		return g.depthwise(weight, bias, outputs, kernel, stride, dilation, x)
	}
	rows, parts := outputs/groups, []int(nil)
	for k := range groups {
		part := x
		if groups > 1 {
			if part, err = g.put(&format.Slice{Axis: format.AxisChannels, Start: k * each, Count: each, Step: 1}, x); err != nil {
				return 0, err
			}
		}
		var b []float32
		if bias != nil {
			b = bias[k*rows:][:rows]
		}
		c, err := format.PackConv(each, rows, kernel, stride, dilation, weight[k*rows*each*kernel:][:rows*each*kernel], b)
		if err != nil {
			return 0, err
		}
		if part, err = g.put(c, part); err != nil {
			return 0, err
		}
		parts = append(parts, part)
	}
	if groups > 1 {
		return g.put(&format.Concat{Axis: format.AxisChannels}, parts...)
	}
	return parts[0], nil
}

// depthwise adds a convolution of each channel by itself, whose weight is
// [channels][1][kernel].
func (g *grapher) depthwise(weight, bias []float32, channels, kernel, stride, dilation, x int) (int, error) {
	d := &format.Depthwise{Channels: channels, Kernel: kernel, Stride: stride, Dilation: dilation, Bias: bias}
	if bias == nil {
		d.Bias = make([]float32, channels)
	}
	for k := range kernel {
		for c := range channels {
			d.Weight = append(d.Weight, weight[c*kernel+k])
		}
	}
	return g.put(d, x)
}

// padded adds the frames that a convolution of that many taps reads beyond
// those of a step: zeros, or frames of the steps around it.
func (g *grapher) padded(n *Node, x, kernel, dilation int) (int, error) {
	span := (kernel - 1) * dilation
	switch {
	case n.Causal && n.Same || (n.Causal || n.Same) && n.Padding > 0:
		return 0, g.refuse(`"causal", "same" and "padding" exclude each other: give one of them`)
	case n.Causal && span > 0:
		return g.put(&format.Window{Before: span}, x)
	case n.Same && span > 0:
		return g.put(&format.Window{Before: span / 2, After: span - span/2}, x)
	case n.Padding > 0:
		return g.put(&format.Pad{Before: n.Padding, After: n.Padding}, x)
	}
	return x, nil
}

// convTranspose adds a transposed convolution: a dense layer to all taps, and the
// sum of those that overlap.
func (g *grapher) convTranspose(n *Node, in []int) (int, error) {
	w, err := g.weight(n, "weight", 3) // [inputs][outputs][kernel]
	if err != nil {
		return 0, err
	}
	inputs, outputs, kernel := w.Shape[0], w.Shape[1], w.Shape[2]
	bias, err := g.vector(n, "bias", outputs)
	if err != nil {
		return 0, err
	}
	rows := make([]float32, 0, len(w.Data))
	for k := range kernel {
		for o := range outputs {
			for i := range inputs {
				rows = append(rows, w.Data[(i*outputs+o)*kernel+k])
			}
		}
	}
	l, err := network.NewDense(w.Name, inputs, kernel*outputs, rows, nil).Pack()
	if err != nil {
		return 0, err
	}
	v, err := g.put(&l, in...)
	if err != nil {
		return 0, err
	}
	if v, err = g.put(&format.OverlapAdd{Channels: outputs, Kernel: kernel, Stride: max(n.Stride, 1), Carry: n.Carry}, v); err != nil {
		return 0, err
	}
	if n.Padding > 0 {
		count := g.shapes[v].Frames - 2*n.Padding
		if v, err = g.put(&format.Slice{Axis: format.AxisFrames, Start: n.Padding, Count: count, Step: 1}, v); err != nil {
			return 0, err
		}
	}
	if bias != nil {
		return g.withConstant(format.BinaryAdd, v, bias)
	}
	return v, nil
}

func (g *grapher) overlapAdd(n *Node, in []int) (int, error) {
	return g.put(&format.OverlapAdd{Channels: max(n.Channels, 1), Kernel: n.Kernel, Stride: max(n.Stride, 1), Carry: n.Carry}, in...)
}
