package metrics

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDeviation(t *testing.T) {
	for _, c := range []struct {
		name      string
		errors    []float64
		rmse, mae float64
	}{
		{"none", nil, 0, 0},
		{"one", []float64{-2}, 2, 2},
		{"3, -4, 0 and 0", []float64{3, -4, 0, 0}, 2.5, 1.75}, // √(25/4) and 7/4
	} {
		var d, left, right Deviation
		for i, e := range c.errors {
			d.Add(e)
			if i%2 == 0 {
				left.Add(e)
			} else {
				right.Add(e)
			}
		}
		left.Merge(right)
		for _, d := range []Deviation{d, left} {
			require.Equal(t, len(c.errors), d.Len(), c.name)
			require.InDelta(t, c.rmse, d.RMSE(), 1e-12, c.name)
			require.InDelta(t, c.mae, d.MAE(), 1e-12, c.name)
		}
	}
}
