package kernels_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

// TestStream steps a stream and compares with the methods of FloatWeights, whose
// tests hold every size: with inputs and with their product, from either end, in
// both places of the state.
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
					lstm, gru := s.NewWeights(matrix(4*units, 32), inputs), s.NewWeights(matrix(3*units, 24), inputs)
					bias := floats(4 * units)
					h, c := [2][]float32{floats(units), floats(units)}, floats(units)
					g := [2][]float32{floats(units), floats(units)}
					out := floats(units)
					wantH, wantC, wantG := append([]float32(nil), h[0]...), append([]float32(nil), c...), append([]float32(nil), g[0]...)
					next := make([]float32, units)
					x := floats(inputs)
					l := lstm.NewLSTM(kernels.Memory{X: x, H: h[0], Next: h[1], Out: out, C: c, Bias: bias})
					u := gru.NewGRU(kernels.Memory{X: x, H: g[0], Next: g[1], Bias: bias})
					for i := range 6 {
						odd := i % 2
						r.weights(x)
						start, given := bias, x
						if i%3 == 2 {
							start, given = floats(4*units), nil
							l.Advance(start)
							u.Advance(start)
						} else {
							l.Step()
							u.Step()
						}
						lstm.LSTM(next, wantC, start, given, wantH, false)
						next, wantH = wantH, next
						requireBits(t, wantH, h[1-odd], "h of %d units, step %d", units, i)
						requireBits(t, wantH, l.State(), "state of %d units, step %d", units, i)
						requireBits(t, wantC, c, "c of %d units, step %d", units, i)
						requireBits(t, wantH, out, "out of %d units, step %d", units, i)

						gru.GRU(next, wantG, start, given, false)
						next, wantG = wantG, next
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
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		floats := func(n int) []float32 {
			v := make([]float32, n)
			r.weights(v)
			return v
		}
		for units := 0; units <= maxBlocks*kernels.Lanes; units += kernels.Lanes {
			switch {
			case !testing.Short():
			case s.Name() == want.Name() && units > 8*kernels.Lanes:
				continue // the generic set has one loop for all
			case s.Threads() > 1 && units/kernels.Lanes%3 != 2:
				continue // threads run the code of fewer tiles, which the set runs alone, too
			}
			for _, half := range []bool{false, true} {
				for i, inputs := range []int{3, 40} {
					if testing.Short() && i != units/kernels.Lanes%2 {
						continue // inputs do not depend on the number of tiles
					}
					m := &kernels.Matrix{Rows: units, Depth: inputs + max(units-3, 0), Tile: kernels.TileRows}
					if m.Data = floats(m.Rows * m.Depth); half {
						m.Half = make([]uint16, len(m.Data))
						for i := range m.Half {
							m.Half[i] = r.half(false)
						}
					}
					bias, out, want := floats(units), make([]float32, units), make([]float32, units)
					for _, activation := range activations {
						weights := s.NewWeights(m, inputs)
						h, x := [2][]float32{floats(units), make([]float32, units)}, floats(inputs)
						stream := weights.NewRNN(kernels.Memory{X: x, H: h[0], Next: h[1], Out: out, Bias: bias}, activation.kind)
						for i := range 4 {
							odd := i % 2
							if start := floats(units); i >= 2 {
								weights.Linear(want, start, nil, h[odd], false)
								stream.Advance(start)
							} else {
								r.weights(x)
								weights.Linear(want, bias, x, h[odd], false)
								stream.Step()
							}
							activation.apply(s, want)
							requireBits(t, want, h[1-odd], "%v of %d units, step %d", activation.kind, units, i)
							requireBits(t, want, out, "out of %d units, step %d", units, i)
						}
					}
					linear, x, dst := s.NewWeights(m, m.Depth), floats(m.Depth), make([]float32, units)
					for _, activation := range activations {
						stream := linear.NewLinear(kernels.Memory{X: x, Next: dst, Out: out, Bias: bias}, activation.kind)
						for i := range 4 {
							fill(dst, nan)
							if start := floats(units); i >= 2 {
								copy(want, start)
								stream.Advance(start)
							} else {
								linear.Linear(want, bias, x, nil, false)
								stream.Step()
							}
							activation.apply(s, want)
							requireBits(t, want, dst, "product of %d rows, step %d", units, i)
							requireBits(t, want, out, "product of %d rows, step %d", units, i)
						}
					}
				}
			}
		}
	})
}

