package trainer

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The figures are computed from the given scores and values, and the fraction of
// steps above a quantile is larger than that of false alarms.
func TestNewAdaptation(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	scores, series := make([]float64, 2000), make([][][]float32, 2)
	for i := range scores {
		scores[i] = rng.ExpFloat64()
		series[i/1000] = append(series[i/1000], []float32{float32(10 + 2*rng.NormFloat64()), 5})
	}
	for _, c := range []struct {
		rate, share float64
		memory      int
	}{{0.001, 0.02, 50000}, {0.01, 0.02, 5}, {0.05, 0.1, 5}, {0.49, 0.745, 5}} {
		a := NewAdaptation(scores, series, AdaptationOptions{FalseAlarms: c.rate, Memory: c.memory, Hold: 7})
		require.Equal(t, 2000, a.Steps)
		require.Equal(t, max(2000, c.memory), a.Memory, "no less than it has seen")
		require.Equal(t, 7, a.Hold)
		require.InDelta(t, c.share, a.Share, 1e-6)
		require.InDelta(t, math.Log(c.share/c.rate), a.Threshold, 1e-5)
		require.InDelta(t, 10, a.Mean[0], 0.2)
		require.InDelta(t, 2, a.Deviation[0], 0.2)
		require.EqualValues(t, 5, a.Mean[1])
		require.InDelta(t, -math.Log(c.share), a.Error.Quantile, 0.4)
		require.InDelta(t, 1, a.Error.Excess, 0.2)
		require.Greater(t, a.Level.Excess, float32(0))
		require.Less(t, a.Level.Quantile, float32(1), "a level is smoother than its input")
	}
	same := NewAdaptation([]float64{1, 1}, [][][]float32{{{3}, {3}}}, AdaptationOptions{FalseAlarms: 0.001})
	require.Greater(t, same.Error.Excess, float32(0), "there is no excess of 0")
	require.EqualValues(t, 1, same.Deviation[0])
}
