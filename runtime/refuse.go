package runtime

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// refuseTask returns why a call for a task is refused, or nil. The error is
// other if the model has another task.
func (m *Model) refuseTask(task format.Task, other error) error {
	switch {
	case m.closed.Load():
		return ErrClosed
	case m.description.Task != task:
		return other
	}
	return nil
}

// refuseNumbers returns why the model cannot read a sequence of numbers, or
// nil.
func (m *Model) refuseNumbers(xs []float32) error {
	switch {
	case m.closed.Load():
		return ErrClosed
	case m.readsTokens():
		return errWantsTokens
	case m.tokenWidth > 0:
		return errWantsBoth
	case len(xs)%m.numberWidth != 0:
		return &InputSizeError{Got: len(xs), Want: m.numberWidth, sequence: true}
	}
	return nil
}

// refuseTokens returns why the model cannot read a sequence of tokens, or nil.
func (m *Model) refuseTokens(tokens []int32) error {
	switch {
	case m.closed.Load():
		return ErrClosed
	case m.tokenWidth == 0:
		return errWantsNumbers
	case !m.readsTokens():
		return errWantsBoth
	}
	return m.refuseRange(tokens)
}

// refuseInputs returns the number of steps of a sequence of numbers and tokens, or
// why the model cannot read it.
func (m *Model) refuseInputs(xs []float32, tokens []int32) (steps int, err error) {
	switch {
	case m.closed.Load():
		return 0, ErrClosed
	case m.readsTokens() && len(xs) > 0:
		return 0, errWantsTokens
	case m.tokenWidth == 0 && len(tokens) > 0:
		return 0, errWantsNumbers
	case !m.readsTokens() && len(xs)%m.numberWidth != 0:
		return 0, &InputSizeError{Got: len(xs), Want: m.numberWidth, sequence: true}
	}
	if m.tokenWidth > 0 {
		steps = len(tokens) / m.tokenWidth
	}
	if !m.readsTokens() {
		numbers := len(xs) / m.numberWidth
		if m.tokenWidth > 0 && numbers != steps {
			return 0, fmt.Errorf("%w: got %s of numbers, but %d of tokens", ErrInputSize, message.Count(numbers, "step"), steps)
		}
		steps = numbers
	}
	return steps, m.refuseRange(tokens)
}

// refuseRange refuses tokens that are not those of whole steps, or that are out of
// range.
func (m *Model) refuseRange(tokens []int32) error {
	if m.tokenWidth == 0 {
		return nil
	}
	if len(tokens)%m.tokenWidth != 0 {
		return &InputSizeError{Got: len(tokens), Want: m.tokenWidth, sequence: true}
	}
	for step := range len(tokens) / m.tokenWidth {
		if err := m.refuseStep(step, tokens[step*m.tokenWidth:][:m.tokenWidth]); err != nil {
			return err
		}
	}
	return nil
}

// refuseStep refuses tokens of a step that are out of range.
func (m *Model) refuseStep(step int, tokens []int32) error {
	for _, in := range m.inputs {
		if in.Tokens == 0 {
			continue
		}
		for _, token := range tokens[:in.Frames] {
			if token < 0 || int(token) >= in.Tokens {
				return &TokenRangeError{Token: token, Step: step, Tokens: in.Tokens}
			}
		}
		tokens = tokens[in.Frames:]
	}
	return nil
}
