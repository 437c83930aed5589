package kernels_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

// An int8Network is one layer of int8 weights, and its inputs.
type int8Network struct {
	input, state kernels.Int8Columns // there may be no inputs
	x            []float32
	rows         int
}

// int8Networks calls test for every number of tiles up to a few, with inputs
// and without, with weights and vectors next to guard pages.
func int8Networks(t *testing.T, s *kernels.Set, multiple, tile int, test func(r source, n int8Network)) {
	const most = 13 * kernels.TileRows
	r := newSource()
	weights, scales, xs := newRegion(t, 1<<16), newRegion(t, 1<<11), newRegion(t, 1<<9)
	for i, rows := 0, 0; rows <= most; i, rows = i+1, rows+multiple {
		units := max(rows/(tile/kernels.Lanes), 1)
		if multiple == kernels.Lanes {
			units = max(rows, 1)
		}
		for j, inputs := range []int{0, 4, 35, 32, 66} {
			e, states := edge(i%2), min(units, []int{12, 31, 1, 72, 99}[j])
			columns, stateColumns := (inputs+3)&^3, (states+3)&^3
			data, scale := weights.ints(e, rows*(columns+stateColumns)), scales.at(e, 2*rows)
			n := int8Network{x: xs.at(e, inputs), rows: rows}
			if i%3 == 1 {
				r.extremes(data)
			} else {
				r.ints(data)
			}
			r.weights(scale)
			for i := range scale {
				scale[i] /= 64
			}
			n.state = kernels.Int8Columns{Int8: s.NewInt8(data, rows, columns+stateColumns, tile, columns, stateColumns, scale[rows:]), Size: states}
			if i%2 == 0 {
				n.state.Scale = kernels.UnitScale
			}
			if inputs > 0 {
				n.input = kernels.Int8Columns{Int8: s.NewInt8(data, rows, columns+stateColumns, tile, 0, columns, scale[:rows]), Size: inputs}
				if i%4 < 2 {
					n.input.Scale = 1.0 / 80
				}
			}
			test(r, n)
		}
	}
}

// sums sets acc to the sums of a step that begins with start, with inputs or
// without, where the first state's row is row.
func (n int8Network) sums(s *kernels.Set, acc, start, x, h []float32, row int) {
	copy(acc, start)
	if n.rows == 0 {
		return
	}
	add := func(acc []float32, c kernels.Int8Columns, x []float32) {
		quantizer := s.NewQuantizer(c.Size, c.Scale)
		q, scale := quantizer.Quantize(x[:c.Size])
		s.LinearInt8(acc, acc, c.Int8, scale, q, false)
	}
	if len(x) > 0 {
		add(acc, n.input, x)
	}
	if n.state.Int8 != nil {
		add(acc[row:], n.state, h)
	}
}

// steps makes steps of a stream, in turn with inputs and with the sums of
// another product. Before each it calls want with what the sums begin with, the
// inputs and the state, and afterwards same.
func (n int8Network) steps(r source, stream kernels.Stream, bias []float32, want func(start, x, h []float32), same func(step int)) {
	sums := make([]float32, len(bias))
	for step := range 4 {
		r.weights(n.x)
		r.weights(sums)
		if step%3 == 1 {
			want(sums, nil, stream.State())
			stream.Advance(sums)
		} else {
			want(bias, n.x, stream.State())
			stream.Step()
		}
		same(step)
	}
}

func TestInt8StreamOfAnLSTM(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		int8Networks(t, s, kernels.TileRows, kernels.TileRows, func(r source, n int8Network) {
			if n.rows == 0 {
				return
			}
			units := n.rows / 4
			bias, c, out := r.floats(n.rows), r.floats(units), make([]float32, units)
			stream := s.NewInt8Weights(n.input, n.state).NewLSTM(kernels.Memory{
				X: n.x, H: r.floats(units), Next: make([]float32, units), Out: out, C: c, Bias: bias,
			})
			acc, wantH, wantC := make([]float32, n.rows), make([]float32, units), append([]float32(nil), c...)
			n.steps(r, stream, bias, func(start, x, h []float32) {
				n.sums(s, acc, start, x, h, 0)
				want.LSTMCell(wantH, wantC, wantC, acc)
			}, func(step int) {
				requireBits(t, wantH, stream.State(), "h of %d units, %d inputs, step %d", units, len(n.x), step)
				requireBits(t, wantC, c, "c of %d units, %d inputs, step %d", units, len(n.x), step)
				requireBits(t, wantH, out, "out of %d units", units)
			})
		})
	})
}

func TestInt8StreamOfAGRU(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		int8Networks(t, s, 24, 24, func(r source, n int8Network) {
			if n.rows == 0 {
				return
			}
			units := n.rows / 3
			bias, out := r.floats(4*units), make([]float32, units)
			stream := s.NewInt8Weights(n.input, n.state).NewGRU(kernels.Memory{
				X: n.x, H: r.floats(units), Next: make([]float32, units), Out: out, Bias: bias,
			})
			acc, wantH := make([]float32, 4*units), make([]float32, units)
			n.steps(r, stream, bias, func(start, x, h []float32) {
				n.sums(s, acc, start, x, h, kernels.Lanes)
				want.GRUCell(wantH, h, acc)
			}, func(step int) {
				requireBits(t, wantH, stream.State(), "%d units, %d inputs, step %d", units, len(n.x), step)
				requireBits(t, wantH, out, "out of %d units", units)
			})
		})
	})
}

