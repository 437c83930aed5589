package format

import (
	"encoding/binary"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A Pad puts frames before and behind those of a step.
type Pad struct {
	Mode          PadMode
	Before, After int
	Value         float32 // of PadConstant
}

// PadMode says what frames a [Pad] adds.
type PadMode uint8

// The modes. PadReflect mirrors the frames at the first and the last, without
// repeating these; PadEdge repeats them; PadWrap goes on at the other end.
const (
	PadConstant PadMode = iota
	PadReflect
	PadEdge
	PadWrap
)

func (p *Pad) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	n := max(p.Before, p.After)
	switch {
	case p.Before < 0 || p.After < 0 || n > MaxSize || n == 0:
		return Value{}, refuse("%s before and %d behind", message.Count(p.Before, "frame"), p.After)
	case p.Mode == PadReflect && n >= x.Frames, p.Mode == PadWrap && n > x.Frames:
		return Value{}, refuse("%s, too few to mirror %d", message.Count(x.Frames, "frame"), n)
	}
	x.Frames += p.Before + p.After
	return x, nil
}

// Source returns which frame of a step a padded frame copies; -1: the constant.
func (p *Pad) Source(frame, frames int) int {
	i := frame - p.Before
	if i >= 0 && i < frames {
		return i
	}
	switch p.Mode {
	case PadReflect:
		if i < 0 {
			return -i
		}
		return 2*(frames-1) - i
	case PadEdge:
		return min(max(i, 0), frames-1)
	case PadWrap:
		return (i + frames) % frames
	}
	return -1
}

func (*Pad) code() opCode { return codePad }

func (p *Pad) appendNode(b []byte) []byte {
	b = appendSizes(appendEnum(b, uint8(p.Mode)), p.Before, p.After)
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(p.Value))
}

func (p *Pad) readNode(r *record) {
	p.Mode, p.Before, p.After, p.Value = PadMode(r.enum()), r.size(4), r.size(8), r.f32(12)
}

func (p *Pad) checkNode() *Error {
	switch {
	case !p.Mode.known():
		return unfit(ErrUnsupported, 0, "has the unknown %v", p.Mode)
	case p.Mode != PadConstant && math.Float32bits(p.Value) != 0:
		return unfit(ErrInvalid, 12, "has the value %v, which only a pad of constants has", p.Value)
	case !finite(p.Value) && !math.IsInf(float64(p.Value), -1):
		return unfit(ErrInvalid, 12, "has the value %v, want a number or -Inf", p.Value)
	}
	return nil
}
