package runtime

import (
	"fmt"
	"math"
	"runtime"

	"github.com/rnnrun/rnnrun/internal/message"
)

// Run reads a sequence xs [T][I] and returns its outputs: [T][O], or [O] if the
// model pools its steps. It returns the same bits as T calls of [Session.Step],
// and continues from the session's state as they do. On a bidirectional model it
// starts from the initial states, or from the states that were written to
// [Session.State] after [Session.Reset].
//
// It allocates only if a sequence is longer than those before it: see
// [Session.Grow] and [Session.Shrink]. The error is [ErrClosed], [ErrInputKind], an
// [*InputSizeError], [ErrNoSteps], or [ErrSequenceLength].
func (s *Session) Run(xs []float32) ([]float32, error) {
	if err := s.model.refuseNumbers(xs); err != nil {
		return nil, err
	}
	return s.run(xs, nil, len(xs)/s.model.numberWidth)
}

// RunTokens reads a sequence of tokens and returns its outputs, as
// [Session.Run] does. The error is [ErrClosed], [ErrInputKind], a
// [*TokenRangeError], [ErrNoSteps], or [ErrSequenceLength].
func (s *Session) RunTokens(tokens []int32) ([]float32, error) {
	if err := s.model.refuseTokens(tokens); err != nil {
		return nil, err
	}
	return s.run(nil, tokens, len(tokens)/s.model.tokenWidth)
}

// RunInputs is [Session.Run] for a graph that reads both numbers xs [T][I] and tokens
// [T][K]. A step holds the values of the graph's inputs, one input after the other.
// The error is one of [Session.Run]'s or [Session.RunTokens]'s. It wraps
// [ErrInputSize] if xs and tokens have different numbers of steps.
func (s *Session) RunInputs(xs []float32, tokens []int32) ([]float32, error) {
	n, err := s.model.refuseInputs(xs, tokens)
	if err != nil {
		return nil, err
	}
	return s.run(xs, tokens, n)
}

// run reads n steps, numbers or tokens.
func (s *Session) run(xs []float32, tokens []int32, n int) ([]float32, error) {
	m, q, p := s.model, &s.sequence, s.model.plan
	if p.once && n == 0 && (s.steps == 0 || !m.streaming) {
		return nil, ErrNoSteps
	}
	if n > s.sequence.steps && s.model.SequenceBytes(n) == math.MaxInt {
		return nil, fmt.Errorf("%w: %s", ErrSequenceLength, message.Count(n, "step"))
	}
	s.Grow(n)
	if !m.streaming && s.steps > 0 { // keep states that were written since Reset
		s.Reset()
	}
	block := m.block(n)
	for first := 0; first < n; first += block {
		block = min(block, n-first)
		s.readBlock(xs, tokens, first, block)
		s.writeBlock(first)
		for _, node := range s.below {
			node.run(block, q.scratch)
		}
		s.steps += uint64(block)
		if !p.once {
			for _, node := range s.above {
				node.run(block, q.scratch)
			}
		}
		if len(s.later) == 0 {
			s.gatherBlock(first, block)
		}
	}
	if p.once {
		s.answer()
	}
	if len(s.later) > 0 {
		s.runLater(n)
		s.gatherBlock(0, n)
	}
	if len(p.ports) == 1 {
		s.places[p.input].run = rows{} // it is the caller's memory
	}
	runtime.KeepAlive(s)
	if m.Pooled() {
		return s.y, nil
	}
	y := q.y[:n*m.eachSize]
	if len(p.results) == 1 {
		copy(s.y, y[max(len(y)-len(s.y), 0):])
	} else {
		s.gather()
	}
	return y, nil
}
