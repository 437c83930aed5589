package trainer

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

// waveformNetwork returns a network with one number per step, and sequences with some
// steps without a target.
func waveformNetwork(t *testing.T) (*Network, []dataset.Sequence) {
	t.Helper()
	net, err := NewNetwork(Architecture{Task: format.TaskRegress, Cell: format.CellLSTM, InputSize: 1, HiddenSize: 3, Layers: 1, Outputs: 1}, 1)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 2))
	var list []dataset.Sequence
	for _, n := range []int{5, 9, 2} {
		var s dataset.Sequence
		for range n {
			s.Inputs = append(s.Inputs, float32(rng.NormFloat64()))
			s.Values = append(s.Values, float32(rng.NormFloat64()))
		}
		list = append(list, s)
	}
	nan := float32(math.NaN())
	list[1].Values[0], list[1].Values[1], list[1].Values[6] = nan, nan, nan
	return net, list
}

// The loss equals the formula in float64.
func TestWaveformLoss(t *testing.T) {
	net, sequences := waveformNetwork(t)
	w := &WaveformLoss{PreEmphasis: 0.85, Energy: 0.4}
	trainer := NewTrainer(net, Options{Waveform: w})
	got, err := trainer.gradients(sequences, false)
	require.NoError(t, err)
	want, targets := 0.0, 0
	for i := range sequences {
		s := sequences[i : i+1]
		r := newReplica(net)
		require.NoError(t, r.load(s))
		r.forward(false, dropout{})
		var errors []float64
		var mean, n float64
		for step, v := range s[0].Values {
			errors = append(errors, float64(r.outputs.row(step)[0])-float64(v))
		}
		for step, e := range errors {
			if math.IsNaN(e) {
				continue
			}
			before := e
			if step > 0 && !math.IsNaN(errors[step-1]) {
				before = errors[step-1]
			}
			want += math.Pow(e-0.85*before, 2) / 0.4
			mean, n = mean+e, n+1
		}
		want += mean * mean / n
		targets += int(n)
	}
	require.InEpsilon(t, want/float64(targets), got, 1e-6)
}

// The gradients equal finite differences of the loss.
func TestWaveformGradients(t *testing.T) {
	net, sequences := waveformNetwork(t)
	trainer := NewTrainer(net, Options{Waveform: &WaveformLoss{PreEmphasis: 0.85, Energy: 0.4}})
	_, err := trainer.gradients(sequences, false)
	require.NoError(t, err)
	const h = 1e-2
	checked := 0
	for k, parameter := range net.parameters {
		gradients := append([]float32(nil), trainer.replicas[0].grads[k].data...)
		for i := range parameter.data {
			if gradients[i] == 0 { // padding
				continue
			}
			loss := func(v float32) float64 {
				old := parameter.data[i]
				parameter.data[i] = v
				defer func() { parameter.data[i] = old }()
				l, err := NewTrainer(net, trainer.options).gradients(sequences, false)
				require.NoError(t, err)
				return l
			}
			v := parameter.data[i]
			want := (loss(v+h) - loss(v-h)) / (2 * h)
			require.InDelta(t, want, gradients[i], 2e-3+0.01*math.Abs(want), "%s %d", parameter.group, i)
			checked++
		}
	}
	require.Greater(t, checked, 50)
}

func TestWaveformLossIsOfOneNumberAStep(t *testing.T) {
	net, err := NewNetwork(Architecture{Task: format.TaskRegress, Cell: format.CellLSTM, InputSize: 1, HiddenSize: 3, Layers: 1, Outputs: 2}, 1)
	require.NoError(t, err)
	require.ErrorContains(t, (&Options{Waveform: &WaveformLoss{Energy: 1}}).check(net), "one linear output at every step")
}