func TestInt8StreamOfAProduct(t *testing.T) {
	activations := map[kernels.Activation]func(s *kernels.Set, x []float32){
		kernels.ActivationIdentity: func(*kernels.Set, []float32) {},
		kernels.ActivationTanh:     func(s *kernels.Set, x []float32) { s.Tanh(x, x) },
		kernels.ActivationReLU:     func(s *kernels.Set, x []float32) { s.ReLU(x, x) },
	}
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		int8Networks(t, s, kernels.Lanes, kernels.TileRows, func(r source, n int8Network) {
			if n.rows == 0 {
				return
			}
			bias, out, expected := r.floats(n.rows), make([]float32, n.rows), make([]float32, n.rows)
			for activation, apply := range activations {
				stream := s.NewInt8Weights(n.input, n.state).NewRNN(kernels.Memory{
					X: n.x, H: r.floats(n.rows), Next: make([]float32, n.rows), Out: out, Bias: bias,
				}, activation)
				n.steps(r, stream, bias, func(start, x, h []float32) {
					n.sums(s, expected, start, x, h, 0)
					apply(want, expected)
				}, func(step int) {
					requireBits(t, expected, stream.State(), "%v of %d units, %d inputs, step %d", activation, n.rows, len(n.x), step)
					requireBits(t, expected, out, "out of %d units", n.rows)
				})
				// The columns of the state alone, as those of inputs.
				linear := int8Network{input: n.state, x: n.x[:0:0], rows: n.rows}
				linear.x = make([]float32, n.state.Size)
				dst := make([]float32, n.rows)
				stream = s.NewInt8Weights(linear.input, linear.state).NewLinear(kernels.Memory{X: linear.x, Next: dst, Out: out, Bias: bias}, activation)
				linear.steps(r, stream, bias, func(start, x, _ []float32) {
					linear.sums(s, expected, start, x, nil, 0)
					apply(want, expected)
				}, func(step int) {
					requireBits(t, expected, dst, "product of %d rows, step %d", n.rows, step)
					requireBits(t, expected, out, "product of %d rows, step %d", n.rows, step)
				})
			}
		})
	})
}

func TestInt8StreamPanics(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		floats := func(n int) []float32 { return make([]float32, n, n+100) }
		data := make([]int8, 64*12)
		columns := func(data []int8, rows, tile, from, n, size int) kernels.Int8Columns {
			return kernels.Int8Columns{Int8: s.NewInt8(data, rows, 12, tile, from, n, floats(rows)), Size: size}
		}
		input, state := columns(data, 64, 32, 0, 4, 4), columns(data, 64, 32, 4, 8, 8)
		other := columns(make([]int8, 64*12), 64, 32, 0, 4, 4)
		none := kernels.Int8Columns{}
		p := s.NewInt8Weights(input, state)
		linear := s.NewInt8Weights(input, none)
		gru := s.NewInt8Weights(none, columns(make([]int8, 48*12), 48, 24, 0, 8, 8))
		memory := func(x, h, next, c, bias int) kernels.Memory {
			return kernels.Memory{X: floats(x), H: floats(h), Next: floats(next), C: floats(c), Bias: floats(bias)}
		}
		withOut := func(m kernels.Memory, out int) kernels.Memory {
			m.Out = floats(out)
			return m
		}
		for _, tt := range []struct {
			name string
			run  func()
		}{
			{"columns of two matrices", func() { s.NewInt8Weights(other, state) }},
			{"columns that overlap", func() { s.NewInt8Weights(state, state) }},
			{"vectors that are too long", func() { s.NewInt8Weights(columns(data, 64, 32, 0, 4, 5), state) }},
			{"vectors that are too short", func() { s.NewInt8Weights(input, columns(data, 64, 32, 4, 8, 4)) }},
			{"vectors of nothing", func() { s.NewInt8Weights(input, columns(data, 64, 32, 4, 0, 0)) }},
			{"a state without columns", func() { linear.NewLSTM(memory(4, 16, 16, 16, 64)) }},
			{"short h", func() { p.NewLSTM(memory(4, 15, 16, 16, 64)) }},
			{"short next", func() { p.NewLSTM(memory(4, 16, 15, 16, 64)) }},
			{"short out", func() { p.NewLSTM(withOut(memory(4, 16, 16, 16, 64), 15)) }},
			{"short c", func() { p.NewLSTM(memory(4, 16, 16, 15, 64)) }},
			{"short bias", func() { p.NewLSTM(memory(4, 16, 16, 16, 63)) }},
			{"short input", func() { p.NewLSTM(memory(3, 16, 16, 16, 64)) }},
			{"long input", func() { p.NewLSTM(memory(8, 16, 16, 16, 64)) }},
			{"input without columns", func() { gru.NewGRU(memory(4, 16, 16, 0, 64)) }},
			{"LSTM of a GRU's tiles", func() { gru.NewLSTM(memory(0, 16, 16, 16, 64)) }},
			{"GRU of an LSTM's tiles", func() { p.NewGRU(memory(4, 24, 24, 0, 96)) }},
			{"GRU with a short bias", func() { gru.NewGRU(memory(0, 16, 16, 0, 63)) }},
			{"RNN with a short next", func() { p.NewRNN(memory(4, 64, 63, 0, 64), kernels.ActivationTanh) }},
			{"product with a state", func() { p.NewLinear(memory(4, 0, 64, 0, 64), kernels.ActivationIdentity) }},
			{"product with a short destination", func() { linear.NewLinear(memory(4, 0, 63, 0, 64), kernels.ActivationIdentity) }},
			{"product with a short input", func() { linear.NewLinear(memory(3, 0, 64, 0, 64), kernels.ActivationIdentity) }},
			{"no input", func() { p.NewLSTM(memory(0, 16, 16, 16, 64)).Step() }},
			{"short sums", func() { p.NewLSTM(memory(4, 16, 16, 16, 64)).Advance(floats(63)) }},
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
