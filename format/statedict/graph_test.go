package statedict_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/runtime"
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
			[]string{"window", "conv", "map", "layer", "sequence pool", "layer"},
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

// A batch normalization is taken into the layer that it alone reads. Otherwise it is a
// product and a sum.
func TestFoldedNormalizations(t *testing.T) {
	const layer, alone = `{"op": "linear", "module": "fc"}`, `{"op": "batchnorm", "module": "n"}`
	list := join(norm("n.", 2), one(tensor("fc.weight", 2, 2)), one(tensor("fc.bias", 2)))
	run := func(nodes, outputs string) (kinds []string, y []float32) {
		n, err := graphOf(t, `{"inputs": [{"name": "x", "channels": 2}], "nodes": [`+nodes+`], "outputs": [`+outputs+`]}`, list...)
		require.NoError(t, err)
		m, err := n.Model()
		require.NoError(t, err)
		model, err := runtime.New(m)
		require.NoError(t, err)
		defer model.Close()
		y, err = model.NewSession().Step([]float32{1, -2})
		require.NoError(t, err)
		return nodeKinds(n.Graph), slices.Clone(y[:2])
	}
	folded, want := run(layer+`,`+alone, `"n"`)
	require.Equal(t, []string{"layer"}, folded)
	apart := []string{"layer", "constant", "binary", "constant", "binary"}
	for name, tt := range map[string]struct{ nodes, outputs string }{
		"the layer is an output": {layer + `,` + alone, `"n", "fc"`},
		"another reads it":       {layer + `,` + alone + `, {"op": "add", "name": "sum", "inputs": ["n", "fc"]}`, `"n", "sum"`},
	} {
		kinds, y := run(tt.nodes, tt.outputs)
		require.Equal(t, apart, kinds[:5], name)
		require.InDeltaSlice(t, want, y, 1e-6, name)
	}
	kinds, _ := run(`{"op": "linear", "module": "fc", "activation": "relu"},`+alone, `"n"`)
	require.Equal(t, apart, kinds, "a function stands between")
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

// The last step of a recurrent module is h_n, as in a stack: of the reverse direction it
// is the first step.
func TestPoolsOfModules(t *testing.T) {
	gru := []statedict.Tensor{tensor("gru.weight_ih_l0", 6, 3), tensor("gru.weight_hh_l0", 6, 2)}
	both := append(gru[:2:2], tensor("gru.weight_ih_l0_reverse", 6, 3), tensor("gru.weight_hh_l0_reverse", 6, 2))
	for _, tt := range []struct {
		keys    string
		pool    string
		tensors []statedict.Tensor
		want    format.Pool
	}{
		{"", "last", gru, format.PoolLast},
		{"", "last_output", gru, format.PoolLast},
		{`, "reverse": true`, "last", gru, format.PoolLast},
		{`, "reverse": true`, "last_output", gru, format.PoolLastOutput},
		{"", "last", both, format.PoolLast},
		{"", "last_output", both, format.PoolLastOutput},
		{"", "max", both, format.PoolMax},
	} {
		n, err := graphOf(t, `{"inputs": [{"name": "input", "channels": 3}], "nodes": [{"op": "gru", "module": "gru"`+tt.keys+`}, {"op": "pool", "name": "output", "pool": "`+tt.pool+`"}], "outputs": ["output"]}`, tt.tensors...)
		require.NoError(t, err)
		m, err := n.Model()
		require.NoError(t, err)
		require.Nil(t, m.Graph, "it is a stack")
		require.Equal(t, tt.want, m.Pool, "%s %s", tt.keys, tt.pool)
	}
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

// Tensors are made of several of the file, of ranges of one, and of made ones.
func TestEditsJoinAndChain(t *testing.T) {
	list := tensor("all", 26)
	n, err := graphOf(t, `{
		"prefix": "model",
		"tensors": {
			"head.weight": {"from": ["up", "down"], "transpose": [1, 0]},
			"lstm.weight_ih_l0": {"from": "all", "range": [0, 12], "shape": [4, 3], "columns": [0, 2]},
			"lstm.weight_hh_l0": {"from": "all", "range": [0, 12], "shape": [4, 3], "columns": [2, 3]},
			"by gate": {"from": "all", "range": [12, 16], "shape": [1, -1], "transpose": [1, 0]},
			"lstm.bias_ih_l0": {"from": "by gate", "shape": [4], "gates": "icfo", "forget": 10}
		},
		"inputs": [{"name": "x", "channels": 2}],
		"nodes": [{"op": "lstm", "module": "lstm"}, {"op": "linear", "module": "head"}], "ignore": ["step*"]}`,
		tensor("other.weight", 3), statedict.Tensor{Name: "model.all", DType: "F32", Shape: []int{26}, Data: list.Data}, tensor("model.up", 1, 1), tensor("model.down", 1, 2), tensor("model.steps", 1), tensor("model.step", 1))
	require.NoError(t, err)
	l := n.Graph.Nodes[0].Op.(*format.Layer)
	p := l.Unpack(&l.Directions[0])
	d := list.Data
	require.Equal(t, []float32{d[0], d[1], d[3], d[4], d[6], d[7], d[9], d[10]}, p.WeightIH)
	require.Equal(t, []float32{d[2], d[5], d[8], d[11]}, p.WeightHH)
	require.Equal(t, []float32{d[12], d[14] + 10, d[13], d[15]}, p.BiasIH)
	head := n.Graph.Nodes[1].Op.(*format.Layer)
	up, down := tensor("", 1, 1).Data, tensor("", 1, 2).Data
	require.Equal(t, append(up, down...), head.Unpack(&head.Directions[0]).WeightIH)
}

func TestEditsAreRefused(t *testing.T) {
	for edits, want := range map[string]string{
		`"a": {"from": []}`:                                          `"from" names no tensor`,
		`"a": {"from": "bb"}`:                                        `the file has no tensor "bb"`,
		`"a": {"from": "kernle"}`:                                    `the file has no tensor "kernle"; did you mean kernel?`,
		`"a": {"from": "a"}`:                                         `the file has no tensor "a"`,
		`"a": {"from": "b"}, "b": {"from": "a"}`:                     "it would be made from itself",
		`"b": {"from": "kernel"}, "bias": {"from": "kernel"}`:        "a tensor of this name from which no tensor is made",
		`"a": {"from": "kernel", "range": [0, 9]}`:                   "it has 6 numbers, and no range [0 9]",
		`"a": {"from": "kernel", "range": [2, 2]}`:                   "no range [2 2]",
		`"a": {"from": "kernel", "shape": [3, 3]}`:                   "its shape is [2 3], which is not [3 3]",
		`"a": {"from": "kernel", "shape": [-1, 4]}`:                  "which is not [-1 4]",
		`"a": {"from": "kernel", "shape": [-1, 0]}`:                  "which is not [-1 0]",
		`"a": {"from": "kernel", "rows": [1, 3]}`:                    "no rows [1 3]",
		`"a": {"from": "kernel", "columns": [-1, 2]}`:                "no columns [-1 2]",
		`"a": {"from": "kernel", "columns": [1]}`:                    "no columns [1]",
		`"a": {"from": "kernel", "transpose": [0, 0]}`:               "cannot be put in the order [0 0]",
		`"a": {"from": ["kernel", "bias"]}`:                          `"bias" of shape [2] cannot be joined to "kernel" of shape [2 3]`,
		`"a": {"from": "bias", "gates": "ifgo"}`:                     "not those of 4 gates",
		`"a": {"from": "kernel", "forget": 1}`:                       `"forget" needs the bias of an LSTM`,
		`"a": {"from": "steps"}`:                                     "want numbers",
		`"a": {"from": "kernel", "transposed": [1, 0]}`:              "did you mean transpose?",
		`"a": {"from": "kernel", "range": [0, 2], "shape": [-1,-2]}`: "which is not [-1 -2]",
	} {
		t.Run(edits, func(t *testing.T) {
			a, err := statedict.ParseArchitecture([]byte(`{"tensors": {` + edits + `}, "inputs": [{"name": "x", "channels": 3}], "nodes": [{"op": "tanh"}]}`))
			if err == nil {
				_, err = statedict.Network([]statedict.Tensor{tensor("kernel", 2, 3), tensor("bias", 2), {Name: "steps", DType: "I64"}}, a)
			}
			require.ErrorIs(t, err, network.ErrArchitecture)
			require.ErrorContains(t, err, want)
		})
	}
	for arch, want := range map[string]string{
		`{"prefix": "modl", "nodes": [{"op": "tanh"}]}`:        "did you mean model?",
		`{"ignore": ["modl.bias"], "nodes": [{"op": "tanh"}]}`: "no tensor of this name; did you mean model.bias?",
		`{"ignore": ["model.w*"], "nodes": [{"op": "tanh"}]}`:  "no tensor of this name",
	} {
		_, err := graphOf(t, arch, tensor("model.bias", 2))
		require.ErrorIs(t, err, network.ErrArchitecture)
		require.ErrorContains(t, err, want)
	}
}

func TestNodesAreRefused(t *testing.T) {
	const input = `"inputs": [{"name": "x", "channels": 3}]`
	for name, tt := range map[string]struct {
		arch, want string
		tensors    []statedict.Tensor
	}{
		"no inputs":             {`{"nodes": [{"op": "tanh"}]}`, "the network's inputs are missing", nil},
		"an unknown op":         {`{` + input + `, "nodes": [{"op": "gru2"}]}`, `"gru2" is not one of`, nil},
		"an op like another":    {`{` + input + `, "nodes": [{"op": "sigmoi"}]}`, `did you mean sigmoid?`, nil},
		"a key of another op":   {`{` + input + `, "nodes": [{"op": "linear", "module": "fc", "stride": 2}]}`, `the op linear does not have "stride"`, []statedict.Tensor{tensor("fc.weight", 2, 3)}},
		"a constant of nothing": {`{` + input + `, "nodes": [{"op": "linear", "module": "fc", "alpha": 2}]}`, `the op linear does not have "alpha"`, []statedict.Tensor{tensor("fc.weight", 2, 3)}},
		"two activations":       {`{` + input + `, "nodes": [{"op": "tanh", "activation": "relu"}]}`, `the op tanh does not have "activation"`, nil},
		"too many inputs":       {`{` + input + `, "nodes": [{"op": "tanh", "name": "t"}, {"op": "gru", "module": "g", "inputs": ["x", "t", "t"]}]}`, `it reads 2 values, but "inputs" has 3`, nil},
		"too few inputs":        {`{` + input + `, "nodes": [{"op": "add"}]}`, `it reads 2 values`, nil},
		"an input like another": {`{"inputs": [{"name": "features", "channels": 3}], "nodes": [{"op": "tanh", "inputs": "feature"}]}`, `did you mean features?`, nil},
		"a module like another": {`{` + input + `, "nodes": [{"op": "linear", "module": "haed"}]}`, `did you mean head.weight?`, []statedict.Tensor{tensor("head.weight", 2, 3)}},
		"an activation unknown": {`{` + input + `, "nodes": [{"op": "exp", "activation": "tanhh"}, {"op": "linear", "module": "fc", "activation": "tanhh"}]}`, `the op exp does not have "activation"`, nil},
		"another activation":    {`{` + input + `, "nodes": [{"op": "linear", "module": "fc", "activation": "tanhh"}]}`, `did you mean tanh?`, []statedict.Tensor{tensor("fc.weight", 2, 3)}},
		"a norm of one channel": {`{` + input + `, "nodes": [{"op": "batchnorm", "module": "n"}]}`, `of 1 channel, but reads 1×3`, []statedict.Tensor{tensor("n.running_mean", 1), {Name: "n.running_var", DType: "F32", Shape: []int{1}, Data: []float32{1}}}},
		"a node for nothing":    {`{` + input + `, "nodes": [{"op": "tanh", "name": "idle"}, {"op": "tanh", "inputs": "x"}]}`, `nothing reads "idle"`, nil},
		"an input for nothing":  {`{"inputs": [{"name": "x", "channels": 3}, {"name": "y", "channels": 3}], "nodes": [{"op": "tanh", "inputs": "x"}]}`, `nothing reads "y"`, nil},
		"no nodes":              {`{` + input + `}`, `there are none`, []statedict.Tensor{tensor("g.weight_ih_l0", 6, 3), tensor("g.weight_hh_l0", 6, 2)}},
		"a later node":          {`{` + input + `, "nodes": [{"op": "tanh", "inputs": "b"}, {"op": "tanh", "name": "b"}]}`, "neither an input nor a node above it", nil},
		"two of a name":         {`{` + input + `, "nodes": [{"op": "tanh", "name": "x"}]}`, "two inputs or nodes have this name", nil},
		"an unknown output":     {`{` + input + `, "nodes": [{"op": "tanh"}], "outputs": ["y"]}`, "not the name of a node", nil},
		"a missing tensor":      {`{` + input + `, "nodes": [{"op": "linear", "module": "fc"}]}`, `no tensor "fc.weight"`, nil},
		"a tensor left over":    {`{` + input + `, "nodes": [{"op": "tanh"}]}`, `no node reads "fc.weight"`, []statedict.Tensor{tensor("fc.weight", 2, 3)}},
		"another shape":         {`{` + input + `, "nodes": [{"op": "linear", "module": "fc"}]}`, "cannot read [1×3]", []statedict.Tensor{tensor("fc.weight", 2, 4)}},
		"a stack's keys":        {`{` + input + `, "nodes": [{"op": "tanh"}], "pool": "last"}`, "leave them out beside \"nodes\"", nil},
		"another cell":          {`{` + input + `, "nodes": [{"op": "lstm", "module": "g"}]}`, "those of a GRU, not of lstm", []statedict.Tensor{tensor("g.weight_ih_l0", 6, 3), tensor("g.weight_hh_l0", 6, 2)}},
		"an edit of nothing":    {`{"tensors": {"a": {"from": "b"}}, ` + input + `, "nodes": [{"op": "tanh"}]}`, `no tensor "b"`, nil},
		"an edit of its shape":  {`{"tensors": {"a": {"from": "b", "shape": [5]}}, ` + input + `, "nodes": [{"op": "tanh"}]}`, "which is not [5]", []statedict.Tensor{tensor("b", 6)}},
		"unknown gates":         {`{"tensors": {"a": {"from": "b", "gates": "xyz"}}, ` + input + `, "nodes": [{"op": "tanh"}]}`, "are neither those", []statedict.Tensor{tensor("b", 6)}},
		"constants it has not":  {`{` + input + `, "nodes": [{"op": "tanh", "alpha": 2}]}`, `"alpha"`, nil},
		"two kinds of padding":  {`{` + input + `, "nodes": [{"op": "conv1d", "module": "c", "causal": true, "same": true}]}`, `"causal", "same" and "padding" exclude each other`, []statedict.Tensor{tensor("c.weight", 2, 3, 3)}},
		"channels left over":    {`{` + input + `, "nodes": [{"op": "conv1d", "module": "c", "groups": 2}]}`, "reads 2 groups of 1 channel, but it reads 1×3", []statedict.Tensor{tensor("c.weight", 4, 1, 1)}},
		"a norm of integers":    {`{` + input + `, "nodes": [{"op": "batchnorm", "module": "n"}]}`, "has floating-point numbers", []statedict.Tensor{{Name: "n.weight", DType: "I64", Shape: []int{3}}, tensor("n.running_mean", 3), tensor("n.running_var", 3)}},
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
