package kernels

import (
	"fmt"
	"unsafe"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// An Int8Step is what a stream reads a matrix of int8 weights with, a vector of
// inputs and one of states at a time, as [Step] is for other weights.
type Int8Step struct {
	set          *Set
	input, state *Int8 // input is nil where there are no inputs
}

// NewInt8Step returns the step of a matrix, of whose columns state has the last
// ones, right behind those of input. input may be nil. It panics where they do
// not fit each other, as the methods of an Int8Step do.
func (s *Set) NewInt8Step(input, state *Int8) *Int8Step {
	if input != nil && (unsafe.SliceData(input.data) != unsafe.SliceData(state.data) || input.from+input.columns != state.from ||
		input.rows != state.rows || input.tile != state.tile || input.depth != state.depth) {
		panic("kernels: the columns of int8 inputs and of the states are not those of one matrix, side by side")
	}
	return &Int8Step{s, input, state}
}

// An Int8Stream is what [Stream] is, for int8 weights.
type Int8Stream struct {
	step       *Int8Step
	run        func(a *generic.Args)
	sumsMemory []float32 // of a step in several passes
	preparation
}

// NewLSTM is [Step.NewLSTM].
func (p *Int8Step) NewLSTM(h, next, out, c, bias []float32) *Int8Stream {
	m := p.memory(TileRows, streamMemory{h: h, next: next, out: out, c: c, bias: bias})
	return p.newStream(p.set.impl.int8.lstm, m.forLSTM())
}

// NewGRU is [Step.NewGRU].
func (p *Int8Step) NewGRU(h, next, out, bias []float32) *Int8Stream {
	m := p.memory(gruRows, streamMemory{h: h, next: next, out: out, bias: bias})
	return p.newStream(p.set.impl.int8.gru, m.forGRU())
}

// NewRNN is [Step.NewRNN].
func (p *Int8Step) NewRNN(h, next, out, bias []float32, activation Activation) *Int8Stream {
	m := p.memory(TileRows, streamMemory{h: h, next: next, out: out, bias: bias, activation: activation})
	return p.newStream(p.set.impl.int8.product, m.forRNN())
}

// NewLinear is [Step.NewLinear], but that its inputs stand where a state does.
func (p *Int8Step) NewLinear(dst, bias []float32) *Int8Stream {
	m := p.memory(TileRows, streamMemory{next: dst, bias: bias})
	return p.newStream(p.set.impl.int8.product, m.forLinear())
}

// memory adds the shape of the matrix, whose tiles must have so many rows.
func (p *Int8Step) memory(tile int, m streamMemory) streamMemory {
	if p.state.tile != tile || p.state.columns == 0 {
		panic(fmt.Sprintf("kernels: a step of int8 weights in tiles of %d rows, with %d columns for the state; wanted are tiles of %d",
			p.state.tile, p.state.columns, tile))
	}
	m.rows, m.tile = p.state.rows, tile
	return m
}

func (p *Int8Step) newStream(run func(a *generic.Args), m streamMemory) *Int8Stream {
	s := &Int8Stream{step: p, run: run}
	s.memory = m
	s.prepare(run != nil, p.size(), p.weights)
	if s.even[withSums] == nil {
		s.sumsMemory = make([]float32, s.sums)
	}
	return s
}

// size returns the bytes of the weights.
func (p *Int8Step) size() int {
	columns := p.state.columns
	if p.input != nil {
		columns += p.input.columns
	}
	return p.state.rows * columns
}

// weights sets what arguments say of the weights.
func (p *Int8Step) weights(a *generic.Args, _ streamMemory, t tiles, inputs bool) {
	first := p.state
	if inputs && p.input != nil {
		first = p.input
		a.Inputs = first.columns / 4
		a.ScaleX, a.OffsetX = first.of(t.begin())
	}
	m := p.state
	stride := m.tile * m.depth
	a.Hidden = m.columns / 4
	a.W = address(m.data, t.begin()*stride+first.from*m.tile)
	a.Last = address(m.data, t.end()*stride+first.from*t.narrow)
	a.Stride = t.direction() * stride
	a.ScaleH, a.OffsetH = m.of(t.begin())
	a.ScaleStep = t.direction() * m.tile * 4
}

// of returns the scales of a tile's rows, and their offsets or nil.
func (m *Int8) of(tile int) (scale *float32, offset *int32) {
	row := tile * m.tile
	if m.offset != nil {
		offset = &m.offset[row]
	}
	return &m.scale[row], offset
}

// Step reads the quantized inputs x, or the sums start, which hold the product
// with them already, where x is nil; and the quantized state h, of which stream
// memory has the floats. odd says which of its two places they are in. The
// numbers are x*xStep and h*hStep.
func (s *Int8Stream) Step(start []float32, x []int8, xStep float32, h []int8, hStep float32, odd bool) {
	s.step.state.checkVector(h)
	which := withSums
	if x != nil || start == nil {
		s.step.checkInputs(x)
		which = withInputs
	} else if len(start) < s.sums {
		panic(fmt.Sprintf("kernels: %d sums, too few for a step with %d", len(start), s.sums))
	}
	a := s.passes(odd)[which]
	if a == nil {
		s.stepSlices(start, x, xStep, h, hStep, odd)
		return
	}
	for ; a != nil; a = a.then {
		if which == withSums {
			a.Start = &start[a.start]
		}
		a.X, a.StepX = unsafe.Pointer(unsafe.SliceData(x)), xStep
		a.H, a.StepH = unsafe.Pointer(unsafe.SliceData(h)), hStep
		s.run(&a.Args)
	}
}

// checkInputs panics unless x has the columns of the inputs.
func (p *Int8Step) checkInputs(x []int8) {
	if p.input != nil {
		p.input.checkVector(x)
	} else if len(x) > 0 {
		panic(fmt.Sprintf("kernels: %d inputs to a step without any", len(x)))
	}
}

func (s *Int8Stream) stepSlices(start []float32, x []int8, xStep float32, h []int8, hStep float32, odd bool) {
	p, m := s.step, s.memory.turned(odd)
	if m.rows == 0 {
		return
	}
	sums := s.sumsMemory
	if start == nil || x != nil {
		start = m.bias
	}
	if len(x) > 0 {
		copy(sums, start) // not all sums have an input
		p.set.LinearInt8(sums, start, p.input, xStep, x, odd)
		start = sums
	}
	switch {
	case m.c != nil:
		p.set.LinearInt8(sums, start, p.state, hStep, h, odd)
		p.set.LSTMCell(m.next, m.c, m.c, sums)
	case m.tile == gruRows:
		if len(x) == 0 {
			copy(sums, start)
		}
		gates := sums[Lanes:]
		p.set.LinearInt8(gates, gates, p.state, hStep, h, odd)
		p.set.GRUCell(m.next, m.h, sums)
	default:
		p.set.LinearInt8(m.next, start, p.state, hStep, h, odd)
		m.activate(p.set)
	}
	copy(m.out, m.next)
}
