package runtime

import "github.com/rnnrun/rnnrun/format"

// An overlapAddOp adds overlapping frames.
type overlapAddOp struct {
	weightless
	lap    *format.OverlapAdd
	frames int // of the input
}

func (o *overlapAddOp) newStepper(p ports) stepper {
	s := &overlapAddStep{op: o, in: p.in[0], out: p.out[0]}
	s.sum = floats(((o.frames-1)*o.lap.Stride + o.lap.Kernel) * o.lap.Channels)
	return s
}

type overlapAddStep struct {
	op      *overlapAddOp
	in, out *place
	sum     []float32 // a step's outputs, and after them the part that overlaps the next step
}

func (s *overlapAddStep) step() { s.add(s.out.step, s.in.step) }

func (s *overlapAddStep) run(n int, _ []float32) {
	for i := range n {
		s.add(s.out.run.row(i, len(s.out.step)), s.in.run.row(i, len(s.in.step)))
	}
}

func (s *overlapAddStep) add(y, x []float32) {
	width, hop := s.op.lap.Kernel*s.op.lap.Channels, s.op.lap.Stride*s.op.lap.Channels
	if !s.op.lap.Carry {
		clear(s.sum)
	}
	for t := range s.op.frames {
		addTo(s.sum[t*hop:][:width], x[t*width:][:width])
	}
	copy(y, s.sum)
	if s.op.lap.Carry {
		clear(s.sum[copy(s.sum, s.sum[len(y):]):])
	}
}

func (s *overlapAddStep) reset() { clear(s.sum) }

func (s *overlapAddStep) carried(list [][]float32) [][]float32 {
	if !s.op.lap.Carry {
		return list
	}
	return append(list, s.sum[:len(s.sum)-len(s.out.step)])
}

func (s *overlapAddStep) publish() {}

func (s *overlapAddStep) bytes() int { return sizeOf(s) + floatsBytes(len(s.sum)) }

// addTo adds x to sum.
func addTo(sum, x []float32) {
	for i := range sum {
		sum[i] += x[i]
	}
}
