package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// writeModel writes a model to a folder, and returns its path.
func writeModel(t *testing.T, m *format.Model) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.rnn")
	require.NoError(t, format.WriteFile(path, m))
	return path
}

// exportedAndBack exports a model to a file, which convert reads again. It returns what
// export says, and what the model and the one that is read answer to the same inputs.
func exportedAndBack(t *testing.T, m *format.Model, file string, inputs []float32) (said string, want, got []float32) {
	t.Helper()
	model, back := writeModel(t, m), filepath.Join(t.TempDir(), "back.rnn")
	code, said, stderr := invoke(t, "export", model, "-o", file)
	require.Zero(t, code, stderr)
	code, _, stderr = invoke(t, "convert", file, "-o", back)
	require.Zero(t, code, stderr)
	answer := func(path string) []float32 {
		opened, err := rnn.Open(path)
		require.NoError(t, err)
		defer opened.Close()
		require.Equal(t, m.SampleRate, opened.SampleRate())
		ys, err := opened.NewSession().Run(inputs)
		require.NoError(t, err)
		return append([]float32(nil), ys...)
	}
	return said, answer(model), answer(back)
}

// What is exported converts to the same model again.
func TestExportRoundTrip(t *testing.T) {
	for _, s := range []modeltest.Spec{
		{Cell: format.CellLSTM, Input: 3, Hidden: 5, Layers: 2, Outputs: 2},
		{Cell: format.CellGRU, Variant: format.VariantResetBefore, Input: 4, Hidden: 3, Bidirectional: true, Pool: format.PoolLast, Outputs: 3, Output: format.OutputSoftmax},
		{Variant: format.VariantReLU, Tokens: 9, Input: 4, Hidden: 3, Pool: format.PoolMean, Outputs: 2},
	} {
		for _, extension := range []string{".onnx", ".safetensors"} {
			t.Run(s.String()+extension, func(t *testing.T) {
				m := s.Model()
				model := writeModel(t, m)
				file, again := filepath.Join(t.TempDir(), "model"+extension), filepath.Join(t.TempDir(), "again.rnn")
				code, out, stderr := invoke(t, "export", model, "-o", file)
				require.Zero(t, code, stderr)
				require.Contains(t, out, "written     "+file)
				code, _, stderr = invoke(t, "convert", file, "-o", again)
				require.Zero(t, code, stderr)
				f, err := format.Open(again)
				require.NoError(t, err)
				defer f.Close()
				f.Model.Provenance = m.Provenance
				want, err := m.Append(nil)
				require.NoError(t, err)
				got, err := f.Model.Append(nil)
				require.NoError(t, err)
				require.Equal(t, want, got)
			})
		}
	}
}

func TestExportSaysWhatItWrote(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 4, Outputs: 2, DType: format.DTypeInt8}
	file := filepath.Join(t.TempDir(), "model.onnx")
	code, out, stderr := invoke(t, "export", writeModel(t, s.Model()), "-o", file, "--stream", "--json")
	require.Zero(t, code, stderr)
	var got struct {
		Kind    string
		Inputs  []string
		Outputs []string
		Notes   []string
		Bytes   int64
	}
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	require.Equal(t, []string{"input [batch steps 3]", "lstm_h [1 batch 4]", "lstm_c [1 batch 4]"}, got.Inputs)
	require.Equal(t, []string{"output [batch steps 2]", "lstm_h_next [1 batch 4]", "lstm_c_next [1 batch 4]"}, got.Outputs)
	require.Len(t, got.Notes, 1)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, info.Size(), got.Bytes)
}

// A graph's weights and nodes come back with the same bits, by the architecture in the file.
func TestExportGraphRoundTrip(t *testing.T) {
	m := modeltest.SeededGraph(3, format.DTypeF32)
	file, again := filepath.Join(t.TempDir(), "model.safetensors"), filepath.Join(t.TempDir(), "again.rnn")
	code, _, stderr := invoke(t, "export", writeModel(t, m), "-o", file)
	require.Zero(t, code, stderr)
	code, _, stderr = invoke(t, "convert", file, "-o", again)
	require.Zero(t, code, stderr)
	f, err := format.Open(again)
	require.NoError(t, err)
	defer f.Close()
	f.Model.Provenance = m.Provenance
	want, err := m.Append(nil)
	require.NoError(t, err)
	got, err := f.Model.Append(nil)
	require.NoError(t, err)
	require.Equal(t, want, got)

	code, _, stderr = invoke(t, "convert", file, "-o", again, "--pool", "last")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--pool is for state_dicts without their architecture, but this file has it")
	arch := write(t, "arch.json", `{"inputs": [{"name": "x", "channels": 1}], "nodes": [{"op": "tanh", "name": "y"}]}`)
	code, _, stderr = invoke(t, "convert", file, "-o", again, "--arch", arch)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "no node reads", "--arch takes the place of the file's own")
}

func TestExportRefuses(t *testing.T) {
	model := writeModel(t, modeltest.Spec{Cell: format.CellLSTM, Bidirectional: true}.Model())
	folder := t.TempDir()
	misnamed := filepath.Join(t.TempDir(), "model.onnx")
	require.NoError(t, os.Rename(model, misnamed))
	model = misnamed
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"export", model}, 2, `required flag(s) "output" not set`},
		{[]string{"export", model, "-o", filepath.Join(folder, "model.h5")}, 2, "give a name that ends with .onnx or .safetensors"},
		{[]string{"export", model, "-o", filepath.Join(folder, "model.safetensors"), "--stream"}, 2, "--stream is for ONNX graphs"},
		{[]string{"export", model, "-o", filepath.Join(folder, "none", "model.onnx")}, 1, "no such file or directory"},
		{[]string{"export", model, "-o", filepath.Join(folder, "model.onnx"), "--stream"}, 1, "the model reads steps that follow"},
		{[]string{"export", model, "-o", model}, 2, "would overwrite it; choose another"},
		{[]string{"export", "-", "-o", filepath.Join(folder, "model.onnx")}, 2, "-"},
	} {
		code, _, stderr := invoke(t, c.args...)
		require.Equal(t, c.code, code, stderr)
		require.Contains(t, stderr, c.says)
	}
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)
}
