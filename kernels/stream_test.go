package kernels_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"rnnrun/kernels"
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

func TestStreamPanics(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		floats := func(n int) []float32 { return make([]float32, n, n+100) }
		lstm := s.NewStep(newMatrix(64, 12, 32), 2)
		gru := s.NewStep(newMatrix(48, 12, 24), 2)
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
			{"long input", func() { l.Step(nil, floats(3), false) }},
			{"short input", func() { u.Step(nil, floats(1), true) }},
			{"neither input nor sums", func() { l.Step(nil, nil, false) }},
			{"short sums", func() { u.Step(floats(63), nil, true) }},
		} {
			require.Panics(t, tt.run, tt.name)
		}
	})
}
