package kernels_test

import (
	"testing"

	"github.com/rnnrun/rnnrun/kernels"
)

// BenchmarkQuiet compares a stream's steps of signal, of zeros, as a sensor gives
// that is off, and of denormal numbers, which many CPUs compute slowly. The biases
// are 0, so that the sums and the states are as small as the inputs.
func BenchmarkQuiet(b *testing.B) {
	const hidden, inputs = 64, 64
	for _, cell := range []struct {
		name  string
		gates int
		tile  int
		bind  func(w kernels.Weights, m kernels.Memory) kernels.Stream
	}{
		{"LSTM", 4, 32, kernels.Weights.NewLSTM},
		{"GRU", 3, 24, kernels.Weights.NewGRU},
		{"RNN", 1, 32, func(w kernels.Weights, m kernels.Memory) kernels.Stream { return w.NewRNN(m, kernels.ActivationTanh) }},
	} {
		for _, quiet := range []struct {
			name  string
			scale float32 // of inputs within ±1
		}{{"signal", 1}, {"zeros", 0}, {"denormal", 0x1p-130}} {
			b.Run(cell.name+"/"+quiet.name, func(b *testing.B) {
				forEachSetBench(b, func(b *testing.B, s *kernels.Set) {
					r := newSource()
					m := &kernels.Matrix{Rows: cell.gates * hidden, Depth: inputs + hidden, Tile: cell.tile}
					m.Data = make([]float32, m.Rows*m.Depth)
					r.weights(m.Data)
					for i := range m.Data {
						m.Data[i] /= 8
					}
					x := make([]float32, inputs)
					r.weights(x)
					for i := range x {
						x[i] *= quiet.scale
					}
					floats := func(n int) []float32 { return make([]float32, n) }
					stream := cell.bind(s.NewWeights(m, inputs), kernels.Memory{
						X: x, H: floats(hidden), Next: floats(hidden), C: floats(hidden), Bias: floats(4 * hidden),
					})
					measureCycles(b, 4*len(m.Data), func(n int) {
						for range n {
							stream.Step()
						}
					})
				})
			})
		}
	}
}
