package format

import "github.com/rnnrun/rnnrun/internal/message"

// An OverlapAdd places the frames of a step, of Kernel*Channels numbers each, Stride frames of the output apart, and
// adds those that overlap, in the order of the frames. A transposed convolution is a dense layer to Kernel*Channels
// followed by an OverlapAdd. With Carry, what reaches beyond the step's frames*Stride is added to the next step's
// output; without, it is part of this step's.
type OverlapAdd struct {
	Channels int
	Kernel   int
	Stride   int // at most Kernel
	Carry    bool
}

func (o *OverlapAdd) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	switch {
	case !inRange(o.Channels) || !inRange(o.Kernel) || !inRange(o.Stride) || o.Stride > o.Kernel:
		return Value{}, refuse("%s, a kernel of %s and stride %d", message.Count(o.Channels, "channel"), message.Count(o.Kernel, "tap"), o.Stride)
	case int64(x.Channels) != int64(o.Channels)*int64(o.Kernel):
		return Value{}, refuse("%s, but it reads %d×%d", message.Count(x.Channels, "channel"), o.Kernel, o.Channels)
	case o.Carry && !x.EachStep():
		return Value{}, refuse("one value of the sequence, but it goes on from step to step")
	}
	frames := int64(x.Frames) * int64(o.Stride)
	if !o.Carry {
		frames += int64(o.Kernel - o.Stride)
	}
	if frames > MaxNumbers {
		return Value{}, refuse("%s, want at most %d", message.Count(frames, "frame"), MaxNumbers)
	}
	x.Frames, x.Channels = int(frames), o.Channels
	return x, nil
}

func (*OverlapAdd) code() opCode { return codeOverlapAdd }

func (o *OverlapAdd) appendNode(b []byte) []byte {
	return appendSizes(appendFlag(b, o.Carry), o.Channels, o.Kernel, o.Stride)
}

func (o *OverlapAdd) readNode(r *record) {
	o.Carry, o.Channels, o.Kernel, o.Stride = r.flag(), r.size(4), r.size(8), r.size(12)
}

func (*OverlapAdd) checkNode() *Error { return nil }

func (o *OverlapAdd) kept([]Value) int {
	if !o.Carry {
		return 0
	}
	return (o.Kernel - o.Stride) * o.Channels
}
