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
