package statedict_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// Any architecture beside any tensors gives a network, of which a model is made that is
// valid, or a typed error.
func FuzzArchitecture(f *testing.F) {
	for _, seed := range []string{
		`{"modules": [{"name": "gru", "h0": "h0"}, {"name": "fc"}], "pool": "last", "ignore": ["c*", "n*", "flat", "emb*", "act*"]}`,
		`{"inputs": [{"name": "x", "frames": 2, "channels": 3}], "nodes": [{"op": "conv1d", "module": "c", "same": true, "stride": 2, "activation": "elu", "alpha": 0.5},
			{"op": "batchnorm", "module": "n", "eps": 1e-3}, {"op": "slice", "count": 3}, {"op": "gru", "module": "gru", "h0": "h0", "reset_before": true, "activation": "relu", "recurrent_activation": "hardsigmoid"},
			{"op": "pool", "pool": "attention", "inputs": ["gru", "one"]}, {"op": "linear", "module": "fc"}], "outputs": ["fc"]}`,
		`{"tensors": {"w.weight": {"from": ["flat", "fc.weight"], "range": [0, 6], "shape": [2, -1], "transpose": [1, 0], "rows": [0, 2], "columns": [0, 2], "scale": 2},
			"b": {"from": "w.weight", "shape": [-1], "gates": "ifco", "forget": 1}}, "prefix": "", "inputs": [{"name": "t", "tokens": 5}],
			"nodes": [{"op": "embedding", "module": "emb"}, {"op": "conv_transpose1d", "module": "c", "carry": true}, {"op": "window", "before": 3, "after": 1}, {"op": "pad", "mode": "reflect", "before": 1},
			{"op": "max_pool", "kernel": 2, "padding": 1}, {"op": "prelu", "module": "act"}, {"op": "reshape", "frames": 3, "channels": 2}, {"op": "matmul", "inputs": ["emb", "emb"], "transposed": true}]}`,
		`{"inputs": [{"name": "x", "channels": 3}], "nodes": [{"op": "gru", "module": "gru", "gates": [[{"function": "hardsigmoid", "alpha": 0.2}, {"function": "none"}]], "clip": 2},
			{"op": "pad", "before": 1, "mode": "lowest"}], "normalization": {"mean": "c.bias", "scale": "c.bias"}, "skip": true}`,
	} {
		f.Add([]byte(seed), uint8(2))
	}
	f.Fuzz(func(t *testing.T, arch []byte, size uint8) {
		n := int(size%5) + 1
		list := slices.Concat(rnn("gru.", 3, 3, n), norm("n.", n), []statedict.Tensor{
			tensor("fc.weight", 2, n), tensor("fc.bias", 2), tensor("c.weight", 4, 3, n), tensor("c.bias", 4), tensor("emb.weight", 5, n),
			tensor("flat", 6*n), tensor("act.weight", 1), tensor("h0", 1, n), {Name: "steps", DType: "I64"},
		})
		a, err := statedict.ParseArchitecture(arch)
		var built *network.Network
		if err == nil {
			built, err = statedict.Network(list, a)
		}
		if err == nil {
			m, err := built.Model()
			if err == nil {
				require.NoError(t, m.Validate())
			}
			return
		}
		var typed *network.ImportError
		var invalid *network.Error
		require.True(t, errors.As(err, &typed) || errors.As(err, &invalid), "%v", err)
		require.Less(t, len(err.Error()), 1<<13)
	})
}
