package kernels_test

import (
	"fmt"
	"testing"

	"github.com/rnnrun/rnnrun/kernels"
)

// BenchmarkLinearInt8 is the state product of an LSTM's step, to be read
// against BenchmarkProduct with n=1.
func BenchmarkLinearInt8(b *testing.B) {
	forEachSetBench(b, func(b *testing.B, s *kernels.Set) {
		for _, hidden := range []int{8, 40, 64, 128, 256, 512, 1024} {
			b.Run(fmt.Sprintf("hidden=%d", hidden), func(b *testing.B) {
				rows := 4 * hidden
				m := s.NewInt8(make([]int8, rows*hidden), rows, hidden, 32, 0, hidden, make([]float32, rows))
				x, acc := make([]int8, hidden), make([]float32, rows)
				b.SetBytes(int64(rows * hidden))
				reverse := false
				measure(b, 2*rows*hidden, func() {
					s.LinearInt8(acc, acc, m, 1, x, reverse)
					reverse = !reverse
				})
			})
		}
	})
}

// BenchmarkInt8Product is the state product of a batch of LSTMs and of GRUs, to be read
// against BenchmarkLinearInt8.
func BenchmarkInt8Product(b *testing.B) {
	forEachSetBench(b, func(b *testing.B, s *kernels.Set) {
		for _, c := range []struct{ gates, tile, hidden, n int }{
			{4, 32, 128, 10}, {4, 32, 128, 96}, {4, 32, 512, 10}, {4, 32, 512, 96}, {3, 24, 256, 10}, {3, 24, 256, 96},
		} {
			b.Run(fmt.Sprintf("gates=%d/hidden=%d/n=%d", c.gates, c.hidden, c.n), func(b *testing.B) {
				rows := c.gates * c.hidden
				m := s.NewInt8(make([]int8, rows*c.hidden), rows, c.hidden, c.tile, 0, c.hidden, make([]float32, rows))
				p := s.NewInt8Product(kernels.Int8Columns{Int8: m, Size: c.hidden, Scale: kernels.UnitScale}, c.n)
				x, acc := make([]float32, c.n*c.hidden), make([]float32, c.n*4*c.hidden)
				measure(b, 2*rows*c.hidden*c.n, func() {
					p.Quantize(x, c.hidden, c.n)
					p.Add(acc, 4*c.hidden, c.n)
				})
			})
		}
	})
}