func TestStreamPanics(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		floats := func(n int) []float32 { return make([]float32, n, n+100) }
		lstm := s.NewWeights(newMatrix(64, 12, 32), 2)
		gru := s.NewWeights(newMatrix(48, 12, 24), 2)
		square, inputs := s.NewWeights(newMatrix(40, 40, 32), 0), s.NewWeights(newMatrix(40, 40, 32), 40)
		l := lstm.NewLSTM(kernels.Memory{X: floats(2), H: floats(16), Next: floats(16), C: floats(16), Bias: floats(64)})
		u := gru.NewGRU(kernels.Memory{H: floats(16), Next: floats(16), Bias: floats(64)})
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
			{"short h", func() { lstm.NewLSTM(memory(2, 15, 16, 16, 64)) }},
			{"short next", func() { lstm.NewLSTM(memory(2, 16, 15, 16, 64)) }},
			{"short out", func() { lstm.NewLSTM(withOut(memory(2, 16, 16, 16, 64), 15)) }},
			{"short c", func() { lstm.NewLSTM(memory(2, 16, 16, 15, 64)) }},
			{"short bias", func() { lstm.NewLSTM(memory(2, 16, 16, 16, 63)) }},
			{"short input", func() { lstm.NewLSTM(memory(1, 16, 16, 16, 64)) }},
			{"long input", func() { lstm.NewLSTM(memory(3, 16, 16, 16, 64)) }},
			{"LSTM of a GRU's tiles", func() { gru.NewLSTM(memory(2, 16, 16, 16, 64)) }},
			{"GRU with a short h", func() { gru.NewGRU(memory(2, 15, 16, 0, 64)) }},
			{"GRU with a short next", func() { gru.NewGRU(memory(2, 16, 15, 0, 64)) }},
			{"GRU with a short bias", func() { gru.NewGRU(memory(2, 16, 16, 0, 63)) }},
			{"RNN with a short h", func() { square.NewRNN(memory(0, 39, 40, 0, 40), kernels.ActivationTanh) }},
			{"RNN with a short next", func() { square.NewRNN(memory(0, 40, 39, 0, 40), kernels.ActivationTanh) }},
			{"RNN with a short out", func() { square.NewRNN(withOut(memory(0, 40, 40, 0, 40), 39), kernels.ActivationTanh) }},
			{"RNN with a short bias", func() { square.NewRNN(memory(0, 40, 40, 0, 39), kernels.ActivationTanh) }},
			{"RNN of a GRU's tiles", func() { gru.NewRNN(memory(2, 48, 48, 0, 48), kernels.ActivationTanh) }},
			{"product with a state", func() { square.NewLinear(memory(0, 40, 40, 0, 40), kernels.ActivationIdentity) }},
			{"product with a short destination", func() { inputs.NewLinear(memory(40, 0, 39, 0, 40), kernels.ActivationIdentity) }},
			{"product with a short bias", func() { inputs.NewLinear(memory(40, 0, 40, 0, 39), kernels.ActivationIdentity) }},
			{"product with a short input", func() { inputs.NewLinear(memory(39, 0, 40, 0, 40), kernels.ActivationIdentity) }},
			{"no input", func() { u.Step() }},
			{"no sums", func() { l.Advance(nil) }},
			{"short sums", func() { u.Advance(floats(63)) }},
		} {
			require.Panics(t, tt.run, tt.name)
		}
	})
}
