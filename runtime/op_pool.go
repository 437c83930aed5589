package runtime

import "github.com/rnnrun/rnnrun/format"

// poolOps returns the op that takes in each step's features, and the one that
// gives those of all steps: nil where the first one does.
func poolOps(kind format.Pool) (take, give op) {
	switch kind {
	case format.PoolMax:
		return poolOp{reduce: reduceMax}, nil
	case format.PoolMean:
		return poolOp{reduce: reduceSum}, averageOp{}
	case format.PoolLastOutput:
		return poolOp{reduce: func(reduced, x []float32) { copy(reduced, x) }}, nil
	}
	return nil, nil // the features of the last step stand already where they were written
}

// reduceMax sets reduced to the greater numbers. Of equals the earlier one stays,
// and NaN stays NaN.
func reduceMax(reduced, x []float32) {
	for i, v := range reduced {
		if x[i] > v || x[i] != x[i] {
			reduced[i] = x[i]
		}
	}
}

func reduceSum(reduced, x []float32) {
	for i := range reduced {
		reduced[i] += x[i]
	}
}

// A poolOp reduces the features of all steps to those of one, which it carries.
type poolOp struct {
	weightless
	reduce func(reduced, x []float32)
}

func (o poolOp) newStepper(p ports) stepper {
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

// add takes in a step. steps counts those before it.
func (s *poolStep) add(x []float32, steps uint64) {
	if steps == 0 {
		copy(s.reduced, x)
	} else {
		s.reduce(s.reduced, x[:len(s.reduced)])
	}
}

func (s *poolStep) reset()                               {} // the first step does it
func (s *poolStep) carried(list [][]float32) [][]float32 { return append(list, s.reduced) }
func (s *poolStep) publish()                             {}

// An averageOp divides the sum of all steps by their number.
type averageOp struct{ weightless }

func (averageOp) newStepper(p ports) stepper {
	return &averageStep{sum: p.in[0].step, mean: p.out[0].step, steps: p.steps}
}

type averageStep struct {
	stateless
	sum, mean []float32
	steps     *uint64 // with this step
}

func (s *averageStep) step() {
	for i, v := range s.sum {
		s.mean[i] = v / float32(*s.steps)
	}
}

func (s *averageStep) run(int, []float32) { s.step() }
