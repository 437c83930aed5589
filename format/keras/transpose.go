package keras

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// convTranspose turns each step into as many as the stride, which overlap if the
// kernel is longer.
func convTranspose(b *builder, l *layer, t tensor) (tensor, error) {
	filters := l.config.size(0, "filters")
	s := l.sliding()
	l.config.only("groups", 1.0)
	if v, _ := l.config.get("output_padding"); v != nil {
		return t, network.Refuse(network.ErrUnsupported, l.title(), "an output_padding")
	}
	switch {
	case l.config.err != nil:
		return t, l.config.err
	case len(t.shape) != 2:
		return t, network.Refuse(network.ErrUnsupported, l.title(), "it reads a tensor of the shape %v, want [steps features]", t.shape)
	case s.dilation != 1 || s.kernel < s.stride || s.padding != "valid" && s.padding != "same":
		return t, network.Refuse(network.ErrUnsupported, l.title(), "a kernel of %s with the stride %d, the dilation %d and the padding %s", message.Count(s.kernel, "step"), s.stride, s.dilation, network.Quote(s.padding))
	case t.steps && s.kernel != s.stride:
		return t, refuseWhole(l, "its outputs for a step overlap with those for others")
	}
	inputs := t.channels()
	w, err := l.weight("kernel", s.kernel, filters, inputs)
	if err != nil {
		return t, err
	}
	bias, err := l.vector("bias", l.config.flag(true, "use_bias"), filters)
	if err != nil {
		return t, err
	}
	steps := b.values[t.value].Frames * s.stride
	t.shape = slices.Clone(t.shape)
	if t, err = b.layer(l, t, network.NewDense(l.title(), inputs, s.kernel*filters, w.data, nil)); err != nil {
		return t, err
	}
	if t.value, err = b.put(l, &format.OverlapAdd{Channels: filters, Kernel: s.kernel, Stride: s.stride}, t.value); err != nil {
		return t, err
	}
	if beyond := s.kernel - s.stride; s.padding == "same" && beyond > 0 {
		if t.value, err = b.put(l, &format.Slice{Axis: format.AxisFrames, Start: beyond / 2, Count: steps, Step: 1}, t.value); err != nil {
			return t, err
		}
	}
	if bias != nil {
		c, err := b.put(l, &format.Constant{Frames: 1, Channels: filters, Data: bias})
		if err != nil {
			return t, err
		}
		if t.value, err = b.put(l, &format.Binary{Function: format.BinaryAdd}, t.value, c); err != nil {
			return t, err
		}
	}
	t.shape[1] = filters
	switch {
	case !t.steps:
		t.shape[0] = b.values[t.value].Frames
	case t.shape[0] > 0:
		t.shape[0] *= s.stride
	}
	return b.activated(l, t)
}
