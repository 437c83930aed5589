package kernels

import (
	"fmt"
	"unsafe"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// A Stream is a cell or a linear product in one stream, made by [Weights].
// Checking the arguments of a small network's step would take as long as the
// step, so they are checked and prepared once. The state alternates between two
// places: each step reads one and writes the other.
type Stream interface {
	// Step reads the inputs and makes the next state.
	Step()
	// Advance is Step, except that start already holds the sums of the bias and
	// the product with the inputs. It panics if start is too short.
	Advance(start []float32)
	// State returns the state that the last step wrote, or H before the first
	// step. It is a view of the memory: write to it to go on from another state.
	State() []float32
	// Bytes returns how many bytes the stream takes besides its [Memory] and its
	// weights.
	Bytes() int
}

// stream is the common part of all streams.
type stream struct {
	layout
	run   func(a *generic.Args) // nil: the set has none
	walks walks
	odd   uint8 // 1: the next step reads Next and writes H
	sums  int   // the length of start

	workers *workers
	parts   []walks // of each part of the tiles; nil: the caller makes the steps alone
	hand    hand
}

// A hand holds the arguments of the parts of a step.
type hand struct {
	odd          uint8
	start        []float32 // nil: the bias
	stepX, stepH float32
}

// newStream returns a stream whose steps read that many bytes of weights;
// weights sets the prepared arguments for them. Without rows there is nothing
// to prepare, and the race detector needs slices.
func newStream(w *workers, m layout, run func(a *generic.Args), bytes int, weights func(a *generic.Args, m layout, t tiles, inputs bool)) stream {
	s := stream{layout: m, run: run, sums: m.rows/m.tile*TileRows + m.rows%m.tile, workers: w}
	if run == nil || m.rows == 0 || raceEnabled {
		return s
	}
	all := m.tiles()
	s.walks = m.walks(all, bytes, weights)
	if n := w.divide(all.count, bytes, 1); n > 1 {
		s.parts = make([]walks, n)
		for i := range s.parts {
			s.parts[i] = m.walks(all.part(i, n), bytes, weights)
		}
	}
	return s
}

// share makes a step on the workers, or reports that they have no time or no part in it.
func (s *stream) share(start []float32, stepX, stepH float32) bool {
	if s.parts == nil || !s.workers.take() {
		return false
	}
	s.hand = hand{s.odd & 1, start, stepX, stepH}
	s.odd ^= 1
	s.workers.do(s, len(s.parts), s.hand.odd == 1)
	return true
}

// part implements task.
func (s *stream) part(i, _ int) {
	a := s.parts[i][s.hand.odd].withInputs
	if s.hand.start != nil {
		a = s.parts[i][s.hand.odd].withSums
	}
	for ; a != nil; a = a.then {
		if s.hand.start != nil {
			a.Start = &s.hand.start[a.start]
		}
		a.StepX, a.StepH = s.hand.stepX, s.hand.stepH
		s.run(&a.Args)
	}
}

func (s *stream) State() []float32 {
	if s.H == nil || s.odd == 1 { // a linear product has no H
		return s.Next
	}
	return s.H
}

// check panics unless start holds the sums of a step.
func (s *stream) check(start []float32) {
	if len(start) < s.sums {
		panic(fmt.Sprintf("kernels: %d sums, too few for a step with %d", len(start), s.sums))
	}
}

// A floatStream is a stream of [FloatWeights].
type floatStream struct {
	stream
	weights *FloatWeights
	step    func(a *generic.Args) // run, or that of weights that are far
}

// NewLSTM implements [Weights].
func (p *FloatWeights) NewLSTM(m Memory) Stream {
	run := p.float.lstm
	if p.half != nil {
		run = p.half.lstm
	}
	return p.newStream(run, p.far().lstm, p.layout(m, TileRows).forLSTM())
}

// NewGRU implements [Weights].
func (p *FloatWeights) NewGRU(m Memory) Stream {
	run := p.float.gru
	if p.half != nil {
		run = p.half.gru
	}
	return p.newStream(run, p.far().gru, p.layout(m, gruRows).forGRU())
}

// NewRNN implements [Weights].
func (p *FloatWeights) NewRNN(m Memory, activation Activation) Stream {
	l := p.layout(m, TileRows)
	l.activation = activation
	return p.newStream(p.product(), p.far().product, l.forRNN())
}

// NewLinear implements [Weights].
func (p *FloatWeights) NewLinear(m Memory, activation Activation) Stream {
	m.H = nil // a state with columns is too short then
	l := p.layout(m, TileRows)
	l.activation = activation
	return p.newStream(p.product(), p.far().product, l.forLinear())
}

func (p *FloatWeights) product() func(a *generic.Args) {
	if p.half != nil {
		return p.half.product
	}
	return p.float.product
}

// far returns the steps of weights that are far, or none.
func (p *FloatWeights) far() steps {
	if !p.set.far || p.half != nil {
		return steps{}
	}
	return p.set.impl.far
}

// layout adds the shape of the matrix, whose tiles must have so many rows.
func (p *FloatWeights) layout(m Memory, tile int) layout {
	p.check(m.X, m.H, tile, true)
	return layout{Memory: m, rows: p.m.Rows, tile: tile}
}

// newStream returns a stream whose steps call run, or far if that is not nil. Steps that
// are given the product with the inputs follow each other, and find the state's weights
// near.
func (p *FloatWeights) newStream(run, far func(a *generic.Args), m layout) Stream {
	s := &floatStream{newStream(p.set.workers, m, run, 4*len(p.m.Data)+2*len(p.m.Half), p.arguments), p, run}
	if far != nil {
		s.step = far
	}
	return s
}

// arguments sets the arguments for the weights and the vectors that are
// multiplied with them.
func (p *FloatWeights) arguments(a *generic.Args, m layout, t tiles, inputs bool) {
	skipped := p.inputs
	if inputs {
		a.X, a.Inputs, skipped = unsafe.Pointer(unsafe.SliceData(m.X)), p.inputs, 0
	}
	a.H, a.Hidden = unsafe.Pointer(unsafe.SliceData(m.H)), p.hidden
	first, last := t.begin()*p.stride+skipped*p.m.Tile, t.end()*p.stride+skipped*t.narrow
	if p.half != nil {
		a.W, a.Last, a.Stride = address(p.m.Half, first), address(p.m.Half, last), t.direction()*p.stride*2
	} else {
		a.W, a.Last, a.Stride = address(p.m.Data, first), address(p.m.Data, last), t.direction()*p.stride*4
	}
}

// address returns the address that element i has, or would have if it does not
// exist.
func address[T any](s []T, i int) unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(s[min(i, len(s)):]))
}

