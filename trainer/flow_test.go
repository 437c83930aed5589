package trainer

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

// The norms equal finite differences of the loss of the last step, with respect
// to the state k steps before the end.
func TestGradientFlowIsThatOfFiniteDifferences(t *testing.T) {
	for _, c := range cells {
		t.Run(c.name, func(t *testing.T) {
			net, err := NewNetwork(Architecture{
				Cell: c.cell, Variant: c.variant, Tokens: 6, EmbeddingSize: 3, HiddenSize: 5,
				Layers: 1, Outputs: 4, Output: format.OutputSoftmax,
			}, 1)
			require.NoError(t, err)
			sequences := randomSequences(net.Model(), rand.New(rand.NewPCG(2, 3)), 6, 9, 3)
			before := net.weights()
			flow, err := NewTrainer(net, Options{}).GradientFlow(sequences)
			require.NoError(t, err)
			require.Equal(t, before, net.weights())
			require.Len(t, flow, 9)
			for k := range 9 {
				var sum float64
				var n int
				for i := range sequences {
					if len(sequences[i].Tokens) > k {
						sum += stateDerivative(net, &sequences[i], k)
						n++
					}
				}
				require.InEpsilon(t, sum/float64(n), flow[k], 2e-3, "%d steps back", k)
			}
		})
	}
}

// stateDerivative returns the norm of the derivative of the last step's loss
// with respect to h and c k steps before.
func stateDerivative(net *Network, s *dataset.Sequence, k int) float64 {
	const step = 1e-5
	ref := newReference(net.Model())
	l := &net.Model().Layers[0]
	var sum float64
	for u := range 2 * l.HiddenSize {
		if l.Cell != format.CellLSTM && u >= l.HiddenSize {
			break
		}
		d := (ref.lastLoss(s, k, u, step) - ref.lastLoss(s, k, u, -step)) / (2 * step)
		sum += d * d
	}
	return math.Sqrt(sum)
}

// lastLoss returns the loss of the last step after number u of [h c], k steps
// before it, is changed by a difference.
func (r *reference) lastLoss(s *dataset.Sequence, k, u int, by float64) float64 {
	r.touch = func(step int, h, c []float64) {
		if step != len(s.Tokens)-1-k {
			return
		}
		if u < len(h) {
			h[u] += by
		} else {
			c[u-len(h)] += by
		}
	}
	last := *s
	last.Classes = append([]int32(nil), s.Classes...)
	for i := range last.Classes[:len(last.Classes)-1] {
		last.Classes[i] = dataset.Ignore
	}
	return r.sequenceLoss(&last, 0)
}

func TestGradientFlowRefusesOtherNetworks(t *testing.T) {
	net, err := NewNetwork(Architecture{Cell: format.CellGRU, InputSize: 1, HiddenSize: 2, Layers: 1, Outputs: 2, Pool: format.PoolLast, Output: format.OutputSoftmax}, 1)
	require.NoError(t, err)
	_, err = NewTrainer(net, Options{}).GradientFlow(nil)
	require.ErrorContains(t, err, "unidirectional networks with a softmax at every step")
}
