package kernels_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

// TestStream steps a stream and compares with Step, whose tests hold every
// size: with inputs and without, from either end, in both places of the state.
func TestStream(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		r := newSource()
		for tiles := 0; tiles <= 9; tiles++ {
			units := tiles * kernels.Lanes
			for _, half := range []bool{false, true} {
				for _, inputs := range []int{1, 6} {
					floats := func(n int) []float32 {
						v := make([]float32, n)
						r.weights(v)
						return v
					}
					matrix := func(rows, tile int) *kernels.Matrix {
						m := &kernels.Matrix{Rows: rows, Depth: inputs + max(units-3, 0), Tile: tile}
						if m.Data = floats(rows * m.Depth); half {
							m.Half = make([]uint16, rows*m.Depth)
							for i := range m.Half {
								m.Half[i] = r.half(false)
							}
						}
						return m
					}
					lstm, gru := s.NewStep(matrix(4*units, 32), inputs), s.NewStep(matrix(3*units, 24), inputs)
					bias := floats(4 * units)
					h, c := [2][]float32{floats(units), floats(units)}, floats(units)
					g := [2][]float32{floats(units), floats(units)}
					out := floats(units)
					wantH, wantC, wantG := append([]float32(nil), h[0]...), append([]float32(nil), c...), append([]float32(nil), g[0]...)
					next := make([]float32, units)
					l, u := lstm.NewLSTM(h[0], h[1], out, c, bias), gru.NewGRU(g[0], g[1], nil, bias)
					for i := range 6 {
						odd := i % 2
						start, x := bias, floats(inputs)
						if i%3 == 2 {
							start, x = floats(4*units), nil
						}
						lstm.LSTM(next, wantC, start, x, wantH, false)
						next, wantH = wantH, next
						l.Step(start, x, odd == 1)
						requireBits(t, wantH, h[1-odd], "h of %d units, step %d", units, i)
						requireBits(t, wantC, c, "c of %d units, step %d", units, i)
						requireBits(t, wantH, out, "out of %d units, step %d", units, i)

						gru.GRU(next, wantG, start, x, false)
						next, wantG = wantG, next
						u.Step(start, x, odd == 1)
						requireBits(t, wantG, g[1-odd], "GRU of %d units, step %d", units, i)
					}
				}
			}
		}
	})
}

// TestStreamOfAProduct does the same for an RNN, and for a product with inputs
// alone: every number of tiles has code of its own.
func TestStreamOfAProduct(t *testing.T) {
	activations := []struct {
		kind  kernels.Activation
		apply func(s *kernels.Set, x []float32)
	}{
		{kernels.ActivationIdentity, func(*kernels.Set, []float32) {}},
		{kernels.ActivationTanh, func(s *kernels.Set, x []float32) { s.Tanh(x, x) }},
		{kernels.ActivationReLU, func(s *kernels.Set, x []float32) { s.ReLU(x, x) }},
	}
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		r := newSource()
		floats := func(n int) []float32 {
			v := make([]float32, n)
			r.weights(v)
			return v
		}
		for units := 0; units <= maxBlocks*kernels.Lanes; units += kernels.Lanes {
			for _, half := range []bool{false, true} {
				for _, inputs := range []int{3, 40} {
					m := &kernels.Matrix{Rows: units, Depth: inputs + max(units-3, 0), Tile: kernels.TileRows}
					if m.Data = floats(m.Rows * m.Depth); half {
						m.Half = make([]uint16, len(m.Data))
						for i := range m.Half {
							m.Half[i] = r.half(false)
						}
					}
					bias, out, want := floats(units), make([]float32, units), make([]float32, units)
					for _, activation := range activations {
						step := s.NewStep(m, inputs)
						h := [2][]float32{floats(units), make([]float32, units)}
						stream := step.NewRNN(h[0], h[1], out, bias, activation.kind)
						for i := range 4 {
							odd := i % 2
							start, x := bias, floats(inputs)
							if i >= 2 {
								start, x = floats(units), nil
							}
							step.Linear(want, start, x, h[odd], false)
							activation.apply(s, want)
							stream.Step(start, x, odd == 1)
							requireBits(t, want, h[1-odd], "%v of %d units, step %d", activation.kind, units, i)
							requireBits(t, want, out, "out of %d units, step %d", units, i)
						}
					}
					linear := s.NewStep(m, m.Depth)
					stream := linear.NewLinear(out, bias)
					x := floats(m.Depth)
					linear.Linear(want, bias, x, nil, false)
					for _, odd := range []bool{false, true} {
						fill(out, nan)
						stream.Step(nil, x, odd)
						requireBits(t, want, out, "product of %d rows", units)
					}
				}
			}
		}
	})
}

