package roots_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/roots"
)

func TestRootsLieOnTheCircle(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 400, 512, 65536} {
		for j := range min(n+1, 700) {
			cos, sin := roots.Unity(j, n)
			// The angle's own error is that of math.Pi, and of two operations.
			angle := new(big.Float).SetPrec(100).Quo(big.NewFloat(float64(2*j)), big.NewFloat(float64(n)))
			turn, _ := angle.Mul(angle, big.NewFloat(math.Pi)).Float64()
			require.InDelta(t, math.Cos(turn), cos, 1e-15, "%d of %d", j, n)
			require.InDelta(t, math.Sin(turn), sin, 1e-15, "%d of %d", j, n)
			require.InDelta(t, 1, cos*cos+sin*sin, 4.5e-16, "%d of %d", j, n)
		}
	}
	for j, want := range []complex128{1, 1i, -1, -1i, 1} {
		cos, sin := roots.Unity(j, 4)
		require.Equal(t, real(want), cos)
		require.Equal(t, imag(want), sin)
	}
}
