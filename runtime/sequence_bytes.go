package runtime

import (
	"math"
	"math/bits"
)

// SequenceBytes returns how many bytes a session takes for sequences of up to that
// many steps, besides [Model.SessionBytes]: what [Session.Grow] makes. For a model
// that reads forward that is a constant, and the outputs of each step if the model
// does not pool them. For one that reads backward each step also takes what every
// layer gives. It returns [math.MaxInt] for more bytes than that.
func (m *Model) SequenceBytes(steps int) int {
	if steps <= 0 {
		return 0
	}
	z := m.plan.sequenceSizes(m, steps)
	n := floatsBytes(z.scratch)
	for _, size := range z.shared {
		n = plus(n, floatsBytes(size))
	}
	return plus(plus(n, floatsBytes(z.outputs)), times(z.tokens, tokenBytes))
}

// sequenceSizes are how many numbers the memory for a sequence has.
type sequenceSizes struct {
	shared  []int // of each slot
	scratch int
	outputs int
	tokens  int
}

func (p *plan) sequenceSizes(m *Model, steps int) (z sequenceSizes) {
	block := m.block(steps)
	z.shared = p.widths()
	for slot, width := range z.shared {
		z.shared[slot] = times(block, width)
	}
	acc := p.accumulators()
	z.scratch = min(times(block, acc), max(scratchSize, times(scratchSteps, acc)))
	if m.readsTokens() {
		z.tokens = block
	}
	if !m.Pooled() {
		z.outputs = times(steps, m.outputSize)
	}
	return z
}

// floatsBytes returns how many bytes floats takes for n numbers.
func floatsBytes(n int) int {
	if n == 0 {
		return 0
	}
	return plus(times(n, float32Bytes), alignment-float32Bytes)
}

// times and plus return products and sums of sizes, or math.MaxInt if they are
// greater.
func times(a, b int) int {
	if high, low := bits.Mul64(uint64(a), uint64(b)); high == 0 && low <= math.MaxInt {
		return int(low)
	}
	return math.MaxInt
}

func plus(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}
