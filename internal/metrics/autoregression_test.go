package metrics

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The fit finds the coefficients of the series x_t = 1 + x_{t-1}/2 without
// noise from the least number of values.
func TestAutoregressionOfAKnownSeries(t *testing.T) {
	f := NewAutoregressionFit(1)
	for _, v := range []float64{0, 1, 1.5, 1.75} { // three pairs of a value and its lag
		f.Add(v)
	}
	require.Nil(t, f.Best(), "3 values for 2 coefficients")
	f.Add(1.875)
	a := f.Best()
	require.Len(t, a.Coefficients, 1)
	require.InDelta(t, 1, a.Constant, 1e-9)
	require.InDelta(t, 0.5, a.Coefficients[0], 1e-9)
	require.InDeltaSlice(t, []float64{2, 2}, a.Predict([]float64{2}, 2), 1e-9)
	require.InDeltaSlice(t, []float64{3, 2.5, 2.25}, a.Predict([]float64{4, 99}, 3), 1e-9)
}

// The fit finds the coefficients of several series with noise, and their order.
func TestAutoregressionFindsTheOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	f := NewAutoregressionFit(8)
	for range 3 {
		f.Begin()
		past := []float64{0, 0}
		for range 3000 {
			v := 2 + 0.5*past[0] - 0.3*past[1] + rng.NormFloat64()
			f.Add(v)
			past = Remember(past, v, 2)
		}
	}
	a := f.Best()
	require.Len(t, a.Coefficients, 2)
	require.InDelta(t, 2, a.Constant, 0.1)
	require.InDelta(t, 0.5, a.Coefficients[0], 0.03)
	require.InDelta(t, -0.3, a.Coefficients[1], 0.03)
	next := a.Predict([]float64{1, 2, 99}, 2)
	require.InDelta(t, a.Constant+a.Coefficients[0]+2*a.Coefficients[1], next[0], 1e-12)
	require.InDelta(t, a.Constant+a.Coefficients[0]*next[0]+a.Coefficients[1], next[1], 1e-12)
	require.Nil(t, a.Predict([]float64{1}, 1), "too little is known")
}

func TestAutoregressionOfAConstant(t *testing.T) {
	f := NewAutoregressionFit(3)
	for range 100 {
		f.Add(1)
	}
	require.Nil(t, f.Best(), "values that never change tell no lag from another")
}

func TestRemember(t *testing.T) {
	var past []float64
	for v := range 5 {
		past = Remember(past, float64(v), 3)
	}
	require.Equal(t, []float64{4, 3, 2}, past)
}
