package kernels_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rnnrun/rnnrun/kernels"
)

// BenchmarkClock measures the frequency of this core, by a chain of operations
// of a cycle each. It turns the times of the other benchmarks into cycles.
func BenchmarkClock(b *testing.B) {
	x := 0
	for b.Loop() {
		x = chain(x, 1)
	}
	b.ReportMetric(10_000*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GHz")
}

//go:noinline
func chain(x, y int) int {
	for range 1000 {
		x = (x ^ y) + y
		x = (x ^ y) + y
		x = (x ^ y) + y
		x = (x ^ y) + y
		x = (x ^ y) + y
	}
	return x
}

// BenchmarkActivations is a slice that stays in the first-level cache.
func BenchmarkActivations(b *testing.B) {
	for _, s := range kernels.Available() {
		for _, f := range []struct {
			name string
			of   func(dst, src []float32)
		}{
			{"Tanh", s.Tanh}, {"Sigmoid", s.Sigmoid}, {"Exp", s.Exp}, {"ReLU", s.ReLU}, {"Softmax", s.Softmax},
		} {
			for _, n := range []int{8, 40, 1024} {
				b.Run(fmt.Sprintf("%s/%s/%d", s.Name(), f.name, n), func(b *testing.B) {
					r := rand.New(rand.NewPCG(1, 2))
					dst, src := make([]float32, n), make([]float32, n)
					for i := range src {
						src[i] = float32(2 * r.NormFloat64())
					}
					b.ReportAllocs()
					for b.Loop() {
						f.of(dst, src)
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
				})
			}
		}
	}
}