// Step implements [Stream].
func (s *floatStream) Step() {
	if len(s.X) != s.weights.inputs {
		s.weights.fail(s.X, s.H)
	}
	if s.share(nil, 0, 0) {
		return
	}
	a := s.walks[s.odd&1].withInputs
	if a == nil {
		s.stepSlices(s.Bias, s.X)
		return
	}
	s.odd ^= 1
	for ; a != nil; a = a.then {
		s.step(&a.Args)
	}
}

// Advance implements [Stream].
func (s *floatStream) Advance(start []float32) {
	s.check(start)
	if s.share(start, 0, 0) {
		return
	}
	a := s.walks[s.odd&1].withSums
	if a == nil {
		s.stepSlices(start, nil)
		return
	}
	s.odd ^= 1
	for ; a != nil; a = a.then {
		a.Start = &start[a.start]
		s.run(&a.Args)
	}
}

// stepSlices is a step without prepared arguments.
func (s *floatStream) stepSlices(start, x []float32) {
	odd := s.odd == 1
	m := s.turned(odd)
	switch {
	case m.C != nil:
		s.weights.LSTM(m.Next, m.C, start, x, m.H, odd)
	case m.tile == gruRows:
		s.weights.GRU(m.Next, m.H, start, x, odd)
	default:
		s.weights.Linear(m.Next, start, x, m.H, odd)
		m.activate(s.weights.set)
	}
	copy(m.Out, m.Next)
	s.odd ^= 1
}
