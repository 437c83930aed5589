package kernels

import (
	"unsafe"

	"rnnrun/kernels/internal/generic"
)

// A Stream is a step of one kind, bound to the memory of one stream. A small
// network's step is so short that checking its arguments would take as long; so
// they are checked and prepared once. Its state is in two places in turn: each
// step reads h in one and writes it to the other.
type Stream struct {
	step  *Step
	run   func(a *generic.Args)
	even  [2]*pass // with inputs, and without
	odd   [2]*pass
	sums  int // length of start
	slice streamSlices
}

// A pass is the prepared arguments of a step, in one or two parts.
type pass struct {
	generic.Args
	start int   // where Start is in the sums
	then  *pass // the second part, or nil
}

// streamSlices is the memory, for sets that take it as slices.
type streamSlices struct {
	h, next, out, c, bias []float32
	activation            Activation
}

// An Activation is what becomes of the sums of a linear product.
type Activation int

// The activations.
const (
	Identity = Activation(generic.Identity)
	Tanh     = Activation(generic.IsTanh)
	ReLU     = Activation(generic.IsReLU)
)

// NewLSTM returns the LSTM of a stream: even steps read h and write next, odd
// ones the reverse. c is updated in place. bias is what sums begin with where a
// step has inputs. out, if it is not nil, is where each step writes its h too.
// All but bias hold the units padded to [Lanes].
func (p *Step) NewLSTM(h, next, out, c, bias []float32) *Stream {
	p.check(nil, h, TileRows, len(h) >= p.units && len(next) >= p.units && len(c) >= p.units && (out == nil || len(out) >= p.units) && len(bias) >= p.m.Rows && p.m.Rows%TileRows == 0)
	s := &Stream{step: p, sums: p.m.Rows, slice: streamSlices{h: h, next: next, out: out, c: c, bias: bias}}
	if p.half != nil {
		s.run = p.half.lstm
	} else {
		s.run = p.float.lstm
	}
	return s.bind(p.units/Lanes, Lanes)
}

// NewGRU returns the GRU of a stream, as [Step.NewLSTM].
func (p *Step) NewGRU(h, next, out, bias []float32) *Stream {
	p.check(nil, h, 3*Lanes, len(h) >= p.units && len(next) >= p.units && (out == nil || len(out) >= p.units) && len(bias) >= 4*p.units)
	s := &Stream{step: p, sums: 4 * p.units, slice: streamSlices{h: h, next: next, out: out, bias: bias}}
	if p.half != nil {
		s.run = p.half.gru
	} else {
		s.run = p.float.gru
	}
	return s.bind(p.units/Lanes, Lanes)
}

// NewRNN returns the RNN of a stream, as [Step.NewLSTM]. Its units are the rows
// of the matrix.
func (p *Step) NewRNN(h, next, out, bias []float32, activation Activation) *Stream {
	n := p.m.Rows
	p.check(nil, h, TileRows, len(h) >= n && len(next) >= n && (out == nil || len(out) >= n) && len(bias) >= n)
	return p.newLinear(streamSlices{h: h, next: next, out: out, bias: bias, activation: activation})
}

// NewLinear returns a product with inputs alone, such as that of a stream's
// outputs: each step writes it to dst.
func (p *Step) NewLinear(dst, bias []float32) *Stream {
	p.check(nil, nil, TileRows, len(dst) >= p.m.Rows && len(bias) >= p.m.Rows)
	return p.newLinear(streamSlices{next: dst, bias: bias})
}

func (p *Step) newLinear(m streamSlices) *Stream {
	s := &Stream{step: p, sums: p.m.Rows, slice: m}
	if p.half != nil {
		s.run = p.half.product
	} else {
		s.run = p.float.product
	}
	return s.bind(p.m.Rows/TileRows, TileRows)
}

// bind prepares the arguments of a step that has so many full tiles, each of
// which has so many results.
func (s *Stream) bind(full, results int) *Stream {
	if s.step.m.Rows == 0 {
		s.run = nil // there is nothing to do
	}
	if s.run == nil {
		return s
	}
	m := s.slice
	s.even = s.step.passes(m, full, results, false)
	if m.h != nil {
		m.h, m.next = m.next, m.h
	}
	s.odd = s.step.passes(m, full, results, s.step.size() > resident)
	return s
}

// resident is how many bytes of weights the first-level cache holds besides all
// else. They are always read from the first on: the next step can then begin
// with the first units while this one completes the last.
const resident = 20 << 10

