package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTailThreshold(t *testing.T) {
	var hundred, same []float64
	for i := range 100 {
		hundred = append(hundred, float64(i+1))
		same = append(same, 7)
	}
	for _, c := range []struct {
		name   string
		values []float64
		rate   float64
		want   float64
	}{
		{"half are above", hundred, 0.5, 50},
		{"a tenth", hundred, 0.1, 90},
		{"a thousandth: 91 + 4.5 log 100", hundred, 0.001, 91 + 4.5*math.Log(100)},
		{"a value far out is no tenth of a hundred", append([]float64{1e6}, hundred[:99]...), 0.001, 1e6},
		{"the same values", same, 0.001, 7},
		{"one value", []float64{3}, 0.001, 3},
	} {
		values := append([]float64(nil), c.values...)
		got := TailThreshold(values, c.rate)
		if c.want == 1e6 {
			require.GreaterOrEqual(t, got, c.want, c.name)
			continue
		}
		require.InDelta(t, c.want, got, 1e-9, c.name)
	}
}

// Two thousand exponential values suffice to estimate the threshold that one in
// ten thousand exceeds, log 10000.
func TestTailThresholdOfRareValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, 2000)
	for i := range values {
		values[i] = rng.ExpFloat64()
	}
	require.InDelta(t, math.Log(10000), TailThreshold(values, 0.0001), 1)
}

func TestMedian(t *testing.T) {
	require.Equal(t, 2.0, Median([]float64{9, 1, 2}))
	require.Equal(t, 3.0, Median([]float64{4, 3, 1, 2}))
}

func TestTail(t *testing.T) {
	var hundred []float64
	for i := range 100 {
		hundred = append(hundred, float64(100-i))
	}
	for _, c := range []struct {
		values           []float64
		share            float64
		quantile, excess float64
	}{
		{hundred, 0.02, 99, 4.5},
		{hundred, 0.5, 51, 4.5},
		{[]float64{3}, 0.02, 3, 0},
		{[]float64{3, 3, 3}, 0.9, 3, 0},
	} {
		quantile, excess := Tail(c.values, c.share)
		require.Equal(t, c.quantile, quantile)
		require.InDelta(t, c.excess, excess, 1e-9)
	}
}
