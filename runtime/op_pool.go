package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// poolOps returns the op that adds each step's features to the pool, and the op
// that computes the pooled features, or nil if the first op does so itself.
func poolOps(set *kernels.Set, kind format.Pool) (take, give op) {
	switch kind {
	case format.PoolMax:
		return &poolOp{reduce: func(reduced, x []float32) { set.Max(reduced, reduced, x) }}, nil
	case format.PoolMean:
		return &sumOp{}, &averageOp{}
	case format.PoolLastOutput:
		return &poolOp{reduce: func(reduced, x []float32) { copy(reduced, x) }}, nil
	}
	return nil, nil // the features of the last step are in their place already
}

// A poolOp reduces the features of all steps to those of one, which it carries.
type poolOp struct {
	weightless
	reduce func(reduced, x []float32)
}

func (o *poolOp) newStepper(p ports) stepper {
	return &poolStep{reduce: o.reduce, in: p.in[0], reduced: p.out[0].step, steps: p.steps}
}

type poolStep struct {
	reduce  func(reduced, x []float32)
	in      *place
	reduced []float32
	steps   *uint64
}

func (s *poolStep) step() { s.add(s.in.step, *s.steps) }

func (s *poolStep) run(n int, _ []float32) {
	for i := range n {
		s.add(s.in.run.row(i, len(s.reduced)), *s.steps+uint64(i))
	}
}

// add adds a step to the pool. steps is the number of steps before it.
func (s *poolStep) add(x []float32, steps uint64) {
	if steps == 0 {
		copy(s.reduced, x)
	} else {
		s.reduce(s.reduced, x[:len(s.reduced)])
	}
}

func (s *poolStep) reset()                               { clear(s.reduced) }
func (s *poolStep) carried(list [][]float32) [][]float32 { return append(list, s.reduced) }
func (s *poolStep) publish()                             {}
func (s *poolStep) bytes() int                           { return sizeOf(s) }

// plainSteps is the number of steps for which a mean uses a plain sum. After them,
// a plain float32 sum would lose ever more of each step, and it cannot count
// beyond 2^24. So each addition carries its rounding error to the next one (Kahan,
// "Further remarks on reducing truncation errors", 1965).
const plainSteps = 1 << 16

// A sumOp adds up the features of all steps.
type sumOp struct{ weightless }

func (*sumOp) newStepper(p ports) stepper {
	sum := p.out[0].step
	return &sumStep{in: p.in[0], sum: sum, low: make([]float32, len(sum)), steps: p.steps}
}

type sumStep struct {
	in       *place
	sum, low []float32 // low is the rounding error of the sum, after plainSteps
	steps    *uint64
}

func (s *sumStep) step() { s.add(s.in.step, *s.steps) }

func (s *sumStep) run(n int, _ []float32) {
	for i := range n {
		s.add(s.in.run.row(i, len(s.sum)), *s.steps+uint64(i))
	}
}

// add adds a step to the pool. steps is the number of steps before it.
func (s *sumStep) add(x []float32, steps uint64) {
	switch {
	case steps == 0:
		s.reset()
		copy(s.sum, x)
	case steps < plainSteps:
		for i := range s.sum {
			s.sum[i] += x[i]
		}
	default:
		s.addCompensated(x)
	}
}

func (s *sumStep) addCompensated(x []float32) {
	for i, sum := range s.sum {
		y := x[i] - s.low[i]
		s.sum[i] = sum + y
		if low := (s.sum[i] - sum) - y; low == low { // an infinite sum stays infinite
			s.low[i] = low
		}
	}
}

func (s *sumStep) reset() {
	clear(s.sum)
	clear(s.low)
}

// carried appends low last, and only once it is used, so that snapshots of
// earlier versions, which have no low, are prefixes.
func (s *sumStep) carried(list [][]float32) [][]float32 {
	list = append(list, s.sum)
	if *s.steps > plainSteps {
		list = append(list, s.low)
	}
	return list
}

func (s *sumStep) publish()   {}
func (s *sumStep) bytes() int { return sizeOf(s) + sliceBytes(s.low) }

// An averageOp divides the sum of all steps by their number.
type averageOp struct{ weightless }

func (*averageOp) newStepper(p ports) stepper {
	return &averageStep{sum: p.in[0].step, mean: p.out[0].step, steps: p.steps}
}

type averageStep struct {
	stateless
	sum, mean []float32
	steps     *uint64 // including this step
}

func (s *averageStep) step() {
	for i, v := range s.sum {
		s.mean[i] = v / float32(*s.steps)
	}
}

func (s *averageStep) run(int, []float32) { s.step() }

func (s *averageStep) bytes() int { return sizeOf(s) }
