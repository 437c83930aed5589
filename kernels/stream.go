package kernels

import (
	"unsafe"

	"rnnrun/kernels/internal/generic"
)

// A Stream is a step of an LSTM or a GRU, bound to the memory of one stream. A
// small network's step is so short that checking its arguments would take as
// long; so they are checked and prepared once. Its state is in two places in
// turn: each step reads h in one and writes it to the other.
type Stream struct {
	step  *Step
	run   func(a *generic.Args)
	even  [2]generic.Args // with inputs, and without
	odd   [2]generic.Args
	sums  int // length of start
	last  int // floats from the first tile of start to the last
	slice streamSlices
}

// streamSlices is the memory, for sets that take it as slices.
type streamSlices struct{ h, next, out, c, bias []float32 }

// NewLSTM returns the LSTM of a stream: even steps read h and write next, odd
// ones the reverse. c is updated in place. bias is what sums begin with where a
// step has inputs. out, if it is not nil, is where each step writes its h too.
// All but bias hold the units padded to [Lanes].
func (p *Step) NewLSTM(h, next, out, c, bias []float32) *Stream {
	p.check(nil, h, TileRows, len(h) >= p.units && len(next) >= p.units && len(c) >= p.units && (out == nil || len(out) >= p.units) && len(bias) >= p.m.Rows && p.m.Rows%TileRows == 0)
	s := &Stream{step: p, sums: p.m.Rows}
	if p.half != nil {
		s.run = p.half.lstm
	} else {
		s.run = p.float.lstm
	}
	s.bind(streamSlices{h, next, out, c, bias})
	return s
}

// NewGRU returns the GRU of a stream, as [Step.NewLSTM].
func (p *Step) NewGRU(h, next, out, bias []float32) *Stream {
	p.check(nil, h, 3*Lanes, len(h) >= p.units && len(next) >= p.units && (out == nil || len(out) >= p.units) && len(bias) >= 4*p.units)
	s := &Stream{step: p, sums: 4 * p.units}
	if p.half != nil {
		s.run = p.half.gru
	} else {
		s.run = p.float.gru
	}
	s.bind(streamSlices{h, next, out, nil, bias})
	return s
}

func (s *Stream) bind(m streamSlices) {
	s.slice = m
	tiles := s.step.units / Lanes
	s.last = (tiles - 1) * TileRows
	if tiles == 0 {
		s.run = nil // there is nothing to do
	}
	if s.run == nil {
		return
	}
	s.even = s.step.args(m, tiles, 0, 1)
	m.h, m.next = m.next, m.h
	s.odd = s.step.args(m, tiles, tiles-1, -1)
}

// args returns the arguments of a step that begins at tile first.
func (p *Step) args(m streamSlices, tiles, first, direction int) [2]generic.Args {
	const float = 4
	a := generic.Args{
		Next:     &m.next[first*Lanes],
		Start:    &m.bias[first*TileRows],
		UnitStep: direction * Lanes * float,
		H:        unsafe.SliceData(m.h),
		At:       &m.h[first*Lanes],
		Hidden:   p.hidden,
		Inputs:   p.inputs,
		Tiles:    tiles,
	}
	a.Out = a.Next
	if m.out != nil {
		a.Out = &m.out[first*Lanes]
	}
	if m.c != nil {
		a.C = &m.c[first*Lanes]
	}
	without := a
	without.Inputs = 0
	size := float
	if p.half != nil {
		size = 2
		a.W = unsafe.Pointer(unsafe.SliceData(p.m.Half[first*p.stride:]))
		without.W = unsafe.Pointer(unsafe.SliceData(p.m.Half[first*p.stride+p.inputs*p.m.Tile:]))
	} else {
		a.W = unsafe.Pointer(unsafe.SliceData(p.m.Data[first*p.stride:]))
		without.W = unsafe.Pointer(unsafe.SliceData(p.m.Data[first*p.stride+p.inputs*p.m.Tile:]))
	}
	a.Stride = direction * p.stride * size
	without.Stride = a.Stride
	return [2]generic.Args{a, without}
}

// Step reads the inputs x, or the sums start, which hold the product with them
// already, where x is nil. odd says which of the two places the state is in.
func (s *Stream) Step(start, x []float32, odd bool) {
	if s.run == nil || raceEnabled {
		s.stepSlices(start, x, odd)
		return
	}
	args, first := &s.even, 0
	if odd {
		args, first = &s.odd, s.last
	}
	if x != nil {
		if len(x) != s.step.inputs {
			s.step.fail(x, nil)
		}
		a := &args[0]
		a.X = unsafe.SliceData(x)
		s.run(a)
		return
	}
	if len(start) < s.sums {
		s.step.fail(start, nil)
	}
	a := &args[1]
	a.Start = &start[first]
	s.run(a)
}

func (s *Stream) stepSlices(start, x []float32, odd bool) {
	m := s.slice
	if odd {
		m.h, m.next = m.next, m.h
	}
	if x != nil {
		start = m.bias
	}
	if m.c != nil {
		s.step.LSTM(m.next, m.c, start, x, m.h, odd)
	} else {
		s.step.GRU(m.next, m.h, start, x, odd)
	}
	copy(m.out, m.next)
}
