package format

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNormalization(t *testing.T) {
	n := &Normalization{Mean: []float32{1, -2}, Scale: []float32{2, 0.5}, OutputMean: []float32{3}, OutputScale: []float32{4}}
	x := []float32{3, 4}
	dst := make([]float32, 2)
	n.NormalizeInputs(dst, x)
	require.Equal(t, []float32{4, 3}, dst)
	require.Equal(t, []float32{3, 4}, x)
	n.NormalizeInputs(x, x)
	require.Equal(t, dst, x, "in place")

	y := []float32{11}
	n.NormalizeOutputs(y)
	require.Equal(t, []float32{2}, y)
	n.RestoreOutputs(y)
	require.Equal(t, []float32{11}, y)
}

// A fused product and sum would keep the low bits of the product.
func TestNormalizationRoundsTheProduct(t *testing.T) {
	x := math.Nextafter32(1, 2)
	n := &Normalization{OutputMean: []float32{-float32(x * x)}, OutputScale: []float32{x}}
	y := []float32{x}
	n.RestoreOutputs(y)
	require.Zero(t, y[0])
}

func TestNoNormalizationLeavesNumbersAsTheyAre(t *testing.T) {
	for name, n := range map[string]*Normalization{"nil": nil, "none": {}} {
		x, dst := []float32{1, 2}, make([]float32, 2)
		n.NormalizeInputs(dst, x)
		n.NormalizeOutputs(x)
		n.RestoreOutputs(x)
		require.Equal(t, []float32{1, 2}, dst, name)
		require.Equal(t, []float32{1, 2}, x, name)
	}
}
