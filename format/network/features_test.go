package network_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// What a network may be beyond plain cells and a head is in the model.
func TestModelHoldsEveryFeature(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(n *network.Network)
		check  func(t *testing.T, m *format.Model)
	}{
		{"reverse", func(n *network.Network) { n.Layers[0].Reverse = true }, func(t *testing.T, m *format.Model) {
			require.True(t, m.Layers[0].Reverse)
		}},
		{"projection", func(n *network.Network) {
			l := &n.Layers[0]
			l.ProjectionSize = 1
			l.Directions[0].WeightHH, l.Directions[0].Projection, l.Directions[0].H0 = numbers(12), numbers(3), numbers(1)
			l.Directions[0].C0 = numbers(3)
			n.Layers[1] = dense(1, 1)
		}, func(t *testing.T, m *format.Model) {
			l := &m.Layers[0]
			require.Equal(t, 1, l.ProjectionSize)
			require.Equal(t, numbers(3), l.Unpack(&l.Directions[0]).Projection)
			require.Equal(t, append(numbers(1), make([]float32, 7)...), l.Directions[0].H0)
			require.Equal(t, append(numbers(3), make([]float32, 5)...), l.Directions[0].C0)
		}},
		{"coupled gate", func(n *network.Network) { n.Layers[0].InputForget = true }, func(t *testing.T, m *format.Model) {
			require.True(t, m.Layers[0].InputForget)
		}},
		{"clip", func(n *network.Network) { n.Layers[0].Clip = 3 }, func(t *testing.T, m *format.Model) {
			require.Equal(t, float32(3), m.Layers[0].Clip)
		}},
		{"peepholes", func(n *network.Network) { n.Layers[0].Directions[0].Peephole = numbers(9) }, func(t *testing.T, m *format.Model) {
			l := &m.Layers[0]
			require.Equal(t, numbers(9), l.Unpack(&l.Directions[0]).Peephole)
		}},
		{"activations of gates", func(n *network.Network) {
			n.Layers[0].Directions[0].Activations = []format.Activation{format.ActivationHardSigmoid.Default(), {Kind: format.ActivationTanh, Alpha: 5}, {Kind: format.ActivationReLU}}
		}, func(t *testing.T, m *format.Model) {
			require.Equal(t, []format.Activation{{Kind: format.ActivationHardSigmoid, Alpha: 0.2, Beta: 0.5}, {Kind: format.ActivationTanh}, {Kind: format.ActivationReLU}},
				m.Layers[0].Directions[0].Activations, "without constants that tanh does not have")
		}},
		{"the cell's own activations", func(n *network.Network) {
			n.Layers[0].Directions[0].Activations = format.CellLSTM.Activations(format.VariantStandard)
		}, func(t *testing.T, m *format.Model) {
			require.Nil(t, m.Layers[0].Directions[0].Activations)
		}},
		{"an RNN of two activations", func(n *network.Network) {
			l := recurrent(format.CellRNN, 2, 3, 2)
			l.Directions[0].Activations = []format.Activation{{Kind: format.ActivationReLU}}
			n.Layers = []network.Layer{l}
		}, func(t *testing.T, m *format.Model) {
			require.Equal(t, format.VariantTanh, m.Layers[0].Variant)
			require.Equal(t, []format.Activation{{Kind: format.ActivationReLU}}, m.Layers[0].Directions[0].Activations)
			require.Nil(t, m.Layers[0].Directions[1].Activations)
		}},
		{"a dense layer below", func(n *network.Network) {
			below := dense(2, 2)
			below.Activation = format.ActivationLeakyReLU.Default()
			n.Layers = append([]network.Layer{below}, n.Layers...)
		}, func(t *testing.T, m *format.Model) {
			l := &m.Layers[0]
			require.Equal(t, format.CellDense, l.Cell)
			require.Equal(t, []format.Activation{{Kind: format.ActivationLeakyReLU, Alpha: 0.01}}, l.Directions[0].Activations)
			p := l.Unpack(&l.Directions[0])
			require.Equal(t, numbers(4), p.WeightIH)
			require.Equal(t, numbers(2), p.BiasIH)
			require.NotNil(t, m.Head)
		}},
		{"activation of the last layer", func(n *network.Network) {
			n.Layers[1].Activation.Kind, n.Output = format.ActivationReLU, format.OutputSoftmax
		}, func(t *testing.T, m *format.Model) {
			require.Nil(t, m.Head)
			require.Equal(t, format.CellDense, m.Layers[1].Cell)
			require.Equal(t, format.OutputSoftmax, m.Output)
		}},
		{"sigmoid and skip", func(n *network.Network) {
			n.Layers[1], n.Skip = dense(3, 2), true
			n.Layers[1].Activation.Kind = format.ActivationSigmoid
		}, func(t *testing.T, m *format.Model) {
			require.True(t, m.Skip)
			require.Equal(t, format.OutputLinear, m.Output)
			require.Equal(t, []format.Activation{{Kind: format.ActivationSigmoid}}, m.Layers[1].Directions[0].Activations)
		}},
		{"softmax without a head", func(n *network.Network) { n.Layers, n.Output = n.Layers[:1], format.OutputSoftmax }, func(t *testing.T, m *format.Model) {
			require.Equal(t, format.OutputSoftmax, m.Output)
		}},
		{"log-softmax", func(n *network.Network) { n.Output = format.OutputLogSoftmax }, func(t *testing.T, m *format.Model) {
			require.Equal(t, format.OutputLogSoftmax, m.Output)
		}},
		{"argmax with labels", func(n *network.Network) {
			n.Layers[1], n.Output, n.Labels = dense(3, 2), format.OutputArgMax, []string{"a", "b"}
		}, func(t *testing.T, m *format.Model) {
			require.Equal(t, format.OutputArgMax, m.Output)
			require.Equal(t, []string{"a", "b"}, m.Labels)
			require.Equal(t, 1, m.OutputSize())
		}},
		{"a dense layer alone", func(n *network.Network) { n.Layers = []network.Layer{dense(2, 1)} }, func(t *testing.T, m *format.Model) {
			require.Nil(t, m.Head)
			require.Len(t, m.Layers, 1)
		}},
		{"last output, forward", func(n *network.Network) { n.Pool = format.PoolLastOutput }, func(t *testing.T, m *format.Model) {
			require.Equal(t, format.PoolLast, m.Pool, "it is the same")
		}},
		{"last output of two directions", func(n *network.Network) {
			n.Layers, n.Pool = []network.Layer{recurrent(format.CellGRU, 2, 3, 2), dense(6, 1)}, format.PoolLastOutput
		}, func(t *testing.T, m *format.Model) {
			require.Equal(t, format.PoolLastOutput, m.Pool)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := network.Network{Layers: []network.Layer{recurrent(format.CellLSTM, 2, 3, 1), dense(3, 1)}}
			c.change(&n)
			m, err := n.Model()
			require.NoError(t, err)
			c.check(t, m)
		})
	}
}
