package runtime

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// sequencePoolOps returns the op that adds each step of a graph's value to the
// pool, and the op that computes the value of the sequence, or nil if the first
// op does so itself.
func sequencePoolOps(set *kernels.Set, pool format.Pool) (take, give op) {
	switch pool {
	case format.PoolLast:
		return poolOps(set, format.PoolLastOutput) // a graph does not pool states
	case format.PoolFirst:
		return &poolOp{reduce: func(reduced, x []float32) {}}, nil
	case format.PoolAttention:
		return &attentionOp{set: set}, &averageWeightedOp{}
	}
	return poolOps(set, pool)
}

// An attentionOp sums the steps x, weighted by a softmax over their scores s, in
// one pass over the steps. With the greatest score m so far, the sum of weights w
// and the weighted sum, each step is
//
//	if s > m: sum, w = sum*exp(m-s), w*exp(m-s); m = s
//	e = exp(s-m)
//	w += e; sum = fma(e, x, sum)
//
// The op carries [w, m, sum].
type attentionOp struct {
	weightless
	set *kernels.Set
}

func (o *attentionOp) newStepper(p ports) stepper {
	s := &attentionStep{op: o, in: p.in[0], score: p.in[1], state: p.out[0].step}
	s.factor = floats(len(s.in.step))
	s.reset()
	return s
}

type attentionStep struct {
	op        *attentionOp
	in, score *place
	state     []float32
	factor    []float32
	e         [1]float32
}

func (s *attentionStep) step() { s.add(s.in.step, s.score.step[0]) }

func (s *attentionStep) run(n int, _ []float32) {
	for i := range n {
		s.add(s.in.run.row(i, len(s.in.step)), s.score.run.row(i, 1)[0])
	}
}

func (s *attentionStep) add(x []float32, score float32) {
	sum := s.state[attentionHeader:]
	if score > s.state[1] {
		scale := s.exp(s.state[1] - score)
		for i := range sum {
			sum[i] *= scale
		}
		s.state[0] *= scale
		s.state[1] = score
	}
	e := s.exp(score - s.state[1])
	s.state[0] += e
	for i := range s.factor {
		s.factor[i] = e
	}
	s.op.set.MulAdd(sum, s.factor, x[:len(sum)], sum)
}

func (s *attentionStep) exp(x float32) float32 {
	s.e[0] = x
	s.op.set.Exp(s.e[:], s.e[:])
	return s.e[0]
}

func (s *attentionStep) reset() {
	clear(s.state)
	s.state[1] = -math.MaxFloat32
}

func (s *attentionStep) carried(list [][]float32) [][]float32 { return append(list, s.state) }
func (s *attentionStep) publish()                             {}

func (s *attentionStep) bytes() int { return sizeOf(s) + floatsBytes(len(s.factor)) }

const attentionHeader = 2 // numbers before the sum

// An averageWeightedOp divides a weighted sum by the sum of its weights.
type averageWeightedOp struct{ weightless }

func (*averageWeightedOp) newStepper(p ports) stepper {
	return &averageWeightedStep{state: p.in[0].step, mean: p.out[0].step}
}

type averageWeightedStep struct {
	stateless
	state, mean []float32
}

func (s *averageWeightedStep) step() { divide(s.mean, s.state[attentionHeader:], s.state[0]) }

func (s *averageWeightedStep) bytes() int { return sizeOf(s) }

func (s *averageWeightedStep) run(int, []float32) { s.step() }
