package kernels

import (
	"unsafe"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// A Stream is a step of one kind, bound to the memory of one stream. A small
// network's step is so short that checking its arguments would take as long; so
// they are checked and prepared once. Its state is in two places in turn: each
// step reads h in one and writes it to the other.
type Stream struct {
	step *Step
	run  func(a *generic.Args)
	preparation
}

// NewLSTM returns the LSTM of a stream: even steps read h and write next, odd
// ones the reverse. c is updated in place. bias is what sums begin with where a
// step has inputs. out, if it is not nil, is where each step writes its h too.
// All but bias hold the units padded to [Lanes].
func (p *Step) NewLSTM(h, next, out, c, bias []float32) *Stream {
	p.check(nil, h, TileRows, true)
	m := streamMemory{h: h, next: next, out: out, c: c, bias: bias, rows: p.m.Rows, tile: p.m.Tile}
	if p.half != nil {
		return p.newStream(p.half.lstm, m.forLSTM())
	}
	return p.newStream(p.float.lstm, m.forLSTM())
}

// NewGRU returns the GRU of a stream, as [Step.NewLSTM].
func (p *Step) NewGRU(h, next, out, bias []float32) *Stream {
	p.check(nil, h, gruRows, true)
	m := streamMemory{h: h, next: next, out: out, bias: bias, rows: p.m.Rows, tile: p.m.Tile}
	if p.half != nil {
		return p.newStream(p.half.gru, m.forGRU())
	}
	return p.newStream(p.float.gru, m.forGRU())
}

// NewRNN returns the RNN of a stream, as [Step.NewLSTM]. Its units are the rows
// of the matrix.
func (p *Step) NewRNN(h, next, out, bias []float32, activation Activation) *Stream {
	p.check(nil, h, TileRows, true)
	m := streamMemory{h: h, next: next, out: out, bias: bias, rows: p.m.Rows, tile: p.m.Tile, activation: activation}
	return p.newLinear(m.forRNN())
}

// NewLinear returns a product with inputs alone, such as that of a stream's
// outputs: each step writes it to dst.
func (p *Step) NewLinear(dst, bias []float32) *Stream {
	p.check(nil, nil, TileRows, true)
	m := streamMemory{next: dst, bias: bias, rows: p.m.Rows, tile: p.m.Tile}
	return p.newLinear(m.forLinear())
}

func (p *Step) newLinear(m streamMemory) *Stream {
	if p.half != nil {
		return p.newStream(p.half.product, m)
	}
	return p.newStream(p.float.product, m)
}

func (p *Step) newStream(run func(a *generic.Args), m streamMemory) *Stream {
	s := &Stream{step: p, run: run}
	s.memory = m
	s.prepare(run != nil, 4*len(p.m.Data)+2*len(p.m.Half), p.weights)
	return s
}

// weights sets what arguments say of the weights.
func (p *Step) weights(a *generic.Args, m streamMemory, t tiles, inputs bool) {
	skipped := p.inputs
	if inputs {
		a.Inputs, skipped = p.inputs, 0
	}
	a.H, a.Hidden = unsafe.Pointer(unsafe.SliceData(m.h)), p.hidden
	first, last := t.begin()*p.stride+skipped*p.m.Tile, t.end()*p.stride+skipped*t.narrow
	if p.half != nil {
		a.W, a.Last, a.Stride = address(p.m.Half, first), address(p.m.Half, last), t.direction()*p.stride*2
	} else {
		a.W, a.Last, a.Stride = address(p.m.Data, first), address(p.m.Data, last), t.direction()*p.stride*4
	}
}

// address returns where element i is, or would be: there may be none.
func address[T any](s []T, i int) unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(s[min(i, len(s)):]))
}

// Step reads the inputs x, or the sums start, which hold the product with them
// already, where x is nil. odd says which of the two places the state is in.
func (s *Stream) Step(start, x []float32, odd bool) {
	a := s.even[withInputs]
	if odd {
		a = s.odd[withInputs]
	}
	if a == nil || x == nil || len(x) != s.step.inputs {
		s.stepSums(start, x, odd)
		return
	}
	for ; a != nil; a = a.then {
		a.X = unsafe.Pointer(unsafe.SliceData(x))
		s.run(&a.Args)
	}
}

// stepSums is the rest of Step: it reads the sums start, or has no prepared
// arguments.
func (s *Stream) stepSums(start, x []float32, odd bool) {
	if x != nil && len(x) != s.step.inputs || x == nil && len(start) < s.sums {
		s.step.fail(x, start)
	}
	a := s.passes(odd)[withSums]
	if a == nil {
		s.stepSlices(start, x, odd)
		return
	}
	for ; a != nil; a = a.then {
		a.Start = &start[a.start]
		s.run(&a.Args)
	}
}

func (s *Stream) stepSlices(start, x []float32, odd bool) {
	m := s.memory.turned(odd)
	if x != nil {
		start = m.bias
	}
	switch {
	case m.c != nil:
		s.step.LSTM(m.next, m.c, start, x, m.h, odd)
	case m.tile == gruRows:
		s.step.GRU(m.next, m.h, start, x, odd)
	default:
		s.step.Linear(m.next, start, x, m.h, odd)
		m.activate(s.step.set)
	}
	copy(m.out, m.next)
}
