package main

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Weights that another program wrote as text or as JSON are converted by one command
// with an --arch file: a GRU by gates, and a linear layer.
func TestConvertOfTextAndJSON(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) { require.NoError(t, os.WriteFile(at(name), []byte(text), 0o600)) }
	write("weights.txt", "3 1\n0.5 -0.5 0.25\n# the state\n1 3\n1 0.5\n0.75\nb 3\n0 0.125 0\n1 1\n2\n")
	write("text.json", `{
		"tensors": {
			"gru.weight_ih_l0": {"from": "0", "gates": "zrh"}, "gru.weight_hh_l0": {"from": "1", "transpose": [1, 0], "gates": "zrh"},
			"gru.bias_ih_l0": {"from": "b", "gates": "zrh"}, "out.weight": {"from": "3"}},
		"inputs": [{"name": "x", "channels": 1}],
		"nodes": [{"op": "gru", "module": "gru", "reset_before": true}, {"op": "linear", "module": "out"}]}`)
	write("weights.json", `{"name": "a GRU", "kernel": {"v": 1, "dim": [3, 1], "data": [0.5, -0.5, 0.25]}, "flat": [1, 0.5, 0.75, 0, 0.125, 0, 2], "vocabulary": {"a": 0, "b": 1}}`)
	write("json.json", `{
		"tensors": {
			"gru.weight_ih_l0": {"from": "kernel", "gates": "zrh"},
			"gru.weight_hh_l0": {"from": "flat", "range": [0, 3], "shape": [3, 1], "gates": "zrh"},
			"gru.bias_ih_l0": {"from": "flat", "range": [3, 6], "gates": "zrh"}, "out.weight": {"from": "flat", "range": [6, 7], "shape": [1, 1]}},
		"inputs": [{"name": "x", "channels": 1}],
		"nodes": [{"op": "gru", "module": "gru", "reset_before": true}, {"op": "linear", "module": "out"}],
		"ignore": ["name", "vocabulary.*"]}`)
	for source, arch := range map[string]string{"weights.txt": "text.json", "weights.json": "json.json"} {
		code, _, stderr := invoke(t, "convert", at(source), "--arch", at(arch), "-o", at("model.rnn"))
		require.Zero(t, code, stderr)
		m, err := rnn.Open(at("model.rnn"))
		require.NoError(t, err)
		y, err := m.NewSession().Run([]float32{1, -2, 0.5})
		require.NoError(t, err)
		require.InDeltaSlice(t, gruOfOne([]float64{1, -2, 0.5}), y, 1e-6, source)
		require.NoError(t, m.Close())
	}

	code, _, stderr := invoke(t, "convert", at("weights.json"), "-o", at("m.rnn"))
	require.Equal(t, 1, code)
	require.Contains(t, stderr, `"name": it is not an array of numbers`)
	code, _, stderr = invoke(t, "convert", at("weights.txt"), "-o", at("m.rnn"))
	require.Equal(t, 1, code)
	require.Contains(t, stderr, `"0", "1", "b", "3"`)
}

// gruOfOne returns what the weights of the test compute.
func gruOfOne(x []float64) (y []float64) {
	sigmoid := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
	h := 0.0
	for _, v := range x {
		z, r := sigmoid(0.5*v+h), sigmoid(-0.5*v+0.5*h+0.125)
		n := math.Tanh(0.25*v + 0.75*r*h)
		h = z*h + (1-z)*n
		y = append(y, 2*h)
	}
	return y
}
