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
type streamSlices struct{ h, next, c, bias []float32 }

// NewLSTM returns the LSTM of a stream: even steps read h and write next, odd
// ones the reverse. c is updated in place. bias is what sums begin with where a
// step has inputs. h and next hold the units padded to [Lanes].
func (p *Step) NewLSTM(h, next, c, bias []float32) *Stream {
	p.check(nil, h, TileRows, len(h) >= p.units && len(next) >= p.units && len(c) >= p.units && len(bias) >= p.m.Rows && p.m.Rows%TileRows == 0)
	s := &Stream{step: p, sums: p.m.Rows}
	if p.half != nil {
		s.run = p.half.lstm
	} else {
		s.run = p.float.lstm
	}
	s.bind(h, next, c, bias)
	return s
}

// NewGRU returns the GRU of a stream, as [Step.NewLSTM].
func (p *Step) NewGRU(h, next, bias []float32) *Stream {
	p.check(nil, h, 3*Lanes, len(h) >= p.units && len(next) >= p.units && len(bias) >= 4*p.units)
	s := &Stream{step: p, sums: 4 * p.units}
	if p.half != nil {
		s.run = p.half.gru
	} else {
		s.run = p.float.gru
	}
	s.bind(h, next, nil, bias)
	return s
}

func (s *Stream) bind(h, next, c, bias []float32) {
	s.slice = streamSlices{h, next, c, bias}
	tiles := s.step.units / Lanes
	s.last = (tiles - 1) * TileRows
	if s.run == nil || tiles == 0 {
		return
	}
	s.even = s.step.args(h, next, c, bias, tiles, 0, 1)
	s.odd = s.step.args(next, h, c, bias, tiles, tiles-1, -1)
}

// args returns the arguments of a step that begins at tile first.
func (p *Step) args(h, next, c, bias []float32, tiles, first, direction int) [2]generic.Args {
	const float = 4
	a := generic.Args{
		Next:     &next[first*Lanes],
		Start:    &bias[first*TileRows],
		UnitStep: direction * Lanes * float,
		H:        unsafe.SliceData(h),
		At:       &h[first*Lanes],
		Hidden:   p.hidden,
		Inputs:   p.inputs,
		Tiles:    tiles,
	}
	if c != nil {
		a.C = &c[first*Lanes]
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
	if len(start) < s.sums || s.sums == 0 {
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
}
