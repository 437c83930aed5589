package kernels

import (
	"fmt"
	"unsafe"

	"github.com/rnnrun/rnnrun/internal/padding"
	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// Int8Weights are [Weights] in int8. A stream quantizes its inputs and its state
// before each step.
type Int8Weights struct {
	set          *Set
	input, state Int8Columns
}

// Int8Columns are columns of int8 weights, with the size and scale of the
// vectors that they are multiplied with.
type Int8Columns struct {
	*Int8         // nil: there are none
	Size  int     // numbers of a vector; the columns behind them are padding
	Scale float32 // of the quantized vectors; 0: chosen for each, as [ScaleOf] does
}

// NewInt8Weights binds the columns of the inputs, and right behind them those of
// the state. Either may be missing. It panics if they do not fit each other, as
// the methods of Int8Weights do.
func (s *Set) NewInt8Weights(input, state Int8Columns) *Int8Weights {
	input.checkSize()
	state.checkSize()
	if a, b := input.Int8, state.Int8; a != nil && b != nil && (unsafe.SliceData(a.data) != unsafe.SliceData(b.data) ||
		a.from+a.columns != b.from || a.rows != b.rows || a.tile != b.tile || a.depth != b.depth) {
		panic("kernels: the columns of int8 inputs and of the states are not those of one matrix, side by side")
	}
	return &Int8Weights{s, input, state}
}

// checkSize panics unless the columns are those of a vector, padded.
func (c Int8Columns) checkSize() {
	if c.Int8 != nil && (c.columns != padding.UpToQuad(c.Size) || c.Size <= 0) {
		panic(fmt.Sprintf("kernels: %d int8 columns for vectors of %d", c.columns, c.Size))
	}
}

// An int8Stream is a stream of [Int8Weights].
type int8Stream struct {
	stream
	weights *Int8Weights
	x, h    Quantizer
	partial []float32 // sums of a step without prepared arguments
}

// NewLSTM implements [Weights].
func (p *Int8Weights) NewLSTM(m Memory) Stream {
	return p.newStream(p.set.impl.int8.lstm, p.layout(m, TileRows).forLSTM())
}

// NewGRU implements [Weights].
func (p *Int8Weights) NewGRU(m Memory) Stream {
	return p.newStream(p.set.impl.int8.gru, p.layout(m, gruRows).forGRU())
}

// NewRNN implements [Weights].
func (p *Int8Weights) NewRNN(m Memory, activation Activation) Stream {
	l := p.layout(m, TileRows)
	l.activation = activation
	return p.newStream(p.set.impl.int8.product, l.forRNN())
}

// NewLinear implements [Weights].
func (p *Int8Weights) NewLinear(m Memory, activation Activation) Stream {
	if p.state.Int8 != nil || p.input.Int8 == nil || len(m.X) != 0 && len(m.X) != p.input.Size {
		panic(fmt.Sprintf("kernels: %d inputs to a linear product, of int8 weights for %d", len(m.X), p.input.Size))
	}
	// The inputs stand where the kernels read a state, since they always read one.
	x := m.X
	m.X = nil
	q := &Int8Weights{set: p.set, state: p.input}
	l := q.layout(m, TileRows)
	l.activation = activation
	return &int8Linear{q.newStream(q.set.impl.int8.product, l.forLinear()), x}
}

// layout adds the shape of the matrix, whose tiles must have so many rows.
func (p *Int8Weights) layout(m Memory, tile int) layout {
	if p.state.Int8 == nil || p.state.tile != tile {
		panic(fmt.Sprintf("kernels: no int8 weights of a state in tiles of %d rows", tile))
	}
	if len(m.X) != 0 && (p.input.Int8 == nil || len(m.X) != p.input.Size) {
		panic(fmt.Sprintf("kernels: %d inputs to int8 weights for %d", len(m.X), p.input.Size))
	}
	return layout{Memory: m, rows: p.state.rows, tile: tile}
}

func (p *Int8Weights) newStream(run func(a *generic.Args), m layout) *int8Stream {
	s := &int8Stream{weights: p, h: p.set.NewQuantizer(p.state.Size, p.state.Scale)}
	if p.input.Int8 != nil {
		s.x = p.set.NewQuantizer(p.input.Size, p.input.Scale)
	}
	s.stream = newStream(p.set.workers, m, run, p.bytes(), s.arguments)
	if s.walks[0].withSums == nil {
		s.partial = make([]float32, s.sums)
	}
	return s
}

// bytes returns how many bytes of weights a step reads.
func (p *Int8Weights) bytes() int {
	columns := p.state.columns
	if p.input.Int8 != nil {
		columns += p.input.columns
	}
	return p.state.rows * columns
}

// arguments sets the arguments for the weights and the vectors that are
// multiplied with them.
func (s *int8Stream) arguments(a *generic.Args, m layout, t tiles, inputs bool) {
	state, first := s.weights.state.Int8, s.weights.state.Int8
	if inputs && s.weights.input.Int8 != nil {
		first = s.weights.input.Int8
		a.X, a.Inputs = unsafe.Pointer(unsafe.SliceData(s.x.q)), first.columns/4
		a.ScaleX, a.OffsetX = first.of(t.begin())
	}
	stride := state.tile * state.depth
	a.H, a.Hidden = unsafe.Pointer(unsafe.SliceData(s.h.q)), state.columns/4
	a.W = address(state.data, t.begin()*stride+first.from*state.tile)
	a.Last = address(state.data, t.end()*stride+first.from*t.narrow)
	a.Stride = t.direction() * stride
	a.ScaleH, a.OffsetH = state.of(t.begin())
	a.ScaleStep = t.direction() * state.tile * 4
}

// of returns the scales of a tile's rows, and their offsets or nil.
func (m *Int8) of(tile int) (scale *float32, offset *int32) {
	row := tile * m.tile
	if m.offset != nil {
		offset = &m.offset[row]
	}
	return &m.scale[row], offset
}

// Step implements [Stream].
func (s *int8Stream) Step() {
	var x []int8
	var xScale float32
	if s.weights.input.Int8 != nil {
		if len(s.X) == 0 {
			panic("kernels: a step of int8 weights without its inputs")
		}
		x, xScale = s.x.Quantize(s.X)
	}
	h, hScale := s.h.Quantize(s.State()[:s.weights.state.Size])
	s.step(x, xScale, h, hScale)
}

// step makes a step with quantized inputs and a quantized state.
func (s *int8Stream) step(x []int8, xScale float32, h []int8, hScale float32) {
	if s.share(nil, xScale, hScale) {
		return
	}
	a := s.walks[s.odd&1].withInputs
	if a == nil {
		s.stepSlices(s.Bias, x, xScale, h, hScale)
		return
	}
	s.odd ^= 1
	for ; a != nil; a = a.then {
		a.StepX, a.StepH = xScale, hScale
		s.run(&a.Args)
	}
}

// Advance implements [Stream].
func (s *int8Stream) Advance(start []float32) {
	s.check(start)
	h, hScale := s.h.Quantize(s.State()[:s.weights.state.Size])
	if s.share(start, 0, hScale) {
		return
	}
	a := s.walks[s.odd&1].withSums
	if a == nil {
		s.stepSlices(start, nil, 0, h, hScale)
		return
	}
	s.odd ^= 1
	for ; a != nil; a = a.then {
		a.Start, a.StepH = &start[a.start], hScale
		s.run(&a.Args)
	}
}

// stepSlices is a step without prepared arguments.
func (s *int8Stream) stepSlices(start []float32, x []int8, xScale float32, h []int8, hScale float32) {
	odd := s.odd == 1
	p, m := s.weights, s.turned(odd)
	s.odd ^= 1
	if m.rows == 0 {
		return
	}
	sums := s.partial
	if len(x) > 0 {
		copy(sums, start) // not all sums have an input
		p.set.LinearInt8(sums, start, p.input.Int8, xScale, x, odd)
		start = sums
	}
	switch {
	case m.C != nil:
		p.set.LinearInt8(sums, start, p.state.Int8, hScale, h, odd)
		p.set.LSTMCell(m.Next, m.C, m.C, sums)
	case m.tile == gruRows:
		if len(x) == 0 {
			copy(sums, start)
		}
		gates := sums[Lanes:]
		p.set.LinearInt8(gates, gates, p.state.Int8, hScale, h, odd)
		p.set.GRUCell(m.Next, m.H, sums)
	default:
		p.set.LinearInt8(m.Next, start, p.state.Int8, hScale, h, odd)
		m.activate(p.set)
	}
	copy(m.Out, m.Next)
}

// An int8Linear is a linear product of inputs x.
type int8Linear struct {
	*int8Stream
	x []float32
}

// Step implements [Stream].
func (s *int8Linear) Step() {
	x, scale := s.h.Quantize(s.x)
	s.step(nil, 0, x, scale)
}

// Advance implements [Stream].
func (s *int8Linear) Advance(start []float32) {
	s.check(start)
	copy(s.Next, start[:s.sums])
	s.activate(s.weights.set)
	copy(s.Out, s.Next)
}
