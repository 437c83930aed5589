package network_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// What follows upon an embedding can be in its table.
func TestFoldEmbedding(t *testing.T) {
	const tokens, size, width, units = 5, 3, 4, 2
	dense := func(name string, inputs, outputs int, bias bool, kind format.ActivationKind) network.Layer {
		l := network.NewDense(name, inputs, outputs, onnxtest.Random(name, inputs*outputs), nil)
		if bias {
			l.Directions[0].BiasIH = onnxtest.Random(name+"b", outputs)
		}
		l.Activation = kind.Default()
		return l
	}
	make := func(below ...network.Layer) *network.Network {
		inputs := size
		if len(below) > 0 {
			inputs = width
		}
		rnn := network.Layer{Cell: format.CellRNN, InputSize: inputs, HiddenSize: units, Directions: []network.Direction{{
			Plain: format.Plain{WeightIH: onnxtest.Random("w", units*inputs), WeightHH: onnxtest.Random("r", units*units)}}}}
		return &network.Network{Embedding: &format.Embedding{Tokens: tokens, Size: size, Table: onnxtest.Random("table", tokens*size)}, Layers: append(below, rnn)}
	}
	for _, c := range []struct {
		name   string
		n      *network.Network
		folded int
	}{
		{"nothing", make(), 0},
		{"a linear layer", make(dense("a", size, width, true, format.ActivationNone)), 1},
		{"two", make(dense("a", size, 6, false, format.ActivationReLU), dense("b", 6, width, true, format.ActivationReLU)), 2},
		{"another function", make(dense("a", size, width, true, format.ActivationTanh)), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := [][]float64{{4}, {0}, {2}, {2}}
			want := onnxtest.Evaluate(c.n, x)
			table := c.n.Embedding.Table
			layers := len(c.n.Layers)
			require.Equal(t, c.folded, c.n.FoldEmbedding())
			require.Len(t, c.n.Layers, layers-c.folded)
			require.NoError(t, c.n.Validate())
			require.Len(t, table, tokens*size, "the table itself is left as it is")
			got := onnxtest.Evaluate(c.n, x)
			for i := range want {
				require.InDeltaSlice(t, want[i], got[i], 1e-6)
			}
		})
	}
	numbers := make(dense("a", size, width, true, format.ActivationNone))
	numbers.Embedding = nil
	require.Zero(t, numbers.FoldEmbedding())
}
