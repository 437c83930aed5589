package statedict_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
)

func graphOf(t *testing.T, arch string, tensors ...statedict.Tensor) (*network.Network, error) {
	t.Helper()
	a, err := statedict.ParseArchitecture([]byte(arch))
	require.NoError(t, err)
	return statedict.Network(tensors, a)
}

// nodeKinds returns the kinds of a graph's nodes.
func nodeKinds(g *format.Graph) (list []string) {
	for i := range g.Nodes {
		list = append(list, g.Nodes[i].Kind())
	}
	return list
}

// A module's tensors become the nodes that compute it, with PyTorch's weights.
func TestNodesOfModules(t *testing.T) {
	for name, tt := range map[string]struct {
		arch    string
		tensors []statedict.Tensor
		kinds   []string
	}{
		"a convolution, a batch normalization and a GRU": {
			`{"inputs": [{"name": "x", "channels": 3}], "nodes": [
				{"op": "conv1d", "module": "conv", "causal": true},
				{"op": "batchnorm", "module": "norm", "activation": "relu"},
				{"op": "gru", "module": "gru"}, {"op": "pool", "pool": "last"}, {"op": "linear", "module": "head"}]}`,
			[]statedict.Tensor{
				tensor("conv.weight", 4, 3, 5), tensor("conv.bias", 4),
				tensor("norm.weight", 4), tensor("norm.bias", 4), tensor("norm.running_mean", 4),
				{Name: "norm.running_var", DType: "F32", Shape: []int{4}, Data: []float32{1, 2, 3, 4}}, {Name: "norm.num_batches_tracked", DType: "I64"},
				tensor("gru.weight_ih_l0", 6, 4), tensor("gru.weight_hh_l0", 6, 2), tensor("gru.bias_ih_l0", 6), tensor("gru.bias_hh_l0", 6),
				tensor("head.weight", 5, 2), tensor("head.bias", 5),
			},
			[]string{"window", "conv", "constant", "binary", "constant", "binary", "map", "layer", "sequence pool", "layer"},
		},
		"groups, a depthwise convolution and its transpose": {
			`{"inputs": [{"name": "x", "frames": 6, "channels": 4}], "nodes": [
				{"op": "conv1d", "module": "groups", "groups": 2}, {"op": "conv1d", "module": "depthwise", "groups": 4, "padding": 1},
				{"op": "conv_transpose1d", "module": "up", "stride": 2, "padding": 1}]}`,
			[]statedict.Tensor{tensor("groups.weight", 4, 2, 3), tensor("depthwise.weight", 4, 1, 3), tensor("up.weight", 4, 2, 4), tensor("up.bias", 2)},
			[]string{"slice", "conv", "slice", "conv", "concat", "pad", "depthwise", "layer", "overlap-add", "slice", "constant", "binary"},
		},
		"norms, activations and shapes": {
			`{"inputs": [{"name": "x", "frames": 2, "channels": 4}], "nodes": [
				{"op": "layernorm", "module": "ln"}, {"op": "prelu", "module": "act"}, {"op": "gelu"},
				{"op": "slice", "name": "half", "count": 2}, {"op": "transpose"}, {"op": "reshape", "frames": 1, "channels": 4}, {"op": "l2norm", "name": "unit"},
				{"op": "max_pool", "name": "greatest", "inputs": "half"}, {"op": "concat", "inputs": ["unit", "greatest"], "name": "all"},
				{"op": "constant", "tensor": "given", "name": "c"}, {"op": "mul", "inputs": ["all", "c"]}]}`,
			[]statedict.Tensor{tensor("ln.weight", 4), tensor("ln.bias", 4), tensor("act.weight", 1), tensor("given", 6)},
			[]string{"norm", "prelu", "map", "slice", "transpose", "reshape", "norm", "frame pool", "concat", "constant", "binary"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := graphOf(t, tt.arch, tt.tensors...)
			require.NoError(t, err)
			require.Equal(t, tt.kinds, nodeKinds(n.Graph))
			m, err := n.Model()
			require.NoError(t, err)
			require.NoError(t, m.Validate())
		})
	}
}

// What is a stack in the form of a graph becomes a stack.
func TestNodesOfAStack(t *testing.T) {
	n, err := graphOf(t, `{"inputs": [{"name": "input", "channels": 3}], "nodes": [{"op": "gru", "module": "gru"}], "outputs": ["gru"]}`,
		tensor("gru.weight_ih_l0", 6, 3), tensor("gru.weight_hh_l0", 6, 2))
	require.NoError(t, err)
	m, err := n.Model()
	require.NoError(t, err)
	require.Nil(t, m.Graph)
	require.Len(t, m.Layers, 1)
}

