package runtime

import "github.com/rnnrun/rnnrun/format"

// A windowOp puts the frames of other steps round those of a step.
type windowOp struct {
	weightless
	before int // numbers
}

func newWindowOp(w *format.Window, channels int) op {
	return &windowOp{before: w.Before * channels}
}

func (o *windowOp) newStepper(p ports) stepper {
	return &windowStep{op: o, in: p.in[0], out: p.out[0], past: floats(o.before)}
}

type windowStep struct {
	op      *windowOp
	in, out *place
	past    []float32 // the frames before the next step
}

func (s *windowStep) step() {
	copy(s.out.step[copy(s.out.step, s.past):], s.in.step)
	s.keep(s.in.step)
}

// keep takes a step's frames into those before the next one.
func (s *windowStep) keep(x []float32) {
	if len(x) < len(s.past) {
		n := copy(s.past, s.past[len(x):])
		copy(s.past[n:], x)
	} else {
		copy(s.past, x[len(x)-len(s.past):])
	}
}

func (s *windowStep) run(n int, _ []float32) {
	width := len(s.in.step)
	for i := range n {
		x, y := s.in.run.row(i, width), s.out.run.row(i, len(s.out.step))
		y = y[copy(y, s.past):]
		y = y[copy(y, x):]
		// A window that looks ahead has the whole sequence in one block.
		for k := i + 1; len(y) > 0 && k < n; k++ {
			y = y[copy(y, s.in.run.row(k, width)):]
		}
		clear(y)
		s.keep(x)
	}
}

func (s *windowStep) reset()                               { clear(s.past) }
func (s *windowStep) carried(list [][]float32) [][]float32 { return append(list, s.past) }
func (s *windowStep) publish()                             {}

func (s *windowStep) bytes() int { return sizeOf(s) + floatsBytes(len(s.past)) }
