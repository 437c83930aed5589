package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// TestQuantizeBuiltin makes the built-in language model small, and verifies and
// measures what comes out.
func TestQuantizeBuiltin(t *testing.T) {
	dir := t.TempDir()
	text, small := filepath.Join(dir, "text.txt"), filepath.Join(dir, "small.rnn")
	require.NoError(t, os.WriteFile(text, []byte(strings.Repeat("To be, or not to be, that is the question.\n", 20)), 0o600))
	data, err := models.File("shakespeare")
	require.NoError(t, err)
	builtin, err := format.Read(data)
	require.NoError(t, err)
	float, err := builtin.Convert(format.DTypeF32)
	require.NoError(t, err)
	original, err := rnn.New(float)
	require.NoError(t, err)
	golden, err := original.Golden(builtin.Goldens[0].Tokens, nil)
	require.NoError(t, err)
	float.Goldens = append(float.Goldens, golden)
	model := filepath.Join(dir, "float.rnn")
	require.NoError(t, format.WriteFile(model, float))
	for _, test := range []struct {
		dtype string
		table string  // the embedding's
		size  float64 // of the original's
		loss  float64
	}{{"f16", "f16", 0.52, 2}, {"int8", "int8", 0.28, 2}, {"int4", "int8", 0.17, 6}} {
		t.Run(test.dtype, func(t *testing.T) {
			code, out, stderr := invoke(t, "quantize", model, "-o", small, "--dtype", test.dtype, "--calibrate", text, "--json")
			require.Zero(t, code, stderr)
			var r struct {
				Before  float64 `json:"bytes_before"`
				After   float64 `json:"bytes_after"`
				Loss    float64
				Unit    string  `json:"loss_unit"`
				PplFrom float64 `json:"perplexity_before"`
				PplTo   float64 `json:"perplexity_after"`
				Parts   []struct{ Name, DType string }
			}
			require.NoError(t, json.Unmarshal([]byte(out), &r))
			require.Less(t, r.After, test.size*r.Before)
			require.InDelta(t, 0, r.Loss, test.loss)
			require.Equal(t, "% of perplexity", r.Unit)
			require.InDelta(t, r.Loss, 100*(r.PplTo/r.PplFrom-1), 1e-9)
			require.Len(t, r.Parts, 4)
			require.Equal(t, test.table, r.Parts[0].DType)
			require.Equal(t, test.dtype, r.Parts[1].DType)

			m, err := rnn.Open(small)
			require.NoError(t, err)
			require.NoError(t, m.Verify(), "the goldens are those of the small model")
			for _, p := range m.Description().Provenance {
				require.NotContains(t, p.Value, dir, "a folder of this machine")
			}
		})
	}
}

func TestQuantizeSeries(t *testing.T) {
	dir := t.TempDir()
	s := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 2, Hidden: 16, Outputs: 1}
	model, data, small := filepath.Join(dir, "m.rnn"), filepath.Join(dir, "x.csv"), filepath.Join(dir, "s.rnn")
	require.NoError(t, format.WriteFile(model, s.Model()))
	require.NoError(t, os.WriteFile(data, []byte(strings.Repeat("0.5,-1\n1.25,0\n-0.75,0.25\n", 100)), 0o600))

	drawn := filepath.Join(dir, "drift.svg")
	code, out, stderr := invoke(t, "quantize", model, "-o", small, "--calibrate", data, "--drift", drawn)
	require.Zero(t, code, stderr)
	require.Contains(t, out, "% of the outputs' spread")
	require.Contains(t, out, "by tenths of the run")
	svg, err := os.ReadFile(drawn)
	require.NoError(t, err)
	require.Contains(t, string(svg), "<svg")
	f, err := format.Open(small)
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, float32(1.25)/127, f.Model.Layers[0].Directions[0].InputScale)
}

// A model that is hardly the same is written only if someone asks for it.
func TestQuantizeDoesNotWriteWhatLosesTooMuch(t *testing.T) {
	dir := t.TempDir()
	m := modeltest.Spec{Cell: format.CellLSTM, Input: 2, Hidden: 16, Outputs: 1}.Model()
	gates := &m.Layers[0].Directions[0].Gates
	for row := range gates.Rows {
		gates.Data[gates.Index(row, 1)] = 1e4 // what a row's scale is for, and no input of the data reaches
	}
	model, data, small := filepath.Join(dir, "m.rnn"), filepath.Join(dir, "x.csv"), filepath.Join(dir, "s.rnn")
	require.NoError(t, format.WriteFile(model, m))
	require.NoError(t, os.WriteFile(data, []byte(strings.Repeat("0.5,0\n-1,0\n0.25,0\n", 100)), 0o600))

	code, _, stderr := invoke(t, "quantize", model, "-o", small, "--calibrate", data)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "above the limit of 20")
	require.Contains(t, stderr, "--allow-loss")
	require.NoFileExists(t, small)

	code, _, stderr = invoke(t, "quantize", model, "-o", small, "--calibrate", data, "--max-loss", "20")
	require.Zero(t, code, "parts in f16 keep it: %s", stderr)
	code, stdout, stderr := invoke(t, "quantize", model, "-o", small, "--calibrate", data, "--allow-loss")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "sensitive to quantization")
}

func TestQuantizeRefuses(t *testing.T) {
	dir := t.TempDir()
	bare := filepath.Join(dir, "bare.rnn")
	require.NoError(t, format.WriteFile(bare, modeltest.Spec{Cell: format.CellLSTM}.Model()))
	empty := filepath.Join(dir, "empty.csv")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	steps := filepath.Join(dir, "steps.csv")
	require.NoError(t, os.WriteFile(steps, []byte("1\n-0.7\n0.3\n"), 0o600))
	out := filepath.Join(dir, "out.rnn")
	for _, test := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no goldens and no data", []string{bare}, 1, "give data with --calibrate"},
		{"no steps", []string{bare, "--calibrate", empty}, 1, "no steps to measure on"},
		{"no such file", []string{bare, "--calibrate", "nowhere.npy"}, 1, "nowhere.npy"},
		{"number format", []string{bare, "--dtype", "int2"}, 2, "f16, int8, int4"},
		{"loss that is no number", []string{bare, "--max-loss", "nan"}, 2, "--max-loss"},
		{"part of a text", []string{bare, "--last", "0"}, 2, "--last"},
		{"a curve without data", []string{bare, "--drift", "x.svg"}, 2, "--calibrate"},
		{"a curve of another kind", []string{bare, "--calibrate", steps, "--drift", "x.pdf"}, 2, "neither .png nor .svg"},
		{"a curve of too few steps", []string{bare, "--calibrate", steps, "--drift", filepath.Join(dir, "x.svg")}, 1, "want at least 100"},
		{"steps", []string{bare, "--steps", "0"}, 2, "--steps"},
		{"loss that nothing keeps", []string{bare, "--calibrate", steps, "--max-loss", "0"}, 1, "keep the model as it is"},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, _, stderr := invoke(t, append([]string{"quantize", "-o", out}, test.args...)...)
			require.Equal(t, test.code, code, stderr)
			require.Contains(t, stderr, test.says)
			require.NoFileExists(t, out)
		})
	}
}
