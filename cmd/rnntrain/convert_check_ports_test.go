package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/npy"
)

// The arrays of a check may be those of single inputs and outputs, and rows may be
// frames.
func TestCheckOfPorts(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, arrays ...npy.Array) string {
		f, err := os.Create(at(name))
		require.NoError(t, err)
		require.NoError(t, npy.WriteArchive(f, arrays...))
		require.NoError(t, f.Close())
		return at(name)
	}
	array := func(name string, shape []int, data ...float32) npy.Array {
		return npy.Array{Name: name, DType: npy.Float32, Shape: shape, Floats: data}
	}
	weights := write("w.npz", array("fc.weight", []int{1, 3}, 1, 10, 100))
	require.NoError(t, os.WriteFile(at("arch.json"), []byte(`{
		"inputs": [{"name": "left", "frames": 2, "channels": 2}, {"name": "right", "frames": 2, "channels": 1}],
		"nodes": [{"op": "concat", "name": "both", "inputs": ["left", "right"]}, {"op": "linear", "module": "fc"},
			{"op": "max_pool", "name": "greatest", "inputs": "both"}],
		"outputs": ["fc", "greatest"]}`), 0o600))
	left, right := array("left", []int{4, 2}, 1, 2, 3, 4, 5, 6, 7, 8), array("right", []int{2, 2}, 9, 8, 7, 6)
	fc, greatest := array("fc", []int{4, 1}, 921, 843, 765, 687), array("greatest", []int{2, 3}, 3, 4, 9, 7, 8, 7)
	wrong := array("greatest", []int{2, 3}, 3, 4, 9, 7, 8, 6)
	sides := array("x", []int{1, 2, 6}, 1, 2, 3, 4, 9, 8, 5, 6, 7, 8, 7, 6)
	for name, tt := range map[string]struct {
		arrays []npy.Array
		want   string // in an error
	}{
		"apart":                {[]npy.Array{left, right, fc, greatest}, ""},
		"a wrong output":       {[]npy.Array{left, right, fc, wrong}, "the greatest difference is at sequence 0, step 1, output 4"},
		"side by side":         {[]npy.Array{sides, array("y", []int{1, 2, 5}, 921, 843, 3, 4, 9, 765, 687, 7, 8, 7)}, ""},
		"an output is missing": {[]npy.Array{left, right, fc}, `there is no array y, and none of the model's "greatest"`},
		"an input is missing":  {[]npy.Array{left, fc, greatest}, `there is no array x, and none of the model's "right"`},
		"one too many":         {[]npy.Array{left, right, fc, greatest, array("z", []int{1}, 1)}, `the array "z" is none of x`},
		"fewer steps":          {[]npy.Array{left, array("right", []int{2, 1}, 9, 8), fc, greatest}, `"right" of shape [1 2] has not 2 numbers in as many rows`},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := invoke(t, "convert", weights, "--arch", at("arch.json"), "-o", at("m.rnn"), "--check", write("check.npz", tt.arrays...))
			if tt.want == "" {
				require.Zero(t, code, stderr)
				require.Contains(t, stdout, "max error 0")
				return
			}
			require.Equal(t, 1, code)
			require.Contains(t, stderr, tt.want)
		})
	}
}
