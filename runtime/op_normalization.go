package runtime

import "github.com/rnnrun/rnnrun/format"

// A normalizationOp normalizes a model's inputs.
type normalizationOp struct {
	weightless
	normalization *format.Normalization
	inputs        int
}

func (o *normalizationOp) newStepper(p ports) stepper {
	return &normalizationStep{op: o, in: p.in[0], out: p.out[0]}
}

type normalizationStep struct {
	stateless
	op      *normalizationOp
	in, out *place
}

func (s *normalizationStep) step() { s.op.normalization.NormalizeInputs(s.out.step, s.in.step) }

func (s *normalizationStep) run(n int, _ []float32) {
	for i := range n {
		s.op.normalization.NormalizeInputs(s.out.run.row(i, s.op.inputs), s.in.run.row(i, s.op.inputs))
	}
}

func (s *normalizationStep) bytes() int { return sizeOf(s) }
