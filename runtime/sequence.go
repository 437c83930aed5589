package runtime

import (
	"cmp"
	"slices"
)

const (
	// blockSteps is the number of steps for which one op runs before the next:
	// enough for the input product to use the weights many times, and few
	// enough for the values between two ops to stay in the cache.
	blockSteps = 128
	// scratchSize is the number of accumulators for which that product is
	// computed at once: 64 KiB of them.
	scratchSize = 1 << 14
	// scratchSteps is the least number of steps of scratch.
	scratchSteps = 32
)

// A sequence is a session's memory for running sequences.
type sequence struct {
	steps   int         // the longest sequence there is room for
	shared  [][]float32 // [slot][block][width]
	scratch []float32   // accumulators
	y       []float32   // [steps][O]; a model that pools has none
}

// Grow makes room for sequences of up to the given number of steps, so that
// [Session.Run] allocates nothing. Otherwise Run calls it when necessary. A
// session keeps this memory, of [Model.SequenceBytes], until [Session.Shrink].
func (s *Session) Grow(steps int) {
	q, p := &s.sequence, s.model.plan
	if steps <= q.steps {
		return
	}
	block := s.model.block(steps)
	if q.shared == nil {
		q.shared = make([][]float32, p.slots)
	}
	for slot := range p.slots {
		if n := p.shared(slot, block); n > len(q.shared[slot]) {
			q.shared[slot] = floats(n)
		}
	}
	for i, v := range p.values {
		if v.slot != own {
			s.places[i].run = rows{q.shared[v.slot], cmp.Or(v.stride, v.width)}
		}
	}
	if n := p.scratch(block); n > len(q.scratch) {
		q.scratch = floats(n)
	}
	s.growPorts(block)
	q.y = floats(times(steps, s.model.eachSize))
	q.steps = steps
}

// Shrink releases the memory of sequences and texts, so that one long sequence
// does not keep it for the session's life. The next sequence allocates memory
// again. The state, [Session.Logits] and later steps stay the same;
// [Session.Probabilities] is empty until the next call that sets it.
func (s *Session) Shrink() {
	s.sequence, s.text = sequence{}, text{}
	for i := range s.places {
		p := &s.places[i]
		p.run, p.tokens = rows{}, slices.Clone(p.tokens[:s.model.plan.values[i].tokens])
	}
}

// block returns the number of steps of a sequence that one op runs before the
// next: all of them if the model reads backward.
func (m *Model) block(steps int) int {
	if m.streaming {
		return min(steps, blockSteps)
	}
	return steps
}
