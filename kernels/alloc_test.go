package kernels_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

// TestNoMethodAllocates calls every method of the types that compute, but for
// those that load a model once.
func TestNoMethodAllocates(t *testing.T) {
	const units, n = 40, 5
	floats := func(n int) []float32 { return make([]float32, n) }
	acc, x := floats(n*units/kernels.Lanes*kernels.TileRows), floats(n*units)
	h, c, next, sums := floats(units), floats(units), floats(units), floats(4*units)
	gates, dgates, din, dstate := floats(4*units), floats(4*units), floats(3*units), floats(3*units)
	lstm, gru, dense := newMatrix(4*units, units, 32), newMatrix(3*units, units, 24), newMatrix(units, units, 32)
	halves := make([]uint16, 4*units*units)
	half := &kernels.Matrix{Half: halves, Rows: 4 * units, Depth: units, Tile: 32}
	q := make([]int8, units)
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		lstmStep, gruStep := s.NewStep(lstm, 0), s.NewStep(gru, 0)
		lstmStream, gruStream := lstmStep.NewLSTM(h, next, nil, c, acc), gruStep.NewGRU(h, next, nil, acc)
		rnnStream := s.NewStep(dense, 0).NewRNN(h, next, nil, acc, kernels.ActivationTanh)
		linearStream := s.NewStep(dense, units).NewLinear(next, acc)
		int8s := func(rows, tile int) *kernels.Int8 {
			return s.NewInt8(make([]int8, rows*units), rows, units, tile, 0, units, floats(rows))
		}
		lstmInt8, gruInt8, rnnInt8 := int8s(4*units, 32), int8s(3*units, 24), int8s(units, 32)
		lstmInt8Stream := s.NewInt8Step(nil, lstmInt8).NewLSTM(h, next, nil, c, acc)
		gruInt8Stream := s.NewInt8Step(nil, gruInt8).NewGRU(h, next, nil, acc)
		rnnInt8Stream := s.NewInt8Step(nil, rnnInt8).NewRNN(h, next, nil, acc, kernels.ActivationReLU)
		linearInt8Stream := s.NewInt8Step(nil, rnnInt8).NewLinear(next, acc)

		calls := []struct {
			method string // and, after a comma, what it is given
			call   func()
		}{
			{"Set.Product, an LSTM", func() { s.Product(acc, 4*units, lstm, 0, units, x, units, 1) }},
			{"Set.Product, a GRU", func() { s.Product(acc, 4*units, gru, 0, units, x, units, 1) }},
			{"Set.Product, a dense layer", func() { s.Product(acc, units, dense, 0, units, x, units, 1) }},
			{"Set.Product, many vectors", func() { s.Product(acc, 4*units, lstm, 0, units, x, units, n) }},
			{"Set.Product, half weights", func() { s.Product(acc, 4*units, half, 0, units, x, units, n) }},
			{"Set.Gram", func() { s.Gram(lstm, 0, units, acc, 4*units, 32, x, units, n) }},
			{"Set.Widen", func() { s.Widen(h, halves) }},
			{"Set.LinearInt8", func() { s.LinearInt8(sums, acc, lstmInt8, 1, q, false) }},
			{"Set.Quantize", func() { s.Quantize(q, x[:units], 127) }},
			{"Set.LSTMCell", func() { s.LSTMCell(h, c, c, acc) }},
			{"Set.GRUCell", func() { s.GRUCell(h, h, acc) }},
			{"Set.LSTMBackward", func() { s.LSTMBackward(h, c, next, x, gates, dgates) }},
			{"Set.GRUBackward", func() { s.GRUBackward(h, x, gates, din, dstate) }},
			{"Set.Adam", func() { s.Adam(h, c, next, x, &adamStep) }},
			{"Set.Blend", func() { s.Blend(h, c, h, c) }},
			{"Set.Mul", func() { s.Mul(h, c, h) }},
			{"Set.Tanh", func() { s.Tanh(h, c) }},
			{"Set.Sigmoid", func() { s.Sigmoid(h, c) }},
			{"Set.Exp", func() { s.Exp(h, c) }},
			{"Set.ReLU", func() { s.ReLU(h, c) }},
			{"Set.Softmax", func() { s.Softmax(h, c) }},
			{"Set.LogSoftmax", func() { s.LogSoftmax(h, c) }},
			{"Set.Softplus", func() { s.Softplus(h, c) }},
			{"Step.Linear", func() { lstmStep.Linear(sums, acc, nil, x, false) }},
			{"Step.LSTM", func() { lstmStep.LSTM(next, c, acc, nil, x, false) }},
			{"Step.GRU", func() { gruStep.GRU(next, h, acc, nil, true) }},
			{"Stream.Step, an LSTM", func() { lstmStream.Step(acc, nil, true) }},
			{"Stream.Step, a GRU", func() { gruStream.Step(acc, nil, true) }},
			{"Stream.Step, an RNN", func() { rnnStream.Step(acc, nil, true) }},
			{"Stream.Step, a product", func() { linearStream.Step(nil, x[:units], true) }},
			{"Int8Stream.Step, an LSTM", func() { lstmInt8Stream.Step(acc, nil, 0, q, 1, true) }},
			{"Int8Stream.Step, a GRU", func() { gruInt8Stream.Step(acc, nil, 0, q, 1, true) }},
			{"Int8Stream.Step, an RNN", func() { rnnInt8Stream.Step(nil, nil, 0, q, 1, true) }},
			{"Int8Stream.Step, a product", func() { linearInt8Stream.Step(nil, nil, 0, q, 1, true) }},
			{"Matrix.At", func() { lstm.At(0, 0) }},
			{"Matrix.Index", func() { lstm.Index(0, 0) }},
			{"Matrix.Tiles", func() { lstm.Tiles() }},
			{"Matrix.TileHeight", func() { lstm.TileHeight(0) }},
			{"Int8.Columns", func() { lstmInt8.Columns() }},
			{"Set.Name", func() { s.Name() }},
			{"Set.Requires", func() { s.Requires() }},
			{"Set.Supported", func() { s.Supported() }},
			{"package, ArgMax", func() { kernels.ArgMax(h) }},
			{"package, ScaleOf", func() { kernels.ScaleOf(h) }},
			{"package, Log", func() { kernels.Log(2) }},
		}
		called := map[string]bool{}
		for _, c := range calls {
			require.Zero(t, testing.AllocsPerRun(10, c.call), c.method)
			method, _, _ := strings.Cut(c.method, ",")
			called[method] = true
		}
		for _, computes := range []any{s, lstmStep, lstmStream, lstmInt8Stream, s.NewInt8Step(nil, lstmInt8), lstm, lstmInt8} {
			for method := range reflect.TypeOf(computes).Methods() {
				if name := reflect.TypeOf(computes).Elem().Name() + "." + method.Name; !strings.HasPrefix(method.Name, "New") {
					require.True(t, called[name], "%s is not called here", name)
				}
			}
		}
	})
}
