package format

import "github.com/rnnrun/rnnrun/internal/message"

// A Constant gives the same numbers at every step.
type Constant struct {
	Frames, Channels int
	Data             []float32 // [Frames][Channels]
}

func (c *Constant) gives(in []Value) (Value, error) {
	if len(in) != 0 {
		return Value{}, refuse("%s, but it reads none", message.Count(len(in), "value"))
	}
	if !inRange(c.Frames) || !inRange(c.Channels) || int64(c.Frames)*int64(c.Channels) > MaxNumbers {
		return Value{}, refuse("%d×%d numbers", c.Frames, c.Channels)
	}
	return Value{Frames: c.Frames, Channels: c.Channels, Phase: -1}, nil
}

func (*Constant) code() opCode                 { return codeConstant }
func (c *Constant) appendNode(b []byte) []byte { return appendSizes(b, c.Frames, c.Channels) }
func (c *Constant) readNode(r *record)         { c.Frames, c.Channels = r.size(0), r.size(4) }
func (*Constant) checkNode() *Error            { return nil }

func (c *Constant) nodeArrays(i int, yield func(tensor) bool) bool {
	return yield(tensor{kind: constantData, layer: i, node: true, rows: c.Frames, units: c.Frames, depth: c.Channels, at: (*f32s)(&c.Data)})
}

func (*Constant) parameters() int      { return 0 }
func (c *Constant) converted(DType) Op { return c }
