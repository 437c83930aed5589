package main

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// Random inputs are goldens of any graph, and every kernel set has their outputs.
func TestSyntheticGoldensOfGraphs(t *testing.T) {
	made := 0
	for seed := range uint64(40) {
		d := modeltest.RandomGraph(rand.New(rand.NewPCG(seed, 9)))
		if addSynthetic(d, mostGolden) != nil {
			continue // a logarithm of what is below 0
		}
		made++
		require.Len(t, d.Goldens, 3)
		require.NotEqual(t, [2]any{d.Goldens[0].Tokens, d.Goldens[0].Input}, [2]any{d.Goldens[1].Tokens, d.Goldens[1].Input})
		for _, set := range kernels.Available() {
			m, err := runtime.New(d, runtime.WithKernels(set.Name()))
			require.NoError(t, err)
			require.NoError(t, m.Verify(), "graph %d on %s", seed, set.Name())
		}
	}
	require.Greater(t, made, 20)
}

// What convert stores is random, not the inputs of the check, if that is asked for; and
// its report has the ports of a graph.
func TestConvertWithSyntheticGoldens(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	array := func(name string, shape []int, data ...float32) npy.Array {
		return npy.Array{Name: name, DType: npy.Float32, Shape: shape, Floats: data}
	}
	write := func(name string, arrays ...npy.Array) string {
		f, err := os.Create(at(name))
		require.NoError(t, err)
		require.NoError(t, npy.WriteArchive(f, arrays...))
		require.NoError(t, f.Close())
		return at(name)
	}
	weights := write("w.npz", array("fc.weight", []int{1, 2}, 1, 10))
	require.NoError(t, os.WriteFile(at("arch.json"), []byte(`{
		"inputs": [{"name": "x", "frames": 2, "channels": 2}],
		"nodes": [{"op": "linear", "module": "fc"}, {"op": "pool", "pool": "last", "name": "end"}],
		"outputs": ["fc", "end"]}`), 0o600))
	check := write("check.npz", array("x", []int{2, 2}, 7, 8, 7, 8), array("fc", []int{2}, 87, 87), array("end", []int{2}, 87, 87))
	for _, c := range []struct {
		args    []string
		goldens int
		text    string
	}{
		{[]string{"--check", check}, 1, "over 1 sequence of 1 step; kept in the model\n"},
		{[]string{"--check", check, "--golden", "synthetic"}, 3, "over 1 sequence of 1 step\n            fc: max error 0, mean error 0\n            end: max error 0, mean error 0\ngoldens     3 with random inputs"},
		{[]string{"--golden", "synthetic"}, 3, "goldens     3 with random inputs"},
		{nil, 0, "input       x, 2×2 per step\noutput      fc, 2×1 per step\noutput      end, 2×1 per sequence\n"},
	} {
		code, stdout, stderr := invoke(t, append([]string{"convert", weights, "--arch", at("arch.json"), "-o", at("m.rnn")}, c.args...)...)
		require.Zero(t, code, stderr)
		require.Contains(t, stdout, c.text)
		d, _, err := cli.ReadModel(at("m.rnn"))
		require.NoError(t, err)
		require.Len(t, d.Goldens, c.goldens)
		if c.goldens == 3 {
			require.NotContains(t, d.Goldens[0].Input, float32(8))
		}
	}
	code, _, stderr := invoke(t, "convert", weights, "--arch", at("arch.json"), "-o", at("m.rnn"), "--golden", "none")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "check, synthetic")

	code, stdout, stderr := invoke(t, "convert", weights, "--arch", at("arch.json"), "-o", at("m.rnn"), "--json", "--check", check)
	require.Zero(t, code, stderr)
	var report struct {
		Inputs, Outputs []struct {
			Name             string
			Frames, Channels int
			EachStep         bool `json:"each_step"`
		}
		Check struct {
			Outputs []struct {
				Name     string
				MaxError float64 `json:"max_error"`
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, "x", report.Inputs[0].Name)
	require.Equal(t, 2, report.Inputs[0].Frames)
	require.True(t, report.Outputs[0].EachStep)
	require.False(t, report.Outputs[1].EachStep)
	require.Equal(t, "end", report.Check.Outputs[1].Name)
}
