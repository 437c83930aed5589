package runtime

// A normalizationOp normalizes a model's inputs.
type normalizationOp struct {
	weightless
	mean, scale []float32
}

func (o *normalizationOp) newStepper(p ports) stepper {
	return &normalizationStep{normalizationOp: o, in: p.in[0], out: p.out[0]}
}

type normalizationStep struct {
	stateless
	*normalizationOp
	in, out *place
}

func (s *normalizationStep) step() { s.normalize(s.out.step, s.in.step) }

func (s *normalizationStep) run(n int, _ []float32) {
	for i := range n {
		s.normalize(s.out.run.row(i, len(s.mean)), s.in.run.row(i, len(s.mean)))
	}
}

func (o *normalizationOp) normalize(dst, x []float32) {
	for i, v := range x {
		dst[i] = (v - o.mean[i]) * o.scale[i]
	}
}
