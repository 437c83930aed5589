package rtneural_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/rtneural"
)

// Gains are in decibels: 20 are a factor of 10.
func TestGainsAreInTheWeights(t *testing.T) {
	n, _, err := rtneural.Read([]byte(strings.TrimSuffix(model(lstm, dense), "}") + `,"in_gain":20,"out_gain":"-20.0"}`))
	require.NoError(t, err)
	require.Equal(t, []float32{10, 20, 30, 40}, n.Layers[0].Directions[0].WeightIH)
	require.Equal(t, []float32{5, 6, 7, 8}, n.Layers[0].Directions[0].WeightHH)
	require.Equal(t, []float32{0.05}, n.Layers[1].Directions[0].WeightIH)
	require.Equal(t, []float32{0.025}, n.Layers[1].Directions[0].BiasIH)
}
