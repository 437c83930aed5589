package format

import "github.com/rnnrun/rnnrun/internal/message"

// An Axis is one of a value: its frames, or its channels.
type Axis uint8

// The axes.
const (
	AxisFrames Axis = iota
	AxisChannels
)

// size returns the value's size along the axis, and its other one.
func (a Axis) size(v Value) (along, across int) {
	if a == AxisFrames {
		return v.Frames, v.Channels
	}
	return v.Channels, v.Frames
}

func (a Axis) value(along, across int) Value {
	if a == AxisFrames {
		return Value{Frames: along, Channels: across}
	}
	return Value{Frames: across, Channels: along}
}

// A Concat puts values one after the other: their frames, or their channels.
type Concat struct {
	Axis Axis
}

func (c *Concat) gives(in []Value) (Value, error) {
	if err := wants(in, max(len(in), 2)); err != nil {
		return Value{}, err
	}
	along, across := c.Axis.size(in[0])
	for _, v := range in[1:] {
		n, other := c.Axis.size(v)
		if other != across {
			return Value{}, refuse("%v and %v, which do not fit each other", in[0], v)
		}
		if along += n; along > MaxNumbers {
			return Value{}, refuse("%s, want at most %d", message.Count(along, "number"), MaxNumbers)
		}
	}
	v := c.Axis.value(along, across)
	var err error
	v.Phase, err = together(in)
	return v, err
}

// A Slice takes Count frames or channels: number Start, Start+Step, …
type Slice struct {
	Axis  Axis
	Start int
	Count int
	Step  int // not 0; below 0 it goes backward
}

func (s *Slice) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	along, across := s.Axis.size(x)
	last := int64(s.Start) + int64(s.Count-1)*int64(s.Step)
	if s.Count < 1 || s.Step == 0 || s.Start < 0 || s.Start >= along || last < 0 || last >= int64(along) {
		return Value{}, refuse("%v, of which it takes %d from %d in steps of %d", x, s.Count, s.Start, s.Step)
	}
	v := s.Axis.value(s.Count, across)
	v.Phase = x.Phase
	return v, nil
}

// A Reshape gives the same numbers in other frames and channels.
type Reshape struct {
	Frames, Channels int
}

func (r *Reshape) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	if !inRange(r.Frames) || !inRange(r.Channels) || int64(r.Frames)*int64(r.Channels) != int64(x.Size()) {
		return Value{}, refuse("%v, which are not %d×%d", x, r.Frames, r.Channels)
	}
	x.Frames, x.Channels = r.Frames, r.Channels
	return x, nil
}

// A Transpose swaps frames and channels.
type Transpose struct{}

func (*Transpose) gives(in []Value) (Value, error) {
	x, err := one(in)
	x.Frames, x.Channels = x.Channels, x.Frames
	return x, err
}

func (*Concat) code() opCode                 { return codeConcat }
func (c *Concat) appendNode(b []byte) []byte { return appendEnum(b, uint8(c.Axis)) }
func (c *Concat) readNode(r *record)         { c.Axis = Axis(r.enum()) }
func (c *Concat) checkNode() *Error          { return c.Axis.check() }
func (*Concat) bounded(in bool) bool         { return in }

// check refuses an unknown axis, which stands in byte 0 of a record.
func (a Axis) check() *Error {
	if !a.known() {
		return unfit(ErrUnsupported, 0, "has the unknown %v", a)
	}
	return nil
}

func (*Slice) code() opCode { return codeSlice }

func (s *Slice) appendNode(b []byte) []byte {
	return appendSizes(appendEnum(b, uint8(s.Axis)), s.Start, s.Count, s.Step)
}

func (s *Slice) readNode(r *record) {
	s.Axis, s.Start, s.Count, s.Step = Axis(r.enum()), r.size(4), r.size(8), int(int32(r.u32(12)))
}

func (s *Slice) checkNode() *Error {
	if s.Step < -MaxSize || s.Step > MaxSize {
		return unfit(ErrInvalid, 12, "has steps of %d, want at most %d", s.Step, MaxSize)
	}
	return s.Axis.check()
}

func (*Slice) bounded(in bool) bool { return in }

func (*Reshape) code() opCode                 { return codeReshape }
func (r *Reshape) appendNode(b []byte) []byte { return appendSizes(b, r.Frames, r.Channels) }
func (r *Reshape) readNode(rec *record)       { r.Frames, r.Channels = rec.size(0), rec.size(4) }
func (*Reshape) checkNode() *Error            { return nil }
func (*Reshape) bounded(in bool) bool         { return in }

func (*Transpose) code() opCode               { return codeTranspose }
func (*Transpose) appendNode(b []byte) []byte { return b }
func (*Transpose) readNode(*record)           {}
func (*Transpose) checkNode() *Error          { return nil }
func (*Transpose) bounded(in bool) bool       { return in }
