package runtime

import (
	"fmt"
	"math"
	"runtime"
)

// Run reads a sequence xs [T][I] and returns its outputs: [T][O], or [O] if the
// model pools its steps. It gives the bits that T calls of [Session.Step]
// give, and goes on from the session's state as they do. On a bidirectional
// model it starts from the initial states, or after [Session.Reset] from those
// written to [Session.State].
//
// It allocates only if a sequence is longer than those before it: see
// [Session.Grow] and [Session.Shrink]. The error is [ErrClosed], [ErrInputKind], an
// [*InputSizeError], [ErrNoSteps], or [ErrSequenceLength].
func (s *Session) Run(xs []float32) ([]float32, error) {
	if err := s.model.refuseNumbers(xs); err != nil {
		return nil, err
	}
	return s.run(xs, nil, len(xs)/s.model.inputSize)
}

// RunTokens reads a sequence of tokens and returns its outputs, as
// [Session.Run]. The error is [ErrClosed], [ErrInputKind], a
// [*TokenRangeError], [ErrNoSteps], or [ErrSequenceLength].
func (s *Session) RunTokens(tokens []int32) ([]float32, error) {
	if err := s.model.refuseTokens(tokens); err != nil {
		return nil, err
	}
	return s.run(nil, tokens, len(tokens))
}

// run reads n steps, numbers or tokens.
func (s *Session) run(xs []float32, tokens []int32, n int) ([]float32, error) {
	pooled := s.model.Pooled()
	if pooled && n == 0 && (s.steps == 0 || !s.model.streaming) {
		return nil, ErrNoSteps
	}
	if n > s.sequence.steps && s.model.SequenceBytes(n) == math.MaxInt {
		return nil, fmt.Errorf("%w: %d steps", ErrSequenceLength, n)
	}
	s.Grow(n)
	if !s.model.streaming && s.steps > 0 { // states given since Reset stay
		s.Reset()
	}
	q, in, out := &s.sequence, &s.places[s.model.plan.input], &s.places[s.model.plan.output]
	block := s.model.block(n)
	for first := 0; first < n; first += block {
		block = min(block, n-first)
		in.run = rows{xs[min(first*len(in.step), len(xs)):], len(in.step)}
		copy(in.tokens, tokens[min(first, len(tokens)):])
		if !pooled {
			out.run = rows{q.y[first*len(out.step):], len(out.step)}
		}
		for _, node := range s.below {
			node.run(block, q.scratch)
		}
		s.steps += uint64(block)
		if !pooled {
			for _, node := range s.above {
				node.run(block, q.scratch)
			}
		}
	}
	in.run = rows{} // the caller's
	if pooled {
		s.answer()
		runtime.KeepAlive(s)
		return s.y, nil
	}
	y := q.y[:n*len(s.y)]
	copy(s.y, y[max(len(y)-len(s.y), 0):])
	runtime.KeepAlive(s)
	return y, nil
}
