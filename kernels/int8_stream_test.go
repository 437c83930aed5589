package kernels_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

// An int8Network is one layer of int8 weights, with its quantized vectors.
type int8Network struct {
	input, state *kernels.Int8 // input is nil where there are no inputs
	x, h         []int8
	rows         int
}

// int8Networks calls test for every number of tiles up to a few, with inputs
// and without, with weights and vectors next to guard pages.
func int8Networks(t *testing.T, s *kernels.Set, multiple, tile int, test func(r source, n int8Network)) {
	const most = 13 * kernels.TileRows
	r := newSource()
	weights, scales, xs, hs := newRegion(t, 1<<16), newRegion(t, 1<<11), newRegion(t, 1<<9), newRegion(t, 1<<9)
	for i, rows := 0, 0; rows <= most; i, rows = i+1, rows+multiple {
		for _, columns := range [][2]int{{0, 12}, {4, 32}, {36, 4}, {32, 72}, {68, 100}} {
			e := edge(i % 2)
			inputs, states := columns[0], columns[1]
			data, scale := weights.ints(e, rows*(inputs+states)), scales.at(e, 2*rows)
			n := int8Network{x: xs.ints(e, inputs), h: hs.ints(e, states), rows: rows}
			values := r.ints
			if i%3 == 1 {
				values = r.extremes
			}
			values(data)
			values(n.x)
			values(n.h)
			r.weights(scale)
			for i := range scale {
				scale[i] /= 64
			}
			n.state = s.NewInt8(data, rows, inputs+states, tile, inputs, states, scale[rows:])
			if inputs > 0 {
				n.input = s.NewInt8(data, rows, inputs+states, tile, 0, inputs, scale[:rows])
			}
			test(r, n)
		}
	}
}

const xStep, hStep = 1.0 / 80, 1.0 / 127

// sums sets acc to the sums of a step that begins with start, where the first
// state's row is state.
func (n int8Network) sums(s *kernels.Set, acc, start []float32, x []int8, state int) {
	copy(acc, start)
	if n.rows == 0 {
		return
	}
	if len(x) > 0 {
		s.LinearInt8(acc, acc, n.input, xStep, x, false)
	}
	acc = acc[state:]
	s.LinearInt8(acc, acc, n.state, hStep, n.h, false)
}

// steps calls test with the step's sums to begin with, and its inputs, and
// whether it is odd: with inputs and with the sums of another product.
func (n int8Network) steps(r source, bias []float32, test func(start, given []float32, x []int8, odd bool)) {
	sums := make([]float32, len(bias))
	r.weights(sums)
	for _, odd := range []bool{false, true} {
		test(bias, nil, n.x, odd)
		if n.rows > 0 {
			test(sums, sums, nil, odd)
		}
	}
}

func TestInt8StreamOfAnLSTM(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		int8Networks(t, s, kernels.TileRows, kernels.TileRows, func(r source, n int8Network) {
			units := n.rows / 4
			bias, h, c, out := r.floats(n.rows), [2][]float32{r.floats(units), r.floats(units)}, r.floats(units), make([]float32, units)
			stream := s.NewInt8Step(n.input, n.state).NewLSTM(h[0], h[1], out, c, bias)
			acc, wantH, wantC := make([]float32, n.rows), make([]float32, units), append([]float32(nil), c...)
			n.steps(r, bias, func(start, given []float32, x []int8, odd bool) {
				n.sums(s, acc, start, x, 0)
				want.LSTMCell(wantH, wantC, wantC, acc)
				stream.Step(given, x, xStep, n.h, hStep, odd)
				next := h[1]
				if odd {
					next = h[0]
				}
				requireBits(t, wantH, next, "h of %d units, %d inputs, odd %v", units, len(x), odd)
				requireBits(t, wantC, c, "c of %d units, %d inputs, odd %v", units, len(x), odd)
				requireBits(t, wantH, out, "out of %d units", units)
			})
		})
	})
}

func TestInt8StreamOfAGRU(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		int8Networks(t, s, 24, 24, func(r source, n int8Network) {
			units := n.rows / 3
			bias, h, out := r.floats(4*units), [2][]float32{r.floats(units), r.floats(units)}, make([]float32, units)
			stream := s.NewInt8Step(n.input, n.state).NewGRU(h[0], h[1], out, bias)
			acc, wantH := make([]float32, 4*units), make([]float32, units)
			n.steps(r, bias, func(start, given []float32, x []int8, odd bool) {
				prev, next := h[0], h[1]
				if odd {
					prev, next = next, prev
				}
				n.sums(s, acc, start, x, kernels.Lanes)
				want.GRUCell(wantH, prev, acc)
				stream.Step(given, x, xStep, n.h, hStep, odd)
				requireBits(t, wantH, next, "%d units, %d inputs, odd %v", units, len(x), odd)
				requireBits(t, wantH, out, "out of %d units", units)
			})
		})
	})
}

