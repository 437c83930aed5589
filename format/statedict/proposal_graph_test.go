package statedict_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/pickle"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// proposed returns the architecture that the refusal of tensors shows.
func proposed(t *testing.T, tensors []statedict.Tensor) string {
	t.Helper()
	_, err := statedict.Network(tensors, nil)
	require.ErrorIs(t, err, network.ErrAmbiguous)
	_, text, found := strings.Cut(err.Error(), "for instance\n\n")
	require.True(t, found, "%v", err)
	text, _, _ = strings.Cut(text, "\n\n")
	return strings.TrimSpace(text)
}

// Modules that make no stack are proposed as nodes: each reads what has its size.
func TestProposedGraphs(t *testing.T) {
	require.JSONEq(t, `{"inputs": [{"name": "input", "channels": 3}], "nodes": [
		{"op": "conv1d", "module": "conv", "same": true, "activation": "none"},
		{"op": "batchnorm", "module": "norm", "activation": "none"},
		{"op": "prelu", "module": "act"},
		{"op": "gru", "module": "rnn.gru"},
		{"op": "layernorm", "module": "ln"},
		{"op": "concat", "name": "concat 5", "inputs": ["act", "rnn.gru", "ln"]},
		{"op": "linear", "module": "gains", "activation": "none"},
		{"op": "linear", "module": "vad", "inputs": "act"}],
		"outputs": ["gains", "vad"]}`,
		proposed(t, join(one(tensor("conv.weight", 4, 3, 5)), norm("norm.", 4), one(tensor("act.weight", 1)), rnn("rnn.gru.", 3, 4, 5),
			one(tensor("ln.weight", 5)), one(tensor("ln.bias", 5)), one(tensor("gains.weight", 2, 14)), one(tensor("vad.weight", 1, 4)))))
}

// A proposed architecture is one that is read, also if it is not yet the model's.
func TestProposalsAreRead(t *testing.T) {
	for _, name := range []string{"cnn-lstm", "conv-gru", "heads", "rnnoise-0.2"} {
		data, err := os.ReadFile(filepath.Join("../../testdata/recipes", name+".pt"))
		require.NoError(t, err)
		list, err := pickle.Read(data, "")
		require.NoError(t, err)
		a, err := statedict.ParseArchitecture([]byte(proposed(t, list)))
		require.NoError(t, err)
		n, err := statedict.Network(list, a)
		require.NoError(t, err, name)
		m, err := n.Model()
		require.NoError(t, err, name)
		require.NoError(t, m.Validate())
	}
}
