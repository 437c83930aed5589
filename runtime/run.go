package runtime

import (
	"runtime"

	"github.com/rnnrun/rnnrun/format"
)

const (
	// blockSteps is the number of steps for which one layer runs before the
	// next: enough for the input's product to use the weights many times, and
	// few enough for what stands between two layers to stay in the cache.
	blockSteps = 128
	// scratchSize is the number of accumulators for which that product is
	// computed at once: 64 KiB of them.
	scratchSize = 1 << 14
	// scratchSteps is the least number of steps of scratch.
	scratchSteps = 32
)

// A sequence is the memory with which a session runs sequences.
type sequence struct {
	steps   int          // the longest sequence there is room for
	between [2][]float32 // [block][width]: the outputs of even and of odd layers
	scratch []float32    // accumulators
	y       []float32    // [steps][O], or [O] where the model pools
}

// Grow makes room for sequences of up to that many steps, so that [Session.Run]
// allocates nothing. Run does it by itself.
func (s *Session) Grow(steps int) {
	q := &s.sequence
	if steps <= q.steps || s.model.pair != nil {
		return
	}
	width, acc := 0, s.head.stride()
	if s.mean != nil || s.embedding != nil {
		width = s.layers[0][0].input // it stands where an odd layer's outputs do
	}
	for _, l := range s.layers {
		width = max(width, l.width())
		acc = max(acc, len(l[0].bias))
	}
	block := s.block(steps)
	for i := range q.between {
		if n := block * width; n > len(q.between[i]) {
			q.between[i] = floats(n)
		}
	}
	if n := min(block*acc, max(scratchSize, scratchSteps*acc)); n > len(q.scratch) {
		s.keepLogits()
		q.scratch = floats(n)
	}
	if s.pool.kind == format.PoolNone {
		q.y = floats(steps * s.head.outputs)
	}
	q.steps = steps
}

// keepLogits moves the last step's logits out of the scratch memory.
func (s *Session) keepLogits() {
	if s.logits != nil {
		copy(s.sums, s.logits)
		s.logits = s.sums[:s.head.logits]
	}
}

// block returns for how many steps of a sequence one layer runs before the
// next: of a model that reads backward for all of them.
func (s *Session) block(steps int) int {
	if s.streaming {
		return min(steps, blockSteps)
	}
	return steps
}

// Run reads a sequence xs [T][I] and returns its outputs: [T][O], or [O] where
// the model pools its steps. It gives the bits that T calls of [Session.Step]
// give, and goes on from the session's state as they do. On a bidirectional
// model it starts from the initial states, or after [Session.Reset] from those
// written to [Session.State].
//
// It allocates only where a sequence is longer than those before it: see
// [Session.Grow]. The error is [ErrClosed], [ErrTranslates], [ErrInputKind], an
// [*InputSizeError], or [ErrNoSteps].
func (s *Session) Run(xs []float32) ([]float32, error) {
	switch {
	case s.model.closed.Load():
		return nil, ErrClosed
	case s.model.pair != nil:
		return nil, ErrTranslates
	case s.embedding != nil:
		return nil, errWantsTokens
	}
	size := s.layers[0][0].input
	if len(xs)%size != 0 {
		return nil, &InputSizeError{Got: len(xs), Want: size, sequence: true}
	}
	return s.run(xs, nil, len(xs)/size)
}

// RunTokens reads a sequence of tokens and returns its outputs, as
// [Session.Run]. The error is [ErrClosed], [ErrTranslates], [ErrInputKind], a
// [*TokenRangeError], or [ErrNoSteps].
func (s *Session) RunTokens(tokens []int32) ([]float32, error) {
	e := s.embedding
	switch {
	case s.model.closed.Load():
		return nil, ErrClosed
	case s.model.pair != nil:
		return nil, ErrTranslates
	case e == nil:
		return nil, errWantsNumbers
	}
	for i, token := range tokens {
		if token < 0 || int(token) >= e.Tokens {
			return nil, &TokenRangeError{Token: token, Step: i, Tokens: e.Tokens}
		}
	}
	return s.run(nil, tokens, len(tokens))
}

func (s *Session) run(xs []float32, tokens []int32, n int) ([]float32, error) {
	pooled := s.pool.kind != format.PoolNone
	if pooled && n == 0 && (s.steps == 0 || !s.streaming) {
		return nil, ErrNoSteps
	}
	s.Grow(n)
	if !s.streaming && s.steps > 0 { // states given since Reset stay
		s.Reset()
	}
	q := &s.sequence
	block := s.block(n)
	for first := 0; first < n; first += block {
		block = min(block, n-first)
		x := s.runLayers(xs, tokens, first, block)
		switch s.pool.kind {
		case format.PoolNone:
			s.logits = s.head.run(q.y[first*s.head.outputs:], x, block, &s.quantized, q.scratch)
		case format.PoolMax, format.PoolMean, format.PoolLastOutput:
			for i := range block {
				s.pool.add(x.row(i, len(s.pool.reduced)), s.steps+uint64(i))
			}
		}
		s.steps += uint64(block)
	}
	y := q.y[:min(n*s.head.outputs, len(q.y))]
	if s.skip {
		for i := range n {
			add(y[i*s.head.outputs:][:s.head.outputs], xs[i*s.first.input:])
		}
	}
	if pooled {
		y = s.answer(s.lastFeatures())
	}
	runtime.KeepAlive(s)
	return y, nil
}

// runLayers reads n steps from the given one on, and returns the last layer's
// outputs.
func (s *Session) runLayers(xs []float32, tokens []int32, first, n int) rows {
	q := &s.sequence
	x := s.inputs(xs, tokens, first, n)
	readsTokens := s.layers[0][0].tokens != nil
	for i, l := range s.layers {
		var known []int32
		if i == 0 && readsTokens {
			known = tokens[first:][:n]
		}
		y := rows{q.between[i%2], l.width()}
		l.run(y, x, known, n, q.scratch)
		x = y
	}
	return x
}

// inputs returns the first layer's inputs of n steps from the given one on.
func (s *Session) inputs(xs []float32, tokens []int32, first, n int) rows {
	size := s.layers[0][0].input
	x := rows{s.sequence.between[1], size}
	switch {
	case tokens != nil:
		if s.layers[0][0].tokens == nil {
			for i, token := range tokens[first:][:n] {
				row := x.row(i, size)
				copy(row, s.embedding.row(row, token))
			}
		}
	case s.mean != nil:
		for i := range n {
			s.normalize(x.row(i, size), xs[(first+i)*size:][:size])
		}
	default:
		x.data = xs[first*size:]
	}
	return x
}
