package runtime

import "github.com/rnnrun/rnnrun/format"

// A normalizationOp normalizes a model's inputs.
type normalizationOp struct {
	weightless
	normalization *format.Normalization
	inputs        int
}

func (o *normalizationOp) newStepper(p ports) stepper {
	return &normalizationStep{normalizationOp: o, in: p.in[0], out: p.out[0]}
}

type normalizationStep struct {
	stateless
	*normalizationOp
	in, out *place
}

func (s *normalizationStep) step() { s.normalization.NormalizeInputs(s.out.step, s.in.step) }

func (s *normalizationStep) run(n int, _ []float32) {
	for i := range n {
		s.normalization.NormalizeInputs(s.out.run.row(i, s.inputs), s.in.run.row(i, s.inputs))
	}
}

func (s *normalizationStep) bytes() int { return sizeOf(s) }
