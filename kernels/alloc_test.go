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
		memory := kernels.Memory{H: h, Next: next, C: c, Bias: acc}
		linearMemory := kernels.Memory{X: x[:units], Next: next, Bias: acc}
		lstmWeights, gruWeights := s.NewWeights(lstm, 0), s.NewWeights(gru, 0)
		lstmStream, gruStream := lstmWeights.NewLSTM(memory), gruWeights.NewGRU(memory)
		rnnStream := s.NewWeights(dense, 0).NewRNN(memory, kernels.ActivationTanh)
		linearStream := s.NewWeights(dense, units).NewLinear(linearMemory, kernels.ActivationIdentity)
		int8s := func(rows, tile int) kernels.Int8Columns {
			return kernels.Int8Columns{Int8: s.NewInt8(make([]int8, rows*units), rows, units, tile, 0, units, floats(rows)), Size: units}
		}
		none := kernels.Int8Columns{}
		lstmInt8, gruInt8, rnnInt8 := int8s(4*units, 32), int8s(3*units, 24), int8s(units, 32)
		lstmInt8Stream := s.NewInt8Weights(none, lstmInt8).NewLSTM(memory)
		gruInt8Stream := s.NewInt8Weights(none, gruInt8).NewGRU(memory)
		rnnInt8Stream := s.NewInt8Weights(none, rnnInt8).NewRNN(memory, kernels.ActivationReLU)
		linearInt8Stream := s.NewInt8Weights(rnnInt8, none).NewLinear(linearMemory, kernels.ActivationIdentity)
		quantizer := s.NewQuantizer(units, 0)
		batch, int8Batch := lstmWeights.NewLSTMBatch(n, acc), s.NewInt8Weights(none, lstmInt8).NewLSTMBatch(n, acc)
		int8Product := s.NewInt8Product(lstmInt8, n)

		type call struct {
			method string // and, after a comma, what it is given
			call   func()
		}
		calls := []call{
			{"Set.Product, an LSTM", func() { s.Product(acc, 4*units, lstm, 0, units, x, units, 1) }},
			{"Set.Product, a GRU", func() { s.Product(acc, 4*units, gru, 0, units, x, units, 1) }},
			{"Set.Product, a dense layer", func() { s.Product(acc, units, dense, 0, units, x, units, 1) }},
			{"Set.Product, many vectors", func() { s.Product(acc, 4*units, lstm, 0, units, x, units, n) }},
			{"Set.Product, half weights", func() { s.Product(acc, 4*units, half, 0, units, x, units, n) }},
			{"Set.Gram", func() { s.Gram(lstm, 0, units, acc, 4*units, 32, x, units, n) }},
			{"Set.Widen", func() { s.Widen(h, halves) }},
			{"Set.LinearInt8", func() { s.LinearInt8(sums, acc, lstmInt8.Int8, 1, q, false) }},
			{"Set.Quantize", func() { s.Quantize(q, x[:units], 127) }},
			{"Set.LSTMCell", func() { s.LSTMCell(h, c, c, acc) }},
			{"Set.GRUCell", func() { s.GRUCell(h, h, acc) }},
			{"Set.LSTMBackward", func() { s.LSTMBackward(h, c, next, x, gates, dgates) }},
			{"Set.GRUBackward", func() { s.GRUBackward(h, x, gates, din, dstate) }},
			{"Set.Adam", func() { s.Adam(h, c, next, x, &adamStep) }},
			{"Set.Blend", func() { s.Blend(h, c, h, c) }},
			{"Set.Mul", func() { s.Mul(h, c, h) }},
			{"Set.Max", func() { s.Max(h, c, h) }},
			{"Set.MulAdd", func() { s.MulAdd(h, c, h, h) }},
			{"Set.Tanh", func() { s.Tanh(h, c) }},
			{"Set.Sigmoid", func() { s.Sigmoid(h, c) }},
			{"Set.Exp", func() { s.Exp(h, c) }},
			{"Set.ReLU", func() { s.ReLU(h, c) }},
			{"Set.Softmax", func() { s.Softmax(h, c) }},
			{"Set.LogSoftmax", func() { s.LogSoftmax(h, c) }},
			{"Set.Softplus", func() { s.Softplus(h, c) }},
			{"FloatWeights.Linear", func() { lstmWeights.Linear(sums, acc, nil, x, false) }},
			{"FloatWeights.LSTM", func() { lstmWeights.LSTM(next, c, acc, nil, x, false) }},
			{"FloatWeights.GRU", func() { gruWeights.GRU(next, h, acc, nil, true) }},
			{"Quantizer.Quantize", func() { quantizer.Quantize(h) }},
			{"Quantizer.Bytes", func() { quantizer.Bytes() }},
			{"Batch.Step", func() { batch.Step(0, n, nil, 0, acc, units) }},
			{"Batch.Advance", func() { batch.Advance(0, n, x, 0, acc, units) }},
			{"Batch.Advance, int8", func() { int8Batch.Advance(0, n, x, 0, acc, units) }},
			{"Batch.State", func() { batch.State(0, h, c) }},
			{"Batch.SetState", func() { batch.SetState(0, h, c) }},
			{"Batch.Swap", func() { batch.Swap(0, 1) }},
			{"Batch.HasCellState", func() { batch.HasCellState() }},
			{"Batch.Bytes", func() { batch.Bytes() }},
			{"Int8Product.Quantize", func() { int8Product.Quantize(x, units, n) }},
			{"Int8Product.SetQuantized", func() { int8Product.SetQuantized(0, q, 1) }},
			{"Int8Product.Add", func() { int8Product.Add(acc, 4*units, n) }},
			{"Int8Product.Most", func() { int8Product.Most() }},
			{"Int8Product.Bytes", func() { int8Product.Bytes() }},
			{"Set.Int8GainsFromBatch", func() { s.Int8GainsFromBatch() }},
			{"Matrix.At", func() { lstm.At(0, 0) }},
			{"Matrix.Index", func() { lstm.Index(0, 0) }},
			{"Matrix.Tiles", func() { lstm.Tiles() }},
			{"Matrix.TileHeight", func() { lstm.TileHeight(0) }},
			{"Int8.Columns", func() { lstmInt8.Columns() }},
			{"Set.Threads", func() { s.Threads() }},
			{"Set.Name", func() { s.Name() }},
			{"Set.Requires", func() { s.Requires() }},
			{"Set.Supported", func() { s.Supported() }},
			{"package, ArgMax", func() { kernels.ArgMax(h) }},
			{"package, ScaleOf", func() { kernels.ScaleOf(h) }},
			{"package, Log", func() { kernels.Log(2) }},
		}
		for stream, kind := range map[kernels.Stream]string{
			lstmStream: "floatStream, an LSTM", gruStream: "floatStream, a GRU", rnnStream: "floatStream, an RNN", linearStream: "floatStream, a product",
			lstmInt8Stream: "int8Stream, an LSTM", gruInt8Stream: "int8Stream, a GRU", rnnInt8Stream: "int8Stream, an RNN", linearInt8Stream: "int8Linear, a product",
		} {
			of, what, _ := strings.Cut(kind, ",")
			calls = append(calls, []call{
				{of + ".Step," + what, stream.Step},
				{of + ".Advance," + what, func() { stream.Advance(acc) }},
				{of + ".State," + what, func() { stream.State() }},
				{of + ".Bytes," + what, func() { stream.Bytes() }},
			}...)
		}
		called := map[string]bool{}
		for _, c := range calls {
			require.Zero(t, testing.AllocsPerRun(10, c.call), c.method)
			method, _, _ := strings.Cut(c.method, ",")
			called[method] = true
		}
		for _, computes := range []any{s, lstmWeights, lstmStream, lstmInt8Stream, linearInt8Stream, s.NewInt8Weights(none, lstmInt8), lstm, lstmInt8.Int8, &quantizer, batch, int8Product} {
			for method := range reflect.TypeOf(computes).Methods() {
				if name := reflect.TypeOf(computes).Elem().Name() + "." + method.Name; !strings.HasPrefix(method.Name, "New") && method.Name != "WithThreads" && method.Name != "ForLayers" {
					require.True(t, called[name], "%s is not called here", name)
				}
			}
		}
	})
}
