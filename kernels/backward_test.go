package kernels_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

// TestBackward tries every number of units up to 136 next to guard pages.
func TestBackward(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		at := make([]region, 6)
		for i := range at {
			at[i] = newRegion(t, 1000)
		}
		for units := 0; units <= kernels.Pad(maxSize); units += kernels.Lanes {
			for _, values := range []func([]float32){r.weights, r.corners} {
				for _, c := range []struct {
					name  string
					sizes []int // of every argument
					run   func(s *kernels.Set, a [][]float32)
				}{
					{"LSTM", []int{1, 1, 1, 1, 4, 4}, func(s *kernels.Set, a [][]float32) { s.LSTMBackward(a[0], a[1], a[2], a[3], a[4], a[5]) }},
					{"GRU", []int{1, 1, 4, 3, 3}, func(s *kernels.Set, a [][]float32) { s.GRUBackward(a[0], a[1], a[2], a[3], a[4]) }},
				} {
					given := make([][]float32, len(c.sizes))
					expect := make([][]float32, len(c.sizes))
					for i, n := range c.sizes {
						given[i] = make([]float32, n*units)
						values(given[i])
						expect[i] = append([]float32(nil), given[i]...)
					}
					c.run(want, expect)
					for _, e := range []edge{front, back} {
						got := make([][]float32, len(c.sizes))
						for i := range got {
							got[i] = at[i].copyOf(e, given[i])
						}
						c.run(s, got)
						for i := range got {
							requireBits(t, expect[i], got[i], "%s, argument %d, of %d units at the %v", c.name, i, units, e)
						}
					}
				}
			}
		}
	})
}

func TestBackwardPanics(t *testing.T) {
	floats := func(n int) []float32 { return make([]float32, n, n+100) }
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		for i := range 6 {
			sizes := []int{16, 16, 16, 16, 64, 64}
			sizes[i]--
			require.Panics(t, func() {
				s.LSTMBackward(floats(sizes[0]), floats(sizes[1]), floats(sizes[2]), floats(sizes[3]), floats(sizes[4]), floats(sizes[5]))
			}, "LSTM, argument %d", i)
		}
		for i := range 5 {
			sizes := []int{16, 16, 64, 48, 48}
			sizes[i]--
			require.Panics(t, func() {
				s.GRUBackward(floats(sizes[0]), floats(sizes[1]), floats(sizes[2]), floats(sizes[3]), floats(sizes[4]))
			}, "GRU, argument %d", i)
		}
	})
}
