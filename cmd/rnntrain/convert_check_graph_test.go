package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
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
		"a wrong output":       {[]npy.Array{left, right, fc, wrong}, `the greatest difference is at "greatest", sequence 0, step 1, output 2`},
		"side by side":         {[]npy.Array{sides, array("y", []int{1, 2, 5}, 921, 843, 3, 4, 9, 765, 687, 7, 8, 7)}, ""},
		"an output is missing": {[]npy.Array{left, right, fc}, `there is neither an array y nor one for the model's "greatest"`},
		"an input is missing":  {[]npy.Array{left, fc, greatest}, `there is neither an array x nor one for the model's "right"`},
		"one too many":         {[]npy.Array{left, right, fc, greatest, array("z", []int{1}, 1)}, `the array "z" is neither x`},
		"fewer steps":          {[]npy.Array{left, array("right", []int{2, 1}, 9, 8), fc, greatest}, `the array "right" has the shape [2 1], want [N, T, 2] (steps) or [N, 2*T, 1] (frames) for 1 sequence of 2 steps, as in "left"`},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := invoke(t, "convert", weights, "--arch", at("arch.json"), "-o", at("m.rnn"), "--check", write("check.npz", tt.arrays...))
			if tt.want == "" {
				require.Zero(t, code, stderr)
				require.Contains(t, stdout, "max error 0")
				require.Equal(t, name == "apart", strings.Contains(stdout, "            fc: max error 0, mean error 0\n            greatest: max error 0, mean error 0\n"), stdout)
				return
			}
			require.Equal(t, 1, code)
			require.Contains(t, stderr, tt.want)
		})
	}
}

// A graph of words and numbers, with an output of each step and one of the sequence, is
// proved by an array for each, and by the states before and after.
func TestCheckOfTokensStatesAndSequences(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, arrays ...npy.Array) string {
		f, err := os.Create(at(name))
		require.NoError(t, err)
		require.NoError(t, npy.WriteArchive(f, arrays...))
		require.NoError(t, f.Close())
		return at(name)
	}
	single := func(a npy.Array) string {
		path := at(a.Name + ".npy")
		f, err := os.Create(path)
		require.NoError(t, err)
		w, err := npy.NewWriter(f, a.DType, a.Shape...)
		require.NoError(t, err)
		if a.DType == npy.Int32 {
			require.NoError(t, w.WriteInt32(a.Integers))
		} else {
			require.NoError(t, w.WriteFloat32(a.Floats))
		}
		require.NoError(t, w.Close())
		require.NoError(t, f.Close())
		return a.Name + "=" + path
	}
	array := func(name string, shape []int, data ...float32) npy.Array {
		return npy.Array{Name: name, DType: npy.Float32, Shape: shape, Floats: data}
	}
	// h = relu(word + x + h'), of two sequences of three steps.
	weights := write("w.npz", array("table.weight", []int{3, 1}, 0, 10, 20),
		array("rnn.weight_ih_l0", []int{1, 1}, 1), array("rnn.weight_hh_l0", []int{1, 1}, 1),
		array("rnn.bias_ih_l0", []int{1}, 0), array("rnn.bias_hh_l0", []int{1}, 0))
	require.NoError(t, os.WriteFile(at("arch.json"), []byte(`{
		"inputs": [{"name": "word", "tokens": 3}, {"name": "x", "channels": 1}],
		"nodes": [{"op": "embedding", "module": "table", "inputs": "word"}, {"op": "add", "name": "sum", "inputs": ["table", "x"]},
			{"op": "rnn", "module": "rnn", "activation": "relu"}, {"op": "pool", "pool": "last", "name": "end"}],
		"outputs": ["rnn", "end"]}`), 0o600))
	word := npy.Array{Name: "word", DType: npy.Int32, Shape: []int{2, 3}, Integers: []int32{0, 1, 2, 2, 2, 0}}
	x := array("x", []int{2, 3, 1}, 1, 2, 3, 4, 5, 6)
	rnn, end := array("rnn", []int{2, 3, 1}, 1, 13, 36, 24, 49, 55), array("end", []int{2, 1}, 36, 55)
	later := array("rnn", []int{2, 3}, 101, 113, 136, 224, 249, 255)
	h0, hn := array("h0", []int{1, 2, 1}, 100, 200), array("h_n", []int{1, 2, 1}, 136, 255)
	for _, c := range []struct {
		name   string
		arrays []npy.Array
		want   string // in an error
	}{
		{"apart", []npy.Array{word, x, rnn, end}, ""},
		{"from states to states", []npy.Array{word, x, h0, later, array("end", []int{2}, 136, 255), hn}, ""},
		{"wrong states", []npy.Array{word, x, rnn, end, hn}, `the greatest difference is at "h_n", sequence 1`},
		{"states of another shape", []npy.Array{word, x, rnn, end, array("h_n", []int{2, 1}, 136, 255)}, `the array "h_n" has the shape [2 1], want [1 2 1]`},
		{"a wrong answer of the sequence", []npy.Array{word, x, rnn, array("end", []int{2, 1}, 36, 56)}, `the greatest difference is at "end", sequence 1, step 2, output 0`},
		{"a wrong answer of a step", []npy.Array{word, x, array("rnn", []int{2, 3, 1}, 1, 14, 36, 24, 49, 55), end}, `the greatest difference is at "rnn", sequence 0, step 1, output 0`},
		{"answers side by side", []npy.Array{word, x, array("y", []int{2, 3, 2}, make([]float32, 12)...)}, "there is neither an array y"},
		{"floats as words", []npy.Array{array("word", []int{2, 3}, 0, 1, 2, 2, 2, 0), x, rnn, end}, `the array "word" is of <f4, but the model takes tokens there: integers`},
		{"a word too great", []npy.Array{{Name: "word", DType: npy.Int32, Shape: []int{2, 3}, Integers: []int32{0, 1, 3, 2, 2, 0}}, x, rnn, end}, "token 3 of step 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := []string{"convert", weights, "--arch", at("arch.json"), "-o", at("m.rnn")}
			apart := slices.Clone(files)
			for _, a := range c.arrays {
				apart = append(apart, "--check", single(a))
			}
			for _, args := range [][]string{append(files, "--check", write("check.npz", c.arrays...)), apart} {
				code, stdout, stderr := invoke(t, args...)
				if c.want != "" {
					require.Equal(t, 1, code)
					require.Contains(t, stderr, c.want)
					continue
				}
				require.Zero(t, code, stderr)
				require.Contains(t, stdout, "max error 0, mean error 0, over 2 sequences of 3 steps; kept in the model\n            rnn: max error 0")
				m, err := runtime.Open(at("m.rnn"))
				require.NoError(t, err)
				require.NoError(t, m.Verify())
				require.NoError(t, m.Close())
			}
		})
	}
	code, _, stderr := invoke(t, "convert", weights, "--arch", at("arch.json"), "-o", at("m.rnn"), "--check", single(x), "--check", single(x))
	require.Equal(t, 2, code)
	require.Contains(t, stderr, `there are two arrays "x"`)
}
