package metrics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDetermination(t *testing.T) {
	truth := []float64{3, -0.5, 2, 7}
	for _, c := range []struct {
		predicted []float64
		want      float64
	}{
		{[]float64{2.5, 0, 2, 8}, 0.9486081370449679}, // as sklearn's documentation has it
		{truth, 1},
		{[]float64{2.875, 2.875, 2.875, 2.875}, 0},
		{[]float64{7, 7, 7, -7}, 1 - 293.25/29.1875},
	} {
		var d Determination
		for i, y := range truth {
			d.Add(c.predicted[i], y)
		}
		require.InDelta(t, c.want, d.R2(), 1e-12)
	}
	var same Determination
	same.Add(1, 2)
	same.Add(3, 2)
	require.True(t, math.IsInf(same.R2(), -1))
	var none Determination
	require.True(t, math.IsNaN(none.R2()))
}
