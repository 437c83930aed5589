package runtime

import "github.com/rnnrun/rnnrun/format"

// refuseTask says why a call for a task cannot be made, with the error of a
// model for another task.
func (m *Model) refuseTask(task format.Task, other error) error {
	switch {
	case m.closed.Load():
		return ErrClosed
	case m.description.Task != task:
		return other
	}
	return nil
}

// refuseNumbers says why the model cannot read a sequence of numbers.
func (m *Model) refuseNumbers(xs []float32) error {
	switch {
	case m.closed.Load():
		return ErrClosed
	case m.VocabularySize() > 0:
		return errWantsTokens
	case len(xs)%m.inputSize != 0:
		return &InputSizeError{Got: len(xs), Want: m.inputSize, sequence: true}
	}
	return nil
}

// refuseTokens says why the model cannot read a sequence of tokens.
func (m *Model) refuseTokens(tokens []int32) error {
	n := m.VocabularySize()
	switch {
	case m.closed.Load():
		return ErrClosed
	case n == 0:
		return errWantsNumbers
	}
	for i, token := range tokens {
		if token < 0 || int(token) >= n {
			return &TokenRangeError{Token: token, Step: i, Tokens: n}
		}
	}
	return nil
}
