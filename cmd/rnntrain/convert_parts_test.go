package main

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A mask over a spectrum in one file and a layer over blocks of the signal in another are
// one model with the transforms between.
func TestConvertOfParts(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) { require.NoError(t, os.WriteFile(at(name), []byte(text), 0o600)) }
	mask := modeltest.Spec{Cell: format.CellLSTM, Input: 9, Hidden: 4, Outputs: 9, Output: format.OutputSigmoid}.Model()
	require.NoError(t, format.WriteFile(at("mask.rnn"), mask))
	write("voice.json", `{"inputs": [{"name": "samples", "frames": 4, "channels": 1}], "sample_rate": 125, "nodes": [
		{"op": "window", "before": 12}, {"op": "rfft", "name": "spectrum"}, {"op": "magnitude"},
		{"op": "model", "file": "mask.rnn", "name": "mask"}, {"op": "concat", "inputs": ["mask", "mask"], "name": "both"},
		{"op": "mul", "inputs": ["spectrum", "both"]}, {"op": "irfft"},
		{"op": "overlap_add", "kernel": 16, "stride": 4, "carry": true}]}`)
	code, stdout, stderr := invoke(t, "convert", at("voice.json"), "-o", at("voice.rnn"))
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "an architecture")
	require.Contains(t, stdout, "samples, 4×1 per step")

	data, err := os.ReadFile(at("voice.rnn"))
	require.NoError(t, err)
	d, err := format.Read(data)
	require.NoError(t, err)
	require.Equal(t, 125.0, d.SampleRate)
	var parts []string
	for _, p := range d.Provenance {
		parts = append(parts, p.Key)
	}
	require.Contains(t, parts, "part mask.rnn")

	// The first block is weighted by the mask of its magnitudes.
	x := []float32{0.5, -0.25, 0.125, 1}
	m, err := rnn.Open(at("voice.rnn"))
	require.NoError(t, err)
	defer m.Close()
	got, err := m.NewSession().Step(x)
	require.NoError(t, err)
	of, err := rnn.New(mask)
	require.NoError(t, err)
	block := append(make([]float32, 12), x...)
	var re, im [9]float64
	magnitudes := make([]float32, 9)
	for k := range re {
		for i, v := range block {
			a := 2 * math.Pi * float64(i*k) / 16
			re[k] += float64(v) * math.Cos(a)
			im[k] -= float64(v) * math.Sin(a)
		}
		magnitudes[k] = float32(math.Hypot(re[k], im[k]))
	}
	weights, err := of.NewSession().Step(magnitudes)
	require.NoError(t, err)
	for i := range got {
		want := 0.0
		for k, w := range weights {
			a, twice := 2*math.Pi*float64(i*k)/16, 2.0
			if k == 0 || k == 8 {
				twice = 1
			}
			want += twice * float64(w) * (re[k]*math.Cos(a) - im[k]*math.Sin(a)) / 16
		}
		require.InDelta(t, want, got[i], 1e-6, "sample %d", i)
	}
}

// What --input and --dimension say of an ONNX graph, a node says of its part.
func TestConvertGivesAPartItsConstants(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) { require.NoError(t, os.WriteFile(at(name), []byte(text), 0o600)) }
	write("rated.onnx", string(ratedLSTM().Marshal()))
	require.NoError(t, format.WriteFile(at("plain.rnn"), modeltest.Spec{Cell: format.CellLSTM, Input: 4, Hidden: 4, Outputs: 1}.Model()))
	for _, c := range []struct{ node, refusal string }{
		{`"file": "rated.onnx", "constants": {"sr": 16000}`, ""},
		{`"file": "rated.onnx"`, "wide"},
		{`"file": "rated.onnx", "constants": {"rs": 16000}`, "no input of this name"},
		{`"file": "rated.onnx", "constants": {"sr": 16000}, "dimensions": {"frames": 4}`, `"frames" (--dimension)`},
		{`"file": "plain.rnn", "constants": {"sr": 16000}`, "constants and dimensions are for an ONNX graph"},
	} {
		write("whole.json", `{"inputs": [{"name": "x", "channels": 2}], "nodes": [{"op": "model", `+c.node+`}]}`)
		code, _, stderr := invoke(t, "convert", at("whole.json"), "-o", at("m.rnn"))
		if c.refusal == "" {
			require.Zero(t, code, stderr)
			continue
		}
		require.Equal(t, 1, code, c.node)
		require.Contains(t, stderr, c.refusal)
	}
}

func TestConvertRefusesParts(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) { require.NoError(t, os.WriteFile(at(name), []byte(text), 0o600)) }
	write("damaged.rnn", "\x89RNN")
	for file, reason := range map[string]string{
		"gone.onnx":     "gone.onnx",
		"../above.onnx": "in the folder of the architecture",
		"damaged.rnn":   "damaged.rnn: ",
		"itself.json":   "a part cannot itself be an architecture with parts",
	} {
		write("itself.json", `{"inputs": [{"name": "x", "channels": 4}], "nodes": [{"op": "model", "file": "`+file+`"}]}`)
		code, _, stderr := invoke(t, "convert", at("itself.json"), "-o", at("m.rnn"))
		require.Equal(t, 1, code)
		require.Contains(t, stderr, reason)
	}
	write("wrong.json", `{"inputs": [{"name": "x", "channels": 4}], "nodes": [{"op": "abs"}], "sample_rat": 4}`)
	code, _, stderr := invoke(t, "convert", at("wrong.json"), "-o", at("m.rnn"))
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "did you mean sample_rate?")
	code, _, stderr = invoke(t, "convert", at("wrong.json"), "-o", at("m.rnn"), "--pool", "last")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--pool is for state_dicts")
}
