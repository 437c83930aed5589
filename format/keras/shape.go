package keras

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// reshaped returns the same numbers in another shape.
func (b *builder) reshaped(l *layer, t tensor, shape []int) (tensor, error) {
	op := &format.Reshape{Frames: 1}
	switch len(shape) {
	case 1:
		op.Channels = shape[0]
	case 2:
		op.Frames, op.Channels = shape[0], shape[1]
	default:
		return t, network.Refuse(network.ErrUnsupported, l.title(), "it gives a tensor of %s, want up to 2 beside the batch", message.Count(len(shape), "dimension"))
	}
	var err error
	if v := b.values[t.value]; v.Frames != op.Frames || v.Channels != op.Channels {
		t.value, err = b.put(l, op, t.value)
	}
	t.shape = shape
	return t, err
}

func flatten(b *builder, l *layer, t tensor) (tensor, error) {
	l.config.only("data_format", "channels_last")
	if t.steps {
		return t, refuseWhole(l, "it puts all steps into one vector")
	}
	return b.reshaped(l, t, []int{b.values[t.value].Size()})
}

func reshape(b *builder, l *layer, t tensor) (tensor, error) {
	shape := slices.Clone(l.config.sizes("target_shape", "dims"))
	if t.steps {
		if len(shape) == len(t.shape) && slices.Equal(shape[1:], t.shape[1:]) && (shape[0] == t.shape[0] || shape[0] == -1) {
			return t, l.config.err
		}
		return t, refuseWhole(l, "it puts steps into another shape")
	}
	size, open, rest := b.values[t.value].Size(), -1, 1
	for i, n := range shape {
		switch {
		case n == -1 && open < 0:
			open = i
		case n < 1 || rest > format.MaxNumbers/n:
			return t, network.Refuse(network.ErrUnsupported, l.title(), "the shape %v", shape)
		default:
			rest *= n
		}
	}
	if open >= 0 {
		shape[open] = size / rest
		rest *= shape[open]
	}
	if rest != size {
		return t, network.Refuse(network.ErrShape, l.title(), "%s in the shape %v", message.Count(size, "number"), shape)
	}
	return b.reshaped(l, t, shape)
}

func permute(b *builder, l *layer, t tensor) (tensor, error) {
	dims := l.config.sizes("dims")
	switch {
	case len(dims) == len(t.shape) && slices.IsSorted(dims):
		return t, nil
	case !slices.Equal(dims, []int{2, 1}) || len(t.shape) != 2:
		return t, network.Refuse(network.ErrUnsupported, l.title(), "the order %v of the axes of a tensor of the shape %v", dims, t.shape)
	case t.steps:
		return t, refuseWhole(l, "it swaps steps and features")
	}
	var err error
	t.value, err = b.put(l, &format.Transpose{}, t.value)
	t.shape = []int{t.shape[1], t.shape[0]}
	return t, err
}

// repeatVector repeats a vector for each step, or for each frame.
func repeatVector(b *builder, l *layer, t tensor) (tensor, error) {
	n := l.config.size(0, "n")
	if len(t.shape) != 1 {
		return t, network.Refuse(network.ErrUnsupported, l.title(), "it reads a tensor of the shape %v, want a vector", t.shape)
	}
	var err error
	if !b.values[t.value].EachStep() {
		if n != b.length || b.perStep != 1 {
			return t, refuseWhole(l, "it repeats the sequence's answer %d times, but the model's inputs have as many steps only if their shape says so", n)
		}
		t.value, err = b.put(l, &format.Repeat{}, t.value)
		t.steps = true
	} else if n > 1 {
		t.value, err = b.put(l, &format.Pad{Mode: format.PadEdge, After: n - 1}, t.value)
	}
	t.shape = []int{n, t.shape[0]}
	return t, err
}

// frames refuses a tensor whose steps are not frames.
func (l *layer) frames(t tensor) error {
	if t.steps {
		return refuseWhole(l, "it changes the number of steps")
	}
	if len(t.shape) != 2 {
		return network.Refuse(network.ErrUnsupported, l.title(), "it reads a tensor of the shape %v, want [steps features]", t.shape)
	}
	return nil
}

func zeroPadding(b *builder, l *layer, t tensor) (tensor, error) {
	l.config.only("data_format", "channels_last")
	before, after := l.config.pair(1, "padding")
	if err := l.frames(t); err != nil {
		return t, err
	}
	var err error
	if before+after > 0 {
		t.value, err = b.put(l, &format.Pad{Before: before, After: after}, t.value)
	}
	t.shape = []int{t.shape[0] + before + after, t.shape[1]}
	return t, err
}

func cropping(b *builder, l *layer, t tensor) (tensor, error) {
	before, after := l.config.pair(1, "cropping")
	if err := l.frames(t); err != nil {
		return t, err
	}
	n := t.shape[0] - before - after
	var err error
	t.value, err = b.put(l, &format.Slice{Axis: format.AxisFrames, Start: before, Count: n, Step: 1}, t.value)
	t.shape = []int{n, t.shape[1]}
	return t, err
}

// upSampling repeats each frame.
func upSampling(b *builder, l *layer, t tensor) (tensor, error) {
	n := l.config.size(2, "size", "length")
	if len(t.shape) != 2 || n > 64 {
		return t, network.Refuse(network.ErrUnsupported, l.title(), "it reads a tensor of the shape %v, %d times", t.shape, n)
	}
	if n == 1 {
		return t, nil
	}
	v, err := b.put(l, &format.Concat{Axis: format.AxisChannels}, slices.Repeat([]int{t.value}, n)...)
	if err != nil {
		return t, err
	}
	t.value, err = b.put(l, &format.Reshape{Frames: n * b.values[t.value].Frames, Channels: t.channels()}, v)
	t.shape = slices.Clone(t.shape)
	if t.shape[0] > 0 {
		t.shape[0] *= n
	}
	return t, err
}
