package network_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"rnnrun/format/network"
)

// What a .rnn file cannot hold is refused by the name of layer and feature.
func TestModelRefusesWhatTheFormatLacks(t *testing.T) {
	first := func(n *network.Network) *network.Layer { return &n.Layers[0] }
	for _, c := range []struct {
		name    string
		change  func(n *network.Network)
		message string
	}{
		{"reverse", func(n *network.Network) { first(n).Reverse = true }, "layer 0 (rnn): a single direction that is reverse"},
		{"projection", func(n *network.Network) {
			l := first(n)
			l.ProjectionSize = 1
			l.Directions[0].WeightHH, l.Directions[0].Projection = numbers(12), numbers(3)
			n.Layers[1] = dense(1, 1)
		}, "layer 0 (rnn): a projection of the state (proj_size)"},
		{"coupled gate", func(n *network.Network) { first(n).InputForget = true }, "a coupled forget gate (input_forget)"},
		{"clip", func(n *network.Network) { first(n).Clip = 3 }, "a bound of the sums (clip)"},
		{"peepholes", func(n *network.Network) { first(n).Directions[0].Peephole = numbers(9) }, "peepholes"},
		{"activation of a gate", func(n *network.Network) {
			first(n).Directions[0].Activations = []network.Activation{network.HardSigmoid.Default(), {Kind: network.Tanh}, {Kind: network.Tanh}}
		}, "the activation HardSigmoid"},
		{"a dense layer below", func(n *network.Network) { n.Layers = append([]network.Layer{dense(2, 2)}, n.Layers...) },
			"layer 0 (linear): a dense layer that is not the last layer"},
		{"activation of the head", func(n *network.Network) { n.Layers[1].Activation.Kind = network.Relu }, "layer 1 (linear): the activation Relu of a dense layer"},
		{"softmax without a head", func(n *network.Network) { n.Layers, n.Output = n.Layers[:1], network.OutputSoftmax }, "layer 0 (rnn): softmax of the outputs of a recurrent layer"},
		{"log-softmax", func(n *network.Network) { n.Output = network.OutputLogSoftmax }, "the output log-softmax"},
		{"argmax", func(n *network.Network) { n.Output = network.OutputArgMax }, "the output argmax"},
		{"skip", func(n *network.Network) { n.Layers[1], n.Skip = dense(3, 2), true }, "a connection that adds the inputs to the outputs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := network.Network{Layers: []network.Layer{recurrent(network.LSTM, 2, 3, 1), dense(3, 1)}}
			c.change(&n)
			require.NoError(t, n.Validate(), "the network is sound")
			_, err := n.Model()
			require.ErrorIs(t, err, network.ErrUnsupported)
			require.ErrorContains(t, err, c.message)
		})
	}
}
