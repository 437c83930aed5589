package kernels_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/rnnrun/rnnrun/internal/benchmark"
	"github.com/rnnrun/rnnrun/kernels"
)

// BenchmarkStream is a stream's step, each of which reads the state that the
// one before has written. Iterations are rounds, in which steps and the core's
// clock are measured in turn: -benchtime 5x is enough.
func BenchmarkStream(b *testing.B) {
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
		for _, hidden := range []int{8, 16, 24, 32, 40, 64, 128, 256, 512, 1024} {
			for _, inputs := range []int{1, hidden / 2} {
				for _, half := range []bool{false, true} {
					b.Run(fmt.Sprintf("%s/%d→%d/half=%v", cell.name, inputs, hidden, half), func(b *testing.B) {
						forEachSetBench(b, func(b *testing.B, s *kernels.Set) {
							m := benchMatrix(cell.gates*hidden, inputs+hidden, cell.tile, half)
							floats := func(n int) []float32 { return make([]float32, n) }
							stream := cell.bind(s.NewWeights(m, inputs), kernels.Memory{
								X: floats(inputs), H: floats(hidden), Next: floats(hidden), C: floats(hidden), Bias: floats(4 * hidden),
							})
							measureCycles(b, 4*len(m.Data)+2*len(m.Half), func(n int) {
								for range n {
									stream.Step()
								}
							})
						})
					})
				}
			}
		}
	}
}

// benchMatrix returns a matrix of small weights, in huge pages where the system
// has them.
func benchMatrix(rows, depth, tile int, half bool) *kernels.Matrix {
	m := &kernels.Matrix{Rows: rows, Depth: depth, Tile: tile}
	n := rows * depth
	if half {
		m.Half = unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(benchmark.Memory(n/2)))), n)
		for i := range m.Half {
			m.Half[i] = 0x2000
		}
		return m
	}
	m.Data = benchmark.Memory(n)
	fill(m.Data, 0.01)
	return m
}

// measureCycles reports the cycles that doing work takes, and the rate at which
// it reads bytes: medians of the rounds. Of a round it takes a fast sample, since
// other programs on the machine make some slow.
func measureCycles(b *testing.B, bytes int, do func(n int)) {
	const (
		round = 20 * time.Millisecond
		fast  = 10
	)
	var times, clocks []float64
	for b.Loop() {
		task := &benchmark.Task{Do: do}
		clock := benchmark.NewClock(task)
		benchmark.Run(round, task, clock)
		times = append(times, task.Percentile(fast))
		clocks = append(clocks, benchmark.GHz(clock))
	}
	slices.Sort(times)
	slices.Sort(clocks)
	ns, ghz := times[len(times)/2], clocks[len(clocks)/2]
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ns, "ns/step")
	b.ReportMetric(ns*ghz, "cycles/step")
	b.ReportMetric(float64(bytes)/ns, "GB/s")
	b.ReportMetric(float64(bytes)/(ns*ghz), "B/cycle")
}