// size returns the bytes of the weights.
func (p *Step) size() int { return 4*len(p.m.Data) + 2*len(p.m.Half) }

// passes returns the arguments of a step with inputs, and of one without.
func (p *Step) passes(m streamSlices, full, results int, reverse bool) (both [2]*pass) {
	body := tiles{count: full, reverse: reverse}
	narrow := p.m.Rows % TileRows
	if p.m.Tile != TileRows {
		narrow = 0
	}
	tail := tiles{last: narrow}
	if narrow > 0 { // as in linear
		tail.count = min(full, 2)
		body.count -= tail.count
		tail.first = body.count
	}
	for i, inputs := range [2]int{p.inputs, 0} {
		var parts []*pass
		for _, t := range []tiles{body, tail} {
			if t.count > 0 || t.last > 0 {
				parts = append(parts, p.pass(m, t, results, inputs))
			}
		}
		if len(parts) == 2 && reverse {
			parts[0], parts[1] = parts[1], parts[0]
		}
		if len(parts) == 2 {
			parts[0].then = parts[1]
		}
		both[i] = parts[0]
	}
	return both
}

// tiles are some tiles of a matrix: count full ones from first on, which are
// taken in reverse or not, and then a narrow one of last rows.
type tiles struct {
	first, count int
	reverse      bool
	last         int
}

// pass returns the arguments of a step with so many inputs for some tiles.
func (p *Step) pass(m streamSlices, t tiles, results, inputs int) *pass {
	const float = 4
	direction, first := 1, t.first
	if t.reverse {
		direction, first = -1, t.first+t.count-1
	}
	a := &pass{start: first * TileRows}
	a.Args = generic.Args{
		Next:       &m.next[first*results],
		Start:      &m.bias[first*TileRows],
		UnitStep:   direction * results * float,
		H:          unsafe.SliceData(m.h),
		Hidden:     p.hidden,
		Inputs:     inputs,
		Tiles:      t.count,
		LastRows:   t.last,
		Activation: int(m.activation),
	}
	a.Out = a.Next
	if m.out != nil {
		a.Out = &m.out[first*results]
	}
	if m.c != nil {
		a.C = &m.c[first*results]
	}
	if p.m.Tile != TileRows {
		a.At = &m.h[first*results]
	}
	skipped := p.inputs - inputs
	w, last := first*p.stride+skipped*p.m.Tile, (t.first+t.count)*p.stride+skipped*t.last
	if p.half != nil {
		a.W, a.Last = address(p.m.Half, w), address(p.m.Half, last)
		a.Stride = direction * p.stride * 2
	} else {
		a.W, a.Last = address(p.m.Data, w), address(p.m.Data, last)
		a.Stride = direction * p.stride * float
	}
	return a
}

// address returns where weight i is, or would be: there may be none.
func address[W weight](w []W, i int) unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(w[min(i, len(w)):]))
}

// Step reads the inputs x, or the sums start, which hold the product with them
// already, where x is nil. odd says which of the two places the state is in.
func (s *Stream) Step(start, x []float32, odd bool) {
	if s.run == nil || raceEnabled {
		s.stepSlices(start, x, odd)
		return
	}
	both := &s.even
	if odd {
		both = &s.odd
	}
	if x != nil {
		if len(x) != s.step.inputs {
			s.step.fail(x, nil)
		}
		for a := both[0]; a != nil; a = a.then {
			a.X = unsafe.SliceData(x)
			s.run(&a.Args)
		}
		return
	}
	if len(start) < s.sums {
		s.step.fail(start, nil)
	}
	for a := both[1]; a != nil; a = a.then {
		a.Start = &start[a.start]
		s.run(&a.Args)
	}
}

func (s *Stream) stepSlices(start, x []float32, odd bool) {
	m := s.slice
	if odd && m.h != nil {
		m.h, m.next = m.next, m.h
	}
	if x != nil {
		start = m.bias
	}
	switch {
	case m.c != nil:
		s.step.LSTM(m.next, m.c, start, x, m.h, odd)
	case s.step.m.Tile != TileRows:
		s.step.GRU(m.next, m.h, start, x, odd)
	default:
		s.step.Linear(m.next, start, x, m.h, odd)
		dst := m.next[:s.sums]
		switch m.activation {
		case Tanh:
			s.step.set.Tanh(dst, dst)
		case ReLU:
			s.step.set.ReLU(dst, dst)
		}
	}
	copy(m.out, m.next)
}
