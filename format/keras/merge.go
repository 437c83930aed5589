package keras

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// together refuses tensors that are not of the same kind.
func (l *layer) together(in []tensor) error {
	for _, t := range in[1:] {
		if t.steps != in[0].steps || len(t.shape) != len(in[0].shape) {
			return network.Refuse(network.ErrUnsupported, l.title(), "it reads tensors of the shapes %v and %v, which differ in their dimensions, or of which one belongs to each step and the other to the whole sequence", in[0].shape, t.shape)
		}
	}
	return nil
}

// merge combines tensors, number by number.
func merge(b *builder, l *layer, in []tensor) ([]tensor, error) { return b.merge(l, l.class, in) }

func (b *builder) merge(l *layer, class string, in []tensor) ([]tensor, error) {
	f := map[string]format.BinaryFunction{
		"Add": format.BinaryAdd, "Average": format.BinaryAdd, "Subtract": format.BinarySub, "Multiply": format.BinaryMul,
		"Maximum": format.BinaryMax, "Minimum": format.BinaryMin,
	}[class]
	if len(in) < 2 || class == "Subtract" && len(in) != 2 {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "it reads %s", message.Count(len(in), "tensor"))
	}
	if err := l.together(in); err != nil {
		return nil, err
	}
	t := in[0]
	t.shape = slices.Clone(t.shape)
	for _, next := range in[1:] {
		var err error
		if t.value, err = b.put(l, &format.Binary{Function: f}, t.value, next.value); err != nil {
			return nil, err
		}
		for i := range t.shape {
			t.shape[i] = max(t.shape[i], next.shape[i])
		}
	}
	if class != "Average" {
		return []tensor{t}, nil
	}
	t, err := b.applyAll(l, t, []format.Activation{{Kind: format.ActivationAffine, Alpha: 1 / float32(len(in))}})
	return []tensor{t}, err
}

func concatenate(b *builder, l *layer, in []tensor) ([]tensor, error) {
	if len(in) == 1 {
		return in, nil
	}
	if err := l.together(in); err != nil {
		return nil, err
	}
	t := in[0]
	axis := int(l.config.number(-1, "axis"))
	if axis < 0 {
		axis += len(t.shape) + 1
	}
	op := &format.Concat{Axis: format.AxisChannels}
	switch {
	case axis == len(t.shape):
	case axis == 1 && t.steps:
		return nil, refuseWhole(l, "it joins sequences one after the other")
	case axis == 1 && len(t.shape) == 2, axis == 2 && t.steps && len(t.shape) == 3:
		op.Axis = format.AxisFrames
	default:
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "the axis %d of a tensor of the shape %v", axis, t.shape)
	}
	var values []int
	t.shape = slices.Clone(t.shape)
	for i, next := range in {
		values = append(values, next.value)
		if i > 0 && axis >= 1 {
			t.shape[axis-1] += next.shape[axis-1]
		}
	}
	var err error
	t.value, err = b.put(l, op, values...)
	return []tensor{t}, err
}

// merge1 is Keras 1's single layer for all these merges.
func merge1(b *builder, l *layer, in []tensor) ([]tensor, error) {
	for _, key := range []string{"dot_axes", "mode_type", "output_mask_type", "output_shape_type", "arguments"} {
		l.config.get(key) // only other modes use them
	}
	mode := l.config.text("sum", "mode")
	if axis, _ := l.config.get("concat_axis"); mode == "concat" {
		l.config.o["axis"] = axis
		return concatenate(b, l, in)
	}
	class := map[string]string{"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum"}[mode]
	if class == "" {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "the mode %s", network.Quote(mode))
	}
	return b.merge(l, class, in)
}
