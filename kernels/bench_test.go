package kernels_test

import (
	"fmt"
	"testing"

	"github.com/rnnrun/rnnrun/kernels"
)

// forEachSetBench runs a benchmark on every kernel set that this CPU can run.
func forEachSetBench(b *testing.B, bench func(b *testing.B, s *kernels.Set)) {
	for _, s := range kernels.Available() {
		b.Run(s.Name(), func(b *testing.B) { bench(b, s) })
	}
}

// measure runs f and reports its rate of floating-point operations.
func measure(b *testing.B, flops int, f func()) {
	b.ReportAllocs()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(flops)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
}

// BenchmarkPeak measures how many operations a second this core can do at
// most: a product of weights that stay in the first-level cache, with as many
// chains as there are registers. The other products are to be read against it.
func BenchmarkPeak(b *testing.B) {
	forEachSetBench(b, func(b *testing.B, s *kernels.Set) {
		const rows, depth, n = 32, 128, 3 * 32
		m := newMatrix(rows, depth, 32)
		x, acc := make([]float32, depth), make([]float32, rows)
		fill(m.Data, 0.5)
		measure(b, 2*rows*depth*n, func() { s.Product(acc, 0, m, 0, depth, x, 0, n) })
	})
}

// BenchmarkProduct is a step of an LSTM's state product, for one stream and
// for a batch.
func BenchmarkProduct(b *testing.B) {
	forEachSetBench(b, func(b *testing.B, s *kernels.Set) {
		for _, hidden := range []int{8, 16, 40, 64, 128, 256, 512} {
			for _, n := range []int{1, 32} {
				b.Run(fmt.Sprintf("hidden=%d/n=%d", hidden, n), func(b *testing.B) {
					rows := 4 * hidden
					m := newMatrix(rows, hidden, 32)
					fill(m.Data, 0.5)
					x, acc := make([]float32, n*hidden), make([]float32, n*rows)
					if n == 1 {
						b.SetBytes(int64(4 * len(m.Data)))
					}
					measure(b, 2*rows*hidden*n, func() { s.Product(acc, rows, m, 0, hidden, x, hidden, n) })
				})
			}
		}
	})
}

// BenchmarkGram is the gradient of an LSTM's state weights over a batch.
func BenchmarkGram(b *testing.B) {
	forEachSetBench(b, func(b *testing.B, s *kernels.Set) {
		for _, hidden := range []int{64, 128, 256, 512} {
			for _, n := range []int{32, 1024} {
				b.Run(fmt.Sprintf("hidden=%d/n=%d", hidden, n), func(b *testing.B) {
					rows := 4 * hidden
					m := newMatrix(rows, hidden, 32)
					fill(m.Data, 0)
					x, d := make([]float32, n*hidden), make([]float32, n*rows)
					measure(b, 2*rows*hidden*n, func() { s.Gram(m, 0, hidden, d, rows, kernels.TileRows, x, hidden, n) })
				})
			}
		}
	})
}

// BenchmarkGRUProduct is the state product of a batch of GRUs.
func BenchmarkGRUProduct(b *testing.B) {
	forEachSetBench(b, func(b *testing.B, s *kernels.Set) {
		for _, n := range []int{10, 100} {
			b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
				const hidden, rows = 256, 3 * 256
				m := newMatrix(rows, hidden, 24)
				fill(m.Data, 0.5)
				x, acc := make([]float32, n*hidden), make([]float32, n*4*hidden)
				measure(b, 2*rows*hidden*n, func() { s.Product(acc, 4*hidden, m, 0, hidden, x, hidden, n) })
			})
		}
	})
}
