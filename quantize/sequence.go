package quantize

import (
	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A Sequence is the input on which models are compared: tokens, or numbers, or for
// a graph both.
type Sequence struct {
	Tokens     []int32   // [steps][TokenWidth]
	Inputs     []float32 // [steps][Width]
	Width      int       // numbers of a step
	TokenWidth int       // tokens of a step; 0: one
}

// NewSequence returns the sequence of tokens and numbers that a model reads.
func NewSequence(m *format.Model, tokens []int32, inputs []float32) Sequence {
	return Sequence{Tokens: tokens, Inputs: inputs, Width: m.NumberWidth(), TokenWidth: m.TokenWidth()}
}

// Len returns the number of steps.
func (s Sequence) Len() int {
	if s.Tokens != nil {
		return len(s.Tokens) / max(s.TokenWidth, 1)
	}
	return len(s.Inputs) / s.Width
}

// run continues a session with the steps [from, to), and returns the values of
// each output of the model: for all steps, or for the sequence. They are valid
// until the session's next call.
func (s Sequence) run(session *rnn.Session, from, to int) ([][]float32, error) {
	width, tokens := s.Width, max(s.TokenWidth, 1)
	var ids []int32
	if s.Tokens != nil {
		ids = s.Tokens[from*tokens : to*tokens]
	}
	var xs []float32
	if s.Inputs != nil {
		xs = s.Inputs[from*width : to*width]
	}
	y, err := session.RunInputs(xs, ids)
	if err != nil {
		return nil, err
	}
	return byOutput(session, y, to-from), nil
}

// byOutput returns the values of each output of a model, from the outputs y of n
// steps.
func byOutput(session *rnn.Session, y []float32, n int) [][]float32 {
	outputs := session.Model().Outputs()
	list := make([][]float32, len(outputs))
	if len(outputs) == 1 {
		list[0] = y
		return list
	}
	width, at := 0, 0 // of a step in y
	for _, out := range outputs {
		if !out.Sequence {
			width += out.Frames * out.Channels
		}
	}
	for i, out := range outputs {
		if out.Sequence {
			list[i] = session.Output(out.Name)
			continue
		}
		size := out.Frames * out.Channels
		for step := range n {
			list[i] = append(list[i], y[step*width+at:][:size]...)
		}
		at += size
	}
	return list
}

// outputs returns the values of each output of a model for whole sequences, each
// from the start.
func outputs(m *rnn.Model, sequences []Sequence) ([][]float32, error) {
	all := make([][]float32, len(m.Outputs()))
	for _, s := range sequences {
		y, err := s.run(m.NewSession(), 0, s.Len())
		if err != nil {
			return nil, err
		}
		for i := range all {
			all[i] = append(all[i], y[i]...)
		}
	}
	return all, nil
}
