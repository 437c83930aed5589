package trainer

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The numbers that are kept are scaled up, so the mean stays the same.
func TestDropoutKeepsTheMean(t *testing.T) {
	const n = 100_000
	for _, probability := range []float32{0.125, 0.5, 0.75} {
		r := replica{rng: rand.New(rand.NewPCG(1, 2))}
		kept := 0
		for _, v := range r.dropMask(nil, n, probability) {
			if v != 0 {
				require.Equal(t, 1/(1-probability), v)
				kept++
			}
		}
		require.InDelta(t, 1-probability, float64(kept)/n, 0.01)
	}
}
