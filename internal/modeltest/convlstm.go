package modeltest

import (
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format"
)

// ConvLSTM returns a graph of a kind that is common on devices: the input "x" with 3
// channels; a convolution over 4 of its steps, value 2; an LSTM, value 5; a dense layer,
// value 6, which is the output "y"; and beside it another dense layer, value 7, whose
// sigmoid is the output "active".
//
// factors are factors of channels. The weights are divided by them, since the inputs are
// meant to be larger by the same factors.
func ConvLSTM(seed uint64, factors ...float32) *format.Model {
	r := rand.New(rand.NewPCG(seed, 0xc0))
	const channels, kernel, features, units = 3, 2, 8, 12
	weight := uniform(r, features*channels*kernel, 0.5)
	for i := range weight {
		if len(factors) > 0 {
			weight[i] /= factors[i/kernel%channels]
		}
	}
	conv, err := format.PackConv(channels, features, kernel, 1, 1, weight, uniform(r, features, 0.5))
	if err != nil {
		panic(err)
	}
	lstm := Spec{Cell: format.CellLSTM, Input: 3 * features, Hidden: units, Seed: seed}.Model().Layers[0]
	dense := func(outputs int) *format.Layer {
		l := Spec{Variant: format.VariantTanh, Input: units, Below: outputs, Seed: seed + uint64(outputs)}.Model().Layers[0]
		return &l
	}
	m := &format.Model{InputSize: channels, Graph: &format.Graph{
		Inputs: []format.Input{{Name: "x", Frames: 1, Channels: channels}},
		Nodes: []format.Node{
			{Op: &format.Window{Before: 3}, Inputs: []int{0}},
			{Op: conv, Inputs: []int{1}},
			{Op: &format.Map{Function: format.Activation{Kind: format.ActivationReLU}}, Inputs: []int{2}},
			{Op: &format.Reshape{Frames: 1, Channels: 3 * features}, Inputs: []int{3}},
			{Op: &lstm, Inputs: []int{4}},
			{Op: dense(2), Inputs: []int{5}},
			{Op: dense(1), Inputs: []int{5}},
			{Op: &format.Map{Function: format.Activation{Kind: format.ActivationSigmoid}}, Inputs: []int{7}},
		},
		Outputs: []format.Port{{Name: "y", Value: 6}, {Name: "active", Value: 8}},
	}}
	if err := m.Validate(); err != nil {
		panic(err)
	}
	return m
}
