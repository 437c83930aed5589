package runtime

// A framesOp is a direction of a recurrent layer that reads each frame of a step
// as a step of its own.
type framesOp struct {
	layerOp
	frames int
}

func (o *framesOp) newStepper(p ports) stepper {
	l, out := o.shared(), p.out[0]
	s := &framesStep{op: o, outer: p, width: len(out.step) / o.frames}
	s.in.step = floats(l.input)
	s.out.step = floats(room(l.output))[:l.output]
	s.layerStepper = o.layerOp.newStepper(ports{in: []*place{&s.in}, out: []*place{&s.out}, steps: p.steps}).(layerStepper)
	return s
}

type framesStep struct {
	layerStepper
	op      *framesOp
	outer   ports
	in, out place // of a frame
	width   int   // channels of the layer
}

func (s *framesStep) step() {
	l := s.op.shared()
	x, y := s.outer.in[0].step, s.outer.out[0].step[s.outer.offset:]
	for t := range s.op.frames {
		copy(s.in.step, x[t*l.input:])
		s.layerStepper.step()
		copy(y[t*s.width:][:l.output], s.out.step)
	}
}

func (s *framesStep) run(n int, scratch []float32) {
	s.in.run = rows{s.outer.in[0].run.data, s.op.shared().input}
	s.out.run = rows{s.outer.out[0].run.data[s.outer.offset:], s.width}
	s.layerStepper.run(n*s.op.frames, scratch)
	s.in.run, s.out.run = rows{}, rows{}
}

func (s *framesStep) bytes() int {
	return sizeOf(s) + s.layerStepper.bytes() + floatsBytes(len(s.in.step)) + floatsBytes(room(len(s.out.step)))
}

// publish does nothing: snapshots do not hold the outputs of many frames.
func (s *framesStep) publish() {}
