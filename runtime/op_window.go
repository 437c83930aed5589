package runtime

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A windowOp surrounds the frames of a step with frames of other steps. Windows
// overlap, so if their readers can follow them through memory, each step copies
// only its own frames.
type windowOp struct {
	weightless
	before, after int  // numbers
	moves         bool // whether the window may be elsewhere in memory at each step
}

func newWindowOp(w *format.Window, channels int) op {
	return &windowOp{before: w.Before * channels, after: w.After * channels}
}

// moveWindows lets a window move if no reader needs it in a fixed place.
func (b *graphPlanner) moveWindows() {
	nodes := slices.Concat(b.lists()...)
	for _, n := range nodes {
		if w, ok := n.op.(*windowOp); ok {
			out := &b.values[n.out[0]]
			w.moves = out.slot != own && !slices.ContainsFunc(nodes, func(reader node) bool {
				return slices.Contains(reader.in, n.out[0]) && !follows(reader.op)
			})
			if w.moves {
				out.stride = b.values[n.in[0]].width
			}
		}
	}
}

// follows reports whether an op looks up the places of its inputs at each step.
func follows(o op) bool {
	switch o.(type) {
	case *convOp, *valueOp:
		return true
	}
	return false
}

func (o *windowOp) newStepper(p ports) stepper {
	s := &windowStep{op: o, in: p.in[0], out: p.out[0]}
	// The window returns to the front once in a quarter of its length, so that a
	// step copies few numbers besides its own.
	width := o.before + len(s.in.step) + o.after
	s.memory = floats(width + o.before/4)
	if o.moves {
		s.out.step = s.memory[:width]
	}
	return s
}

type windowStep struct {
	op      *windowOp
	in, out *place
	memory  []float32
	at      int // where the frames before the next step begin in it
}

// past returns the frames before the next step.
func (s *windowStep) past() []float32 { return s.memory[s.at:][:s.op.before] }

// slide appends the frames of a step to those before it, returns both, and
// advances.
func (s *windowStep) slide(x []float32) []float32 {
	n := s.op.before + len(x)
	if s.at+n > len(s.memory) {
		copy(s.memory, s.past())
		s.at = 0
	}
	window := s.memory[s.at:][:n]
	copy(window[s.op.before:], x)
	s.at += len(x)
	return window
}

func (s *windowStep) step() {
	window := s.slide(s.in.step)
	if s.op.moves {
		s.out.step = window
	} else {
		copy(s.out.step, window)
	}
}

func (s *windowStep) run(n int, _ []float32) {
	if s.op.moves {
		s.overlap(n)
		return
	}
	width := len(s.in.step)
	for i := range n {
		y := s.out.run.row(i, len(s.out.step))
		y = y[copy(y, s.slide(s.in.run.row(i, width))):]
		// A window that looks ahead has the whole sequence in one block.
		for k := i + 1; len(y) > 0 && k < n; k++ {
			y = y[copy(y, s.in.run.row(k, width)):]
		}
		clear(y)
	}
}

// overlap is run if the windows of n steps may overlap in memory.
func (s *windowStep) overlap(n int) {
	width, data := len(s.in.step), s.out.run.data
	end := copy(data, s.past())
	for i := range n {
		end += copy(data[end:], s.in.run.row(i, width))
	}
	clear(data[end:][:s.op.after])
	copy(s.past(), data[end-s.op.before:end])
}

func (s *windowStep) reset() {
	clear(s.memory)
	s.at = 0
}

func (s *windowStep) carried(list [][]float32) [][]float32 { return append(list, s.past()) }
func (s *windowStep) publish()                             {}

func (s *windowStep) bytes() int { return sizeOf(s) + floatsBytes(len(s.memory)) }
