package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A gruOp is a GRU whose reset gate is applied after the product.
type gruOp struct{ recurrent }

func newGRUOp(set *kernels.Set, l *format.Layer, direction int, inputBounded bool) layerOp {
	r := newRecurrent(set, l, direction, inputBounded)
	if l.Variant == format.VariantResetBefore {
		return &resetBeforeOp{r, set.Sigmoid, set.Tanh}
	}
	return &gruOp{r}
}

func (o *gruOp) newStepper(p ports) stepper { return o.newStream(p, nil, o.gates.NewGRU) }

func (o *gruOp) newBatch(p batchPorts) batchStepper {
	return o.newBatchOf(p, o.gates.NewGRUBatch(p.batch.streams, o.bias))
}

// A resetBeforeOp is a GRU whose reset gate is applied before the product, so
// the candidate's product with the state waits for the gate.
type resetBeforeOp struct {
	recurrent
	// gate and candidate compute values from sums, which they may change.
	gate, candidate func(dst, sums []float32)
}

func (o *resetBeforeOp) newStepper(p ports) stepper {
	s := &resetBeforeStep{separateStep: o.newSeparateStep(p), op: o, values: floats(len(o.bias)), rh: floats(kernels.Pad(o.output))}
	s.reset()
	return s
}

type resetBeforeStep struct {
	separateStep
	op      *resetBeforeOp
	values  []float32 // of the gates and the candidate
	rh      []float32 // the reset gate times the state
	reverse bool      // whether the next step reads the last rows of the weights first
}

func (s *resetBeforeStep) step()                        { s.advanceWith(s.layer.bias, s.inputs()) }
func (s *resetBeforeStep) advance(start []float32)      { s.advanceWith(start, nil) }
func (s *resetBeforeStep) run(n int, scratch []float32) { s.runInputs(s, n, scratch) }

// advanceWith is advance for inputs x whose product start does not include yet;
// nil: it does.
func (s *resetBeforeStep) advanceWith(start, x []float32) {
	units := len(s.h)
	sums, rz, n := s.acc, s.values[:2*units], s.values[2*units:]
	r, z := rz[:units], rz[units:]
	s.products[0].product.linear(sums[:2*units], start, x, s.h, s.reverse)
	s.op.gate(rz, sums[:2*units])
	s.op.set.Mul(s.rh, r, s.h)
	s.products[1].product.linear(sums[2*units:], start[2*units:], x, s.rh, s.reverse)
	s.op.candidate(n, sums[2*units:])
	s.op.set.Blend(s.next, z, s.h, n)
	s.reverse = !s.reverse
	s.turn()
}

func (s *resetBeforeStep) bytes() int {
	return sizeOf(s) + s.separateStep.bytes() + floatsBytes(len(s.values)) + floatsBytes(len(s.rh))
}

func (s *resetBeforeStep) reset()                               { s.op.resetStates(s.h, nil) }
func (s *resetBeforeStep) state() (h, c []float32)              { return s.outputs(), nil }
func (s *resetBeforeStep) carried(list [][]float32) [][]float32 { return append(list, s.outputs()) }
