package runtime

// A repeatOp repeats a value of the whole sequence at each step.
type repeatOp struct{ weightless }

func (*repeatOp) newStepper(p ports) stepper { return &repeatStep{in: p.in[0], out: p.out[0]} }

type repeatStep struct {
	stateless
	in, out *place
}

func (s *repeatStep) bytes() int { return sizeOf(s) }

func (s *repeatStep) step() { copy(s.out.step, s.in.step) }

func (s *repeatStep) run(n int, _ []float32) {
	for i := range n {
		copy(s.out.run.row(i, len(s.out.step)), s.in.step)
	}
}