// Tensors of another framework are put into PyTorch's form.
func TestEdits(t *testing.T) {
	keras := tensor("kernel", 3, 6) // [inputs][z r h]
	n, err := graphOf(t, `{
		"tensors": {
			"gru.weight_ih_l0": {"from": "kernel", "transpose": [1, 0], "gates": "zrh"},
			"gru.weight_hh_l0": {"from": "flat", "shape": [2, 6], "transpose": [1, 0], "gates": "zrh", "scale": 0.5},
			"gru.bias_ih_l0": {"from": "biases", "rows": [0, 6]}
		},
		"inputs": [{"name": "x", "channels": 3}], "nodes": [{"op": "gru", "module": "gru", "reset_before": true, "activation": "relu"}]}`,
		keras, tensor("flat", 12), tensor("biases", 12))
	require.NoError(t, err)
	l := n.Graph.Nodes[0].Op.(*format.Layer)
	p := l.Unpack(&l.Directions[0])
	const z, r = 0, 2 // first columns of the gates in the file
	for unit := range 2 {
		for k := range 3 {
			require.Equal(t, keras.Data[k*6+r+unit], p.WeightIH[unit*3+k], "r")
			require.Equal(t, keras.Data[k*6+z+unit], p.WeightIH[(2+unit)*3+k], "z")
			require.Equal(t, keras.Data[k*6+4+unit], p.WeightIH[(4+unit)*3+k], "n")
		}
	}
	flat := tensor("flat", 12).Data
	require.Equal(t, flat[0*6+r]/2, p.WeightHH[0])
	require.Equal(t, tensor("biases", 12).Data[:6], p.BiasIH)
	require.Equal(t, format.VariantResetBefore, l.Variant)
	require.Equal(t, format.ActivationReLU, l.Directions[0].Activations[1].Kind)
}

func TestNodesAreRefused(t *testing.T) {
	const input = `"inputs": [{"name": "x", "channels": 3}]`
	for name, tt := range map[string]struct {
		arch, want string
		tensors    []statedict.Tensor
	}{
		"no inputs":             {`{"nodes": [{"op": "tanh"}]}`, "the network's inputs are missing", nil},
		"an unknown op":         {`{` + input + `, "nodes": [{"op": "gru2"}]}`, `"gru2" is not one of`, nil},
		"a later node":          {`{` + input + `, "nodes": [{"op": "tanh", "inputs": "b"}, {"op": "tanh", "name": "b"}]}`, "neither an input nor a node above it", nil},
		"two of a name":         {`{` + input + `, "nodes": [{"op": "tanh", "name": "x"}]}`, "two inputs or nodes have this name", nil},
		"an unknown output":     {`{` + input + `, "nodes": [{"op": "tanh"}], "outputs": ["y"]}`, "not the name of a node", nil},
		"a missing tensor":      {`{` + input + `, "nodes": [{"op": "linear", "module": "fc"}]}`, `no tensor "fc.weight"`, nil},
		"a tensor left over":    {`{` + input + `, "nodes": [{"op": "tanh"}]}`, `no node reads "fc.weight"`, []statedict.Tensor{tensor("fc.weight", 2, 3)}},
		"another shape":         {`{` + input + `, "nodes": [{"op": "linear", "module": "fc"}]}`, "cannot read [1×3]", []statedict.Tensor{tensor("fc.weight", 2, 4)}},
		"a stack's keys":        {`{` + input + `, "nodes": [{"op": "tanh"}], "pool": "last"}`, "not beside nodes", nil},
		"another cell":          {`{` + input + `, "nodes": [{"op": "lstm", "module": "g"}]}`, "those of a GRU, not of lstm", []statedict.Tensor{tensor("g.weight_ih_l0", 6, 3), tensor("g.weight_hh_l0", 6, 2)}},
		"an edit of nothing":    {`{"tensors": {"a": {"from": "b"}}, ` + input + `, "nodes": [{"op": "tanh"}]}`, `no tensor "b"`, nil},
		"an edit of its shape":  {`{"tensors": {"a": {"from": "b", "shape": [5]}}, ` + input + `, "nodes": [{"op": "tanh"}]}`, "which is not [5]", []statedict.Tensor{tensor("b", 6)}},
		"unknown gates":         {`{"tensors": {"a": {"from": "b", "gates": "xyz"}}, ` + input + `, "nodes": [{"op": "tanh"}]}`, "are neither those", []statedict.Tensor{tensor("b", 6)}},
		"constants it has not":  {`{` + input + `, "nodes": [{"op": "tanh", "alpha": 2}]}`, `"alpha"`, nil},
		"two kinds of padding":  {`{` + input + `, "nodes": [{"op": "conv1d", "module": "c", "causal": true, "same": true}]}`, `one of "causal", "same" and "padding"`, []statedict.Tensor{tensor("c.weight", 2, 3, 3)}},
		"groups that do not go": {`{` + input + `, "nodes": [{"op": "conv1d", "module": "c", "groups": 3}]}`, "not those of 3 groups", []statedict.Tensor{tensor("c.weight", 4, 1, 3)}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := graphOf(t, tt.arch, tt.tensors...)
			var e *network.ImportError
			require.ErrorAs(t, err, &e)
			require.ErrorContains(t, err, tt.want)
		})
	}
}