func TestInt8StreamOfAProduct(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		int8Networks(t, s, kernels.Lanes, kernels.TileRows, func(r source, n int8Network) {
			bias, h, out := r.floats(n.rows), [2][]float32{r.floats(n.rows), r.floats(n.rows)}, make([]float32, n.rows)
			expected := make([]float32, n.rows)
			for _, activation := range []kernels.Activation{kernels.ActivationIdentity, kernels.ActivationTanh, kernels.ActivationReLU} {
				stream := s.NewInt8Step(n.input, n.state).NewRNN(h[0], h[1], out, bias, activation)
				n.steps(r, bias, func(start, given []float32, x []int8, odd bool) {
					next := h[1]
					if odd {
						next = h[0]
					}
					n.sums(s, expected, start, x, 0)
					switch activation {
					case kernels.ActivationTanh:
						want.Tanh(expected, expected)
					case kernels.ActivationReLU:
						want.ReLU(expected, expected)
					}
					stream.Step(given, x, xStep, n.h, hStep, odd)
					requireBits(t, expected, next, "%v of %d units, %d inputs, odd %v", activation, n.rows, len(x), odd)
					requireBits(t, expected, out, "out of %d units", n.rows)
				})
			}
			stream := s.NewInt8Step(nil, n.state).NewLinear(out, bias)
			n.sums(s, expected, bias, nil, 0)
			for _, odd := range []bool{false, true} {
				fill(out, nan)
				stream.Step(nil, nil, 0, n.h, hStep, odd)
				requireBits(t, expected, out, "product of %d rows", n.rows)
			}
		})
	})
}

func TestInt8StreamPanics(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		floats := func(n int) []float32 { return make([]float32, n, n+100) }
		ints := func(n int) []int8 { return make([]int8, n, n+100) }
		data := ints(64 * 12)
		input, state := s.NewInt8(data, 64, 12, 32, 0, 4, floats(64)), s.NewInt8(data, 64, 12, 32, 4, 8, floats(64))
		other := s.NewInt8(ints(64*12), 64, 12, 32, 0, 4, floats(64))
		none := s.NewInt8(data, 64, 12, 32, 4, 0, floats(64))
		p := s.NewInt8Step(input, state)
		gru := s.NewInt8Step(nil, s.NewInt8(ints(48*8), 48, 8, 24, 0, 8, floats(48)))
		l, u := p.NewLSTM(floats(16), floats(16), nil, floats(16), floats(64)), gru.NewGRU(floats(16), floats(16), nil, floats(64))
		for _, tt := range []struct {
			name string
			run  func()
		}{
			{"columns of two matrices", func() { s.NewInt8Step(other, state) }},
			{"columns that overlap", func() { s.NewInt8Step(state, state) }},
			{"no columns", func() { s.NewInt8Step(nil, none).NewLinear(floats(64), floats(64)) }},
			{"short h", func() { p.NewLSTM(floats(15), floats(16), nil, floats(16), floats(64)) }},
			{"short next", func() { p.NewLSTM(floats(16), floats(15), nil, floats(16), floats(64)) }},
			{"short out", func() { p.NewLSTM(floats(16), floats(16), floats(15), floats(16), floats(64)) }},
			{"short c", func() { p.NewLSTM(floats(16), floats(16), nil, floats(15), floats(64)) }},
			{"short bias", func() { p.NewLSTM(floats(16), floats(16), nil, floats(16), floats(63)) }},
			{"LSTM of a GRU's tiles", func() { gru.NewLSTM(floats(16), floats(16), nil, floats(16), floats(64)) }},
			{"GRU of an LSTM's tiles", func() { p.NewGRU(floats(24), floats(24), nil, floats(96)) }},
			{"GRU with a short bias", func() { gru.NewGRU(floats(16), floats(16), nil, floats(63)) }},
			{"RNN with a short next", func() { p.NewRNN(floats(64), floats(63), nil, floats(64), kernels.ActivationTanh) }},
			{"product with a short destination", func() { p.NewLinear(floats(63), floats(64)) }},
			{"long input", func() { l.Step(nil, ints(8), 1, ints(8), 1, false) }},
			{"no input", func() { l.Step(nil, nil, 1, ints(8), 1, false) }},
			{"short state", func() { l.Step(nil, ints(4), 1, ints(4), 1, false) }},
			{"short sums", func() { l.Step(floats(63), nil, 1, ints(8), 1, true) }},
			{"input without columns", func() { u.Step(nil, ints(4), 1, ints(8), 1, false) }},
		} {
			require.Panics(t, tt.run, tt.name)
		}
	})
}

// floats returns n common values.
func (r source) floats(n int) []float32 {
	s := make([]float32, n)
	r.weights(s)
	return s
}
