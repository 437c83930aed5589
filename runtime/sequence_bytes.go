package runtime

import (
	"math"
	"math/bits"

	"github.com/rnnrun/rnnrun/kernels"
)

// SequenceBytes returns how many bytes [Session.Grow] allocates for sequences of
// up to the given number of steps, in addition to [Model.SessionBytes]. For a
// model that reads forward, this is a constant, plus the outputs of each step if
// the model does not pool them. A model that reads backward also stores the
// outputs of every layer at each step. SequenceBytes returns [math.MaxInt] if
// the number does not fit.
func (m *Model) SequenceBytes(steps int) int {
	if steps <= 0 {
		return 0
	}
	z := m.plan.sequenceSizes(m, steps)
	n := floatsBytes(z.scratch)
	for _, size := range z.shared {
		n = plus(n, floatsBytes(size))
	}
	for _, size := range z.ports {
		n = plus(n, floatsBytes(size))
	}
	for _, tokens := range z.tokens {
		n = plus(n, times(tokens, tokenBytes))
	}
	return plus(n, floatsBytes(z.outputs))
}

// sequenceSizes are the sizes of the memory for a sequence, in numbers.
type sequenceSizes struct {
	shared  []int // of each slot
	scratch int
	outputs int
	tokens  map[int]int // of values that are tokens
	ports   map[int]int // of inputs and outputs, if there are several
}

func (p *plan) sequenceSizes(m *Model, steps int) (z sequenceSizes) {
	block := m.block(steps)
	z.shared = make([]int, p.slots)
	for i := range p.values {
		if v := &p.values[i]; v.slot != own {
			z.shared[v.slot] = max(z.shared[v.slot], v.block(block))
		}
	}
	acc := p.accumulators()
	z.scratch = min(times(block, acc), max(scratchSize, times(scratchSteps, acc)))
	z.tokens, z.ports = map[int]int{}, map[int]int{}
	for _, v := range p.ports {
		if n := p.values[v].tokens; n > 0 {
			z.tokens[v] = times(block, n)
		}
		if len(p.ports) > 1 {
			z.ports[v] = times(block, p.values[v].width)
		}
	}
	for i, v := range p.results {
		if len(p.results) > 1 && p.each[i] {
			z.ports[v] = plus(times(block, p.values[v].width), kernels.Lanes) // the last may be padded
		}
	}
	z.outputs = times(steps, m.eachSize)
	return z
}

// floatsBytes returns how many bytes the function floats allocates for n
// numbers.
func floatsBytes(n int) int {
	if n == 0 {
		return 0
	}
	return plus(times(n, float32Bytes), alignment-float32Bytes)
}

// times and plus return products and sums of sizes, or math.MaxInt if they
// overflow.
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
