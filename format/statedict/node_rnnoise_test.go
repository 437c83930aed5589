package statedict_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/statedict"
)

// A mask is that of each layer of a module, and goes into a description and back. A layer
// without one, above one that has it, is a module of its own.
func TestMasksOfRecurrentModules(t *testing.T) {
	const arch = `{"inputs": [{"name": "samples", "frames": 480, "channels": 1}], "nodes": [
		{"op": "rnnoise_analysis", "name": "heard"},
		{"op": "slice", "name": "features", "count": 42},
		{"op": "slice", "name": "active", "inputs": "heard", "start": 42, "count": 1},
		{"op": "gru", "module": "deep", "inputs": ["features", "active"]},
		{"op": "gru", "module": "bare"},
		{"op": "rnnoise_synthesis", "name": "clean", "inputs": ["heard", "bare"]}]}`
	tensors := []statedict.Tensor{
		tensor("deep.weight_ih_l0", 66, 42), tensor("deep.weight_hh_l0", 66, 22), tensor("deep.weight_ih_l1", 66, 22), tensor("deep.weight_hh_l1", 66, 22),
		tensor("bare.weight_ih_l0", 66, 22), tensor("bare.weight_hh_l0", 66, 22),
	}
	n, err := graphOf(t, arch, tensors...)
	require.NoError(t, err)
	m, err := n.Model()
	require.NoError(t, err)
	for node, want := range [][]int{{0}, {1}, {1}, {2, 3}, {4, 3}, {5}, {1, 6}} {
		require.Equal(t, want, m.Graph.Nodes[node].Inputs, "node %d", node)
	}
	want, err := m.Append(nil)
	require.NoError(t, err)
	got, err := describeAndRead(t, m, "masks").Append(nil)
	require.NoError(t, err)
	require.Equal(t, want, got)
}
