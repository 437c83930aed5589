package kernels_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

var adamStep = kernels.AdamStep{
	Beta1: 0.9, Rest1: 0.1, Beta2: 0.999, Rest2: 0.001, Decay: 0.01, Shrink: 0.998, Rate: 0.02, Correction: 1.5, Epsilon: 1e-8,
}

// TestAdam tries every length up to 129 next to guard pages.
func TestAdam(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		var at [4]region
		for i := range at {
			at[i] = newRegion(t, 2000)
		}
		for _, n := range append([]int{0, 1000}, sizes(s)...) {
			for _, values := range []func([]float32){r.weights, r.corners} {
				var given, expect, got [4][]float32
				for i := range given {
					given[i] = make([]float32, n)
					values(given[i])
					expect[i] = append([]float32(nil), given[i]...)
				}
				want.Adam(expect[0], expect[1], expect[2], expect[3], &adamStep)
				for _, e := range []edge{front, back} {
					for i := range got {
						got[i] = at[i].copyOf(e, given[i])
					}
					s.Adam(got[0], got[1], got[2], got[3], &adamStep)
					for i := range got {
						requireBits(t, expect[i], got[i], "argument %d of %d numbers at the %v", i, n, e)
					}
				}
			}
		}
	})
}

func TestAdamPanics(t *testing.T) {
	floats := func(n int) []float32 { return make([]float32, n, n+100) }
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		for i := 1; i < 4; i++ {
			sizes := []int{16, 16, 16, 16}
			sizes[i]--
			require.Panics(t, func() {
				s.Adam(floats(sizes[0]), floats(sizes[1]), floats(sizes[2]), floats(sizes[3]), &adamStep)
			}, "argument %d", i)
		}
	})
}
