package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A network of a causal convolution and two heads on it, in plain arrays, is converted by
// an --arch file, proved by --check, described, and made smaller.
func TestConvertOfAGraph(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, arrays ...npy.Array) {
		f, err := os.Create(at(name))
		require.NoError(t, err)
		require.NoError(t, npy.WriteArchive(f, arrays...))
		require.NoError(t, f.Close())
	}
	weight, bias := []float32{1, 2, 3, -1, 0, 1}, []float32{0.5, -0.25} // [2][1][3]
	write("weights.npz",
		npy.Array{Name: "kernel", DType: npy.Float32, Shape: []int{6}, Floats: weight},
		npy.Array{Name: "conv.bias", DType: npy.Float32, Shape: []int{2}, Floats: bias},
		npy.Array{Name: "sum.weight", DType: npy.Float32, Shape: []int{1, 2}, Floats: []float32{1, 1}},
		npy.Array{Name: "difference.weight", DType: npy.Float32, Shape: []int{1, 2}, Floats: []float32{1, -1}})
	require.NoError(t, os.WriteFile(at("arch.json"), []byte(`{
		"tensors": {"conv.weight": {"from": "kernel", "shape": [2, 1, 3]}},
		"inputs": [{"name": "x", "channels": 1}],
		"nodes": [
			{"op": "conv1d", "module": "conv", "causal": true, "activation": "relu", "name": "c"},
			{"op": "linear", "module": "sum"},
			{"op": "linear", "module": "difference", "inputs": "c"}],
		"outputs": ["sum", "difference"]}`), 0o600))
	x := []float32{1, -2, 3, 0.5}
	var y []float32
	for i := range x {
		var c [2]float32
		for o := range c {
			c[o] = bias[o]
			for k := range 3 {
				if from := i - 2 + k; from >= 0 {
					c[o] += weight[o*3+k] * x[from]
				}
			}
			c[o] = max(c[o], 0)
		}
		y = append(y, c[0]+c[1], c[0]-c[1])
	}
	write("check.npz",
		npy.Array{Name: "x", DType: npy.Float32, Shape: []int{4, 1}, Floats: x},
		npy.Array{Name: "y", DType: npy.Float32, Shape: []int{4, 2}, Floats: y})

	code, stdout, stderr := invoke(t, "convert", at("weights.npz"), "--arch", at("arch.json"), "--check", at("check.npz"), "-o", at("model.rnn"))
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "5: 2 layer, 1 window, 1 conv, 1 map")

	m, err := rnn.Open(at("model.rnn"))
	require.NoError(t, err)
	defer m.Close()
	require.NoError(t, m.Verify(), "the file proves itself")
	s := m.NewSession()
	for i, v := range x {
		s.Input("x")[0] = v
		require.NoError(t, s.Advance())
		require.Equal(t, y[2*i:][:1], s.Output("sum"))
		require.Equal(t, y[2*i+1:][:1], s.Output("difference"))
	}

	code, stdout, stderr = invoke(t, "quantize", at("model.rnn"), "-o", at("small.rnn"), "--dtype", "f16")
	require.Zero(t, code, stderr)
	require.NotEmpty(t, stdout)
	small, err := rnn.Open(at("small.rnn"))
	require.NoError(t, err)
	defer small.Close()
	got, err := small.NewSession().Run(x)
	require.NoError(t, err)
	require.InDeltaSlice(t, y, got, 1e-2)

	code, _, stderr = invoke(t, "forecast", at("check.npz"), "--from", at("model.rnn"), "-o", at("again.rnn"))
	require.NotZero(t, code)
	require.NotContains(t, stderr, "panic")
}
