package kernels_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

func TestNoAllocations(t *testing.T) {
	const units, n = 40, 5
	acc := make([]float32, n*units/kernels.Lanes*kernels.TileRows)
	x := make([]float32, n*units)
	h, c := make([]float32, units), make([]float32, units)
	lstm := newMatrix(4*units, units, 32)
	gru := newMatrix(3*units, units, 24)
	halves := make([]uint16, 4*units*units)
	half := &kernels.Matrix{Half: halves, Rows: 4 * units, Depth: units, Tile: 32}
	dense := newMatrix(units, units, 32)
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		lstmStep, gruStep := s.NewStep(lstm, 0), s.NewStep(gru, 0)
		stream := lstmStep.NewLSTM(h, make([]float32, units), nil, c, acc)
		q := make([]int8, units)
		int8s := s.NewInt8(make([]int8, 4*units*units), 4*units, units, 32, 0, units, make([]float32, 4*units))
		tests := []struct {
			name string
			run  func()
		}{
			{"Product", func() { s.Product(acc, 4*units, lstm, 0, units, x, units, 1) }},
			{"Product of a GRU", func() { s.Product(acc, 4*units, gru, 0, units, x, units, 1) }},
			{"Product of a dense layer", func() { s.Product(acc, units, dense, 0, units, x, units, 1) }},
			{"Product of many", func() { s.Product(acc, 4*units, lstm, 0, units, x, units, n) }},
			{"Linear", func() { lstmStep.Linear(acc, acc, nil, x, false) }},
			{"LSTMStep", func() { lstmStep.LSTM(h, c, acc, nil, x, false) }},
			{"GRUStep", func() { gruStep.GRU(h, c, acc, nil, true) }},
			{"Widen", func() { s.Widen(h, halves) }},
			{"Product of many with half weights", func() { s.Product(acc, 4*units, half, 0, units, x, units, n) }},
			{"LinearInt8", func() { s.LinearInt8(acc, acc, int8s, 1, q, false) }},
			{"Quantize", func() { s.Quantize(q, x[:units], 127) }},
			{"Stream", func() { stream.Step(acc, nil, true) }},
			{"Gram", func() { s.Gram(lstm, 0, units, acc, 4*units, 32, x, units, n) }},
			{"LSTMCell", func() { s.LSTMCell(h, c, c, acc) }},
			{"GRUCell", func() { s.GRUCell(h, h, acc) }},
			{"Blend", func() { s.Blend(h, c, h, c) }},
			{"Mul", func() { s.Mul(h, c, h) }},
			{"Tanh", func() { s.Tanh(h, c) }},
			{"Sigmoid", func() { s.Sigmoid(h, c) }},
			{"Exp", func() { s.Exp(h, c) }},
			{"ReLU", func() { s.ReLU(h, c) }},
			{"Softmax", func() { s.Softmax(h, c) }},
			{"LogSoftmax", func() { s.LogSoftmax(h, c) }},
			{"ArgMax", func() { kernels.ArgMax(h) }},
		}
		for _, tt := range tests {
			require.Zero(t, testing.AllocsPerRun(10, tt.run), tt.name)
		}
	})
}
