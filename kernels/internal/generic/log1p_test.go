package generic

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLog1pAccuracy(t *testing.T) {
	worst := 0.0
	for bits := math.Float32bits(0x1p-126); bits <= math.Float32bits(1); bits += 1009 {
		x := math.Float32frombits(bits)
		want := math.Log1p(float64(x))
		worst = max(worst, math.Abs(float64(Log1p(x))-want)/want)
	}
	require.Less(t, worst, 1.7e-7)
	require.Zero(t, Log1p(0))
}
