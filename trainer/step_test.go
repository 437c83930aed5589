package trainer

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

func smallRegression(t *testing.T) (*Network, []dataset.Sequence) {
	t.Helper()
	net, err := NewNetwork(Architecture{Cell: format.CellGRU, InputSize: 2, HiddenSize: 5, Layers: 2, Outputs: 1}, 1)
	require.NoError(t, err)
	return net, randomSequences(net.Model(), rand.New(rand.NewPCG(2, 3)), 3, 7, 4)
}

// A group with the factor 0 does not change, but others do.
func TestLearningRatesOfParameterGroups(t *testing.T) {
	net, sequences := smallRegression(t)
	before := net.weights()
	_, err := NewTrainer(net, Options{LearningRates: map[string]float64{"layer 1": 0}}).Step(sequences, 0.1, false)
	require.NoError(t, err)
	for i, p := range net.parameters {
		if p.group == "layer 1" {
			require.Equal(t, before[i], p.data, p.name)
		} else {
			require.NotEqual(t, before[i], p.data, p.name)
		}
	}
	require.PanicsWithError(t, `there is a learning rate for "layer 2", but the parameter groups are ["layer 0" "layer 1" "head"]`,
		func() { NewTrainer(net, Options{LearningRates: map[string]float64{"layer 2": 1}}) })
}

func TestClipping(t *testing.T) {
	net, sequences := smallRegression(t)
	gradients := func(o Options) (norm float64, values [][]float32) {
		trainer := NewTrainer(net, o)
		_, err := trainer.gradients(sequences, false)
		require.NoError(t, err)
		norm = trainer.clip()
		for _, g := range trainer.replicas[0].grads {
			values = append(values, g.data)
		}
		return norm, values
	}
	norm, plain := gradients(Options{})
	_, byValue := gradients(Options{ClipValue: 0.05})
	_, byNorm := gradients(Options{Clip: norm / 4})
	clipped := 0
	for i := range plain {
		for k, g := range plain[i] {
			want := g
			if math.Abs(float64(g)) > 0.05 {
				want = float32(math.Copysign(0.05, float64(g)))
				clipped++
			}
			require.Equal(t, want, byValue[i][k])
			require.InDelta(t, g/4, byNorm[i][k], 1e-6)
		}
	}
	require.Positive(t, clipped)
}
