package runtime

// A valueOp computes a value of a step from the values that it reads, and
// carries nothing.
type valueOp struct {
	weightless
	bind   func() valueFunc // returns the function of a session
	memory int              // bytes that the function takes
}

// A valueFunc computes a value y of a step from the values x.
type valueFunc func(y []float32, x [][]float32)

// newValueOp returns a valueOp whose function needs no memory.
func newValueOp(f valueFunc) *valueOp {
	return &valueOp{bind: func() valueFunc { return f }}
}

func (o *valueOp) newStepper(p ports) stepper {
	s := &valueStep{op: o, f: o.bind(), in: p.in, out: p.out[0]}
	s.x = make([][]float32, len(p.in))
	return s
}

type valueStep struct {
	stateless
	op  *valueOp
	f   valueFunc
	in  []*place
	out *place
	x   [][]float32 // what a step reads
}

func (s *valueStep) step() {
	for k, in := range s.in {
		s.x[k] = in.step
	}
	s.f(s.out.step, s.x)
}

func (s *valueStep) run(n int, _ []float32) {
	for i := range n {
		for k, in := range s.in {
			s.x[k] = in.run.row(i, len(in.step))
		}
		s.f(s.out.run.row(i, len(s.out.step)), s.x)
	}
}

func (s *valueStep) bytes() int {
	return sizeOf(s) + sliceBytes(s.in) + sliceBytes(s.x) + s.op.memory
}
