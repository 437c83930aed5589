package format

import "github.com/rnnrun/rnnrun/internal/message"

// A Map applies a function to every number; ActivationSoftmax to each frame.
type Map struct {
	Function Activation
}

func (m *Map) gives(in []Value) (Value, error) { return one(in) }

// A PReLU is x for x >= 0, and otherwise x times the slope of its channel.
type PReLU struct {
	Slope []float32 // [channels]
	Size  int       // channels
}

func (p *PReLU) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err == nil && x.Channels != p.Size {
		err = refuse("%s, but it has slopes of %d", message.Count(x.Channels, "channel"), p.Size)
	}
	return x, err
}

func (*Map) code() opCode { return codeMap }

func (m *Map) appendNode(b []byte) []byte {
	b = append(b, make([]byte, activationSize)...)
	m.Function.put(b[len(b)-activationSize:])
	return b
}

func (m *Map) readNode(r *record) {
	r.reserved(1, 4)
	m.Function = activationOf(r.b)
}

func (m *Map) checkNode() *Error {
	if m.Function.Kind == ActivationNone {
		return unfit(ErrInvalid, 0, "has no function: omit it")
	}
	err := m.Function.validate(CellDense)
	if err != nil {
		err.Reason = "has " + err.Reason
	}
	return err
}

func (*PReLU) code() opCode                 { return codePReLU }
func (p *PReLU) appendNode(b []byte) []byte { return appendSizes(b, p.Size) }
func (p *PReLU) readNode(r *record)         { p.Size = r.size(0) }
func (*PReLU) checkNode() *Error            { return nil }

func (p *PReLU) nodeArrays(i int, yield func(tensor) bool) bool {
	return yield(tensor{kind: preluSlope, layer: i, node: true, rows: p.Size, units: p.Size, depth: 1, at: (*f32s)(&p.Slope)})
}

func (p *PReLU) parameters() int    { return p.Size }
func (p *PReLU) converted(DType) Op { return p }
