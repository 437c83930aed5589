package metrics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBinaryLikelihood(t *testing.T) {
	l := NewBinaryLikelihood(2, 2)
	logit := func(p float64) float32 { return float32(math.Log(p / (1 - p))) }
	l.Add(0, []float32{0, logit(0.25)}, []float32{1, 0})
	l.Add(0, []float32{logit(0.875), 0}, []float32{0, 0})
	require.Equal(t, 2, l.Steps(0))
	// -log(0.5 · 0.75) and -log(0.125 · 0.5)
	require.InDelta(t, -(math.Log(0.375)+math.Log(0.0625))/2, l.Nats(0), 1e-7)
	// One value is 1 in half of the steps, the other never.
	require.InDelta(t, math.Ln2, l.ConstantNats(0), 1e-12)

	require.Zero(t, l.Steps(1), "nothing was forecast two steps ahead")
	require.Zero(t, l.Nats(1))
	l.Add(1, []float32{-500, 500}, []float32{1, 1})
	require.Equal(t, 500., l.Nats(1), "a probability that rounds to 0 costs what its logit says")
}
