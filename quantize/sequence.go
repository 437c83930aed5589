package quantize

import rnn "github.com/rnnrun/rnnrun/runtime"

// A Sequence is what models are run on to be compared: tokens, or numbers.
type Sequence struct {
	Tokens []int32
	Inputs []float32 // [steps][Width], if Tokens is nil
	Width  int       // numbers of a step
}

// Len returns the number of steps.
func (s Sequence) Len() int {
	if s.Tokens != nil {
		return len(s.Tokens)
	}
	return len(s.Inputs) / s.Width
}

// run runs the steps from one to before another, after those that the session
// has run. The outputs are valid until the session's next call.
func (s Sequence) run(session *rnn.Session, from, to int) ([]float32, error) {
	if s.Tokens != nil {
		return session.RunTokens(s.Tokens[from:to])
	}
	return session.Run(s.Inputs[from*s.Width : to*s.Width])
}

// outputs returns the outputs of a model for whole sequences, each from the
// start.
func outputs(m *rnn.Model, sequences []Sequence) (all []float32, err error) {
	for _, s := range sequences {
		y, err := s.run(m.NewSession(), 0, s.Len())
		if err != nil {
			return nil, err
		}
		all = append(all, y...)
	}
	return all, nil
}
