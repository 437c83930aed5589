package network_test

import (
	"cmp"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// numbers returns n different numbers.
func numbers(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i+1) / 64
	}
	return v
}

// recurrent returns a layer of the kind with in inputs, h units and n directions.
func recurrent(k format.Cell, in, h, n int) network.Layer {
	l := network.Layer{Name: "rnn", Cell: k, InputSize: in, HiddenSize: h}
	g := k.Gates()
	for range n {
		l.Directions = append(l.Directions, network.Direction{Plain: format.Plain{
			WeightIH: numbers(g * h * in), WeightHH: numbers(g * h * h),
			BiasIH: numbers(g * h), BiasHH: numbers(g * h),
		}})
	}
	return l
}

func dense(in, out int) network.Layer {
	return network.NewDense("linear", in, out, numbers(in*out), numbers(out))
}

func TestModelKeepsEveryNumber(t *testing.T) {
	for _, k := range []format.Cell{format.CellRNN, format.CellLSTM, format.CellGRU} {
		for _, variant := range append(k.Variants(), 0) {
			for _, directions := range []int{1, 2} {
				top := recurrent(k, 3*directions, 5, directions)
				top.Variant = variant
				top.Directions[0].BiasHH = nil
				top.Directions[0].H0 = numbers(5)
				n := network.Network{
					Layers: []network.Layer{recurrent(k, 2, 3, directions), top, dense(5*directions, 4)},
					Pool:   format.PoolLast, Output: format.OutputSoftmax,
					Task: format.TaskClassify, Labels: []string{"a", "b", "c", "d"},
				}
				m, err := n.Model()
				require.NoError(t, err)
				require.Equal(t, 2, m.InputSize)
				require.Len(t, m.Layers, 2)
				require.Equal(t, cmp.Or(variant, k.DefaultVariant()), m.Layers[1].Variant)
				for d := range directions {
					p := m.Layers[1].Unpack(&m.Layers[1].Directions[d])
					require.Equal(t, top.Directions[d].WeightIH, p.WeightIH)
					require.Equal(t, top.Directions[d].WeightHH, p.WeightHH)
				}
				require.Equal(t, append(numbers(5), 0, 0, 0), m.Layers[1].Directions[0].H0)
				weight, bias := m.Head.Unpack()
				require.Equal(t, numbers(5*directions*4), weight)
				require.Equal(t, numbers(4), bias)
				require.Equal(t, format.OutputSoftmax, m.Output)
				require.Equal(t, n.Labels, m.Labels)
			}
		}
	}
}

func TestModelOfReluAndSigmoid(t *testing.T) {
	l := recurrent(format.CellRNN, 2, 3, 1)
	l.Directions[0].Activations = []format.Activation{{Kind: format.ActivationReLU}}
	head := dense(3, 1)
	head.Activation = format.Activation{Kind: format.ActivationSigmoid}
	n := network.Network{Layers: []network.Layer{l, head}}
	m, err := n.Model()
	require.NoError(t, err)
	require.Equal(t, format.VariantReLU, m.Layers[0].Variant)
	require.Equal(t, format.OutputSigmoid, m.Output)
}

// What does not fit together is refused, and named.
func TestValidateRefuses(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(n *network.Network)
		message string
	}{
		{"no layers", func(n *network.Network) { n.Layers = nil }, "0 layers, want 1 to 1024"},
		{"a gap", func(n *network.Network) { n.Layers[1].InputSize = 4 }, "layer 1 (linear): 4 inputs, but what it reads has 3"},
		{"short weights", func(n *network.Network) { n.Layers[0].Directions[0].WeightIH = numbers(5) },
			"layer 0 (rnn): 5 input weights, but a LSTM of 2 inputs, 3 units and a projection to 0 has 24"},
		{"an empty bias", func(n *network.Network) { n.Layers[0].Directions[0].BiasIH = []float32{} }, "0 input biases"},
		{"dense with state weights", func(n *network.Network) { n.Layers[1].Directions[0].WeightHH = numbers(9) }, "9 state weights"},
		{"dense with two biases", func(n *network.Network) { n.Layers[1].Directions[0].BiasHH = numbers(1) }, "1 state biases"},
		{"infinite", func(n *network.Network) { n.Layers[1].Directions[0].BiasIH[0] = float32(math.Inf(1)) }, "layer 1 (linear): +Inf as number 0 of the input biases"},
		{"no directions", func(n *network.Network) { n.Layers[0].Directions = nil }, "a LSTM of 0 directions"},
		{"over-large", func(n *network.Network) { n.Layers[0].HiddenSize = 1 << 30 }, "1073741824 units"},
		{"peepholes of a GRU", func(n *network.Network) {
			n.Layers[0] = recurrent(format.CellGRU, 2, 3, 1)
			n.Layers[0].Directions[0].Peephole = numbers(9)
		}, "9 peepholes"},
		{"skip", func(n *network.Network) { n.Skip, n.Layers[1] = true, dense(3, 3) }, "it has 2 inputs for 3 outputs"},
		{"labels", func(n *network.Network) { n.Labels = []string{"a", "b"} }, "2 labels for 1 output"},
		{"unknown kind", func(n *network.Network) { n.Layers[0].Cell = 9 }, "the unknown cell 9"},
		{"too few activations", func(n *network.Network) { n.Layers[0].Directions[0].Activations = []format.Activation{{}} }, "1 activation of a direction of a LSTM"},
		{"embedding", func(n *network.Network) { n.Embedding = &format.Embedding{Tokens: 4, Size: 2} }, "4 tokens and 2 features with 0 numbers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := network.Network{Layers: []network.Layer{recurrent(format.CellLSTM, 2, 3, 1), dense(3, 1)}}
			c.change(&n)
			_, err := n.Model()
			require.ErrorIs(t, err, network.ErrInvalid)
			require.ErrorContains(t, err, c.message)
		})
	}
}