func TestStreamPanics(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		floats := func(n int) []float32 { return make([]float32, n, n+100) }
		lstm := s.NewStep(newMatrix(64, 12, 32), 2)
		gru := s.NewStep(newMatrix(48, 12, 24), 2)
		square, inputs := s.NewStep(newMatrix(40, 40, 32), 0), s.NewStep(newMatrix(40, 40, 32), 40)
		l := lstm.NewLSTM(floats(16), floats(16), nil, floats(16), floats(64))
		u := gru.NewGRU(floats(16), floats(16), nil, floats(64))
		for _, tt := range []struct {
			name string
			run  func()
		}{
			{"short h", func() { lstm.NewLSTM(floats(15), floats(16), nil, floats(16), floats(64)) }},
			{"short next", func() { lstm.NewLSTM(floats(16), floats(15), nil, floats(16), floats(64)) }},
			{"short out", func() { lstm.NewLSTM(floats(16), floats(16), floats(15), floats(16), floats(64)) }},
			{"short c", func() { lstm.NewLSTM(floats(16), floats(16), nil, floats(15), floats(64)) }},
			{"short bias", func() { lstm.NewLSTM(floats(16), floats(16), nil, floats(16), floats(63)) }},
			{"LSTM of a GRU's tiles", func() { gru.NewLSTM(floats(16), floats(16), nil, floats(16), floats(64)) }},
			{"GRU with a short h", func() { gru.NewGRU(floats(15), floats(16), nil, floats(64)) }},
			{"GRU with a short next", func() { gru.NewGRU(floats(16), floats(15), nil, floats(64)) }},
			{"GRU with a short bias", func() { gru.NewGRU(floats(16), floats(16), nil, floats(63)) }},
			{"RNN with a short h", func() { square.NewRNN(floats(39), floats(40), nil, floats(40), kernels.ActivationTanh) }},
			{"RNN with a short next", func() { square.NewRNN(floats(40), floats(39), nil, floats(40), kernels.ActivationTanh) }},
			{"RNN with a short out", func() { square.NewRNN(floats(40), floats(40), floats(39), floats(40), kernels.ActivationTanh) }},
			{"RNN with a short bias", func() { square.NewRNN(floats(40), floats(40), nil, floats(39), kernels.ActivationTanh) }},
			{"RNN of a GRU's tiles", func() { gru.NewRNN(floats(48), floats(48), nil, floats(48), kernels.ActivationTanh) }},
			{"product with a state", func() { square.NewLinear(floats(40), floats(40)) }},
			{"product with a short destination", func() { inputs.NewLinear(floats(39), floats(40)) }},
			{"product with a short bias", func() { inputs.NewLinear(floats(40), floats(39)) }},
			{"product with a short input", func() { inputs.NewLinear(floats(40), floats(40)).Step(nil, floats(39), false) }},
			{"long input", func() { l.Step(nil, floats(3), false) }},
			{"short input", func() { u.Step(nil, floats(1), true) }},
			{"neither input nor sums", func() { l.Step(nil, nil, false) }},
			{"short sums", func() { u.Step(floats(63), nil, true) }},
		} {
			require.Panics(t, tt.run, tt.name)
		}
	})
}
