package runtime

// An addOp adds two values, of which the first may be shorter. In a model with a
// skip connection, it adds the first inputs to the outputs.
type addOp struct{ weightless }

func (*addOp) newStepper(p ports) stepper { return &addStep{a: p.in[0], b: p.in[1], sum: p.out[0]} }

type addStep struct {
	stateless
	a, b, sum *place
}

func (s *addStep) step() { add(s.sum.step, s.a.step, s.b.step) }

func (s *addStep) run(n int, _ []float32) {
	width := len(s.sum.step)
	for i := range n {
		add(s.sum.run.row(i, width), s.a.run.row(i, width), s.b.run.row(i, width))
	}
}

func add(sum, a, b []float32) {
	a, b = a[:len(sum)], b[:len(sum)]
	for i := range sum {
		sum[i] = a[i] + b[i]
	}
}

func (s *addStep) bytes() int { return sizeOf(s) }
