package runtime

import (
	"math"
	"math/bits"
	"slices"

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
	p, block := m.plan, m.block(steps)
	n := floatsBytes(p.scratch(block))
	for slot := range p.slots {
		n = plus(n, floatsBytes(p.shared(slot, block)))
	}
	for v := range p.values {
		n = plus(n, floatsBytes(p.alone(v, block)))
		n = plus(n, times(p.tokens(v, block), tokenBytes))
	}
	return plus(n, floatsBytes(times(steps, m.eachSize)))
}

// scratch returns how many accumulators a run of blocks takes.
func (p *plan) scratch(block int) int {
	acc := p.accumulators()
	return min(times(block, acc), max(scratchSize, times(scratchSteps, acc)))
}

// shared returns how many numbers a slot has for a block.
func (p *plan) shared(slot, block int) int {
	n := 0
	for i := range p.values {
		if v := &p.values[i]; v.slot == slot {
			n = max(n, v.block(block))
		}
	}
	return n
}

// alone returns how many numbers a block has of one of several inputs or outputs, and 0
// for other values.
func (p *plan) alone(v, block int) int {
	n := times(block, p.values[v].width)
	if i := slices.Index(p.results, v); i >= 0 && len(p.results) > 1 && p.each[i] {
		return plus(n, kernels.Lanes) // the last may be padded
	}
	if len(p.ports) > 1 && slices.Contains(p.ports, v) {
		return n
	}
	return 0
}

// tokens returns how many tokens a value has for a block.
func (p *plan) tokens(v, block int) int { return times(block, p.values[v].tokens) }

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
