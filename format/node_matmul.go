package format

// A MatMul multiplies two values [F][C] and [C][G] of a step to [F][G]. Each sum
// is one chain over C, from 0.
type MatMul struct {
	Transposed bool // the second is [G][C]
}

func (m *MatMul) gives(in []Value) (Value, error) {
	if err := wants(in, 2); err != nil {
		return Value{}, err
	}
	x, y := in[0], in[1]
	depth, columns := y.Frames, y.Channels
	if m.Transposed {
		depth, columns = columns, depth
	}
	if x.Channels != depth {
		return Value{}, refuse("%v and %v, which cannot be multiplied", x, y)
	}
	phase, err := together(in)
	return Value{Frames: x.Frames, Channels: columns, Phase: phase}, err
}

func (*MatMul) code() opCode                 { return codeMatMul }
func (m *MatMul) appendNode(b []byte) []byte { return appendFlag(b, m.Transposed) }
func (m *MatMul) readNode(r *record)         { m.Transposed = r.flag() }
func (*MatMul) checkNode() *Error            { return nil }

func (m *MatMul) multiplyAdds(in []Value) int {
	out, _ := m.gives(in)
	return out.Size() * in[0].Channels
}
