package runtime

// A maskedOp is a recurrent layer that skips steps whose mask is 0: the state stays as
// it is, and the outputs are those of the step before.
type maskedOp struct{ layerOp }

func (o *maskedOp) newStepper(p ports) stepper {
	s := &maskedStep{outer: p, in: *p.in[0], out: *p.out[0]}
	s.layerStepper = o.layerOp.newStepper(ports{in: []*place{&s.in}, out: []*place{&s.out}, steps: p.steps}).(layerStepper)
	return s
}

type maskedStep struct {
	layerStepper
	outer   ports
	in, out place // of the layer, in the same memory
}

func (s *maskedStep) step() {
	if s.outer.in[1].step[0] == 0 {
		s.layerStepper.publish() // another value may have overwritten the outputs
	} else {
		s.layerStepper.step()
	}
}

// run passes the steps between masked ones to the layer, all of them at once.
func (s *maskedStep) run(n int, scratch []float32) {
	x, y, mask := s.outer.in[0].run, s.outer.out[0].run, s.outer.in[1].run
	for i := 0; i < n; {
		count := 0
		for i+count < n && mask.row(i+count, 1)[0] != 0 {
			count++
		}
		if count == 0 {
			outputs := s.layerStepper.outputs()
			copy(y.row(i, len(outputs)), outputs)
			i++
			continue
		}
		s.in.run, s.out.run = x.from(i), y.from(i)
		s.layerStepper.run(count, scratch)
		i += count
	}
	s.in.run, s.out.run = rows{}, rows{}
}

func (s *maskedStep) bytes() int { return sizeOf(s) + s.layerStepper.bytes() }
