package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A file of AIDA-X is read again as the model that it was written from: with the same bits
// if nothing is normalized.
func TestExportForAIDAX(t *testing.T) {
	spec := modeltest.Spec{Cell: format.CellLSTM, Input: 1, Hidden: 8, Layers: 2, Outputs: 1, Seed: 3}
	for _, c := range []struct {
		name   string
		change func(m *format.Model)
		off    float64
	}{
		{"a stack", func(*format.Model) {}, 0},
		{"whose inputs are added", func(m *format.Model) { m.Skip, m.SampleRate = true, 48000 }, 0},
		{"normalized", func(m *format.Model) {
			m.Skip = true
			m.Normalization = &format.Normalization{Mean: []float32{0.5}, Scale: []float32{3}, OutputMean: []float32{-0.25}, OutputScale: []float32{0.7}}
		}, 1e-5},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			m := spec.Model()
			m.Goldens = nil
			c.change(m)
			model, file, back := filepath.Join(dir, "amp.rnn"), filepath.Join(dir, "amp.json"), filepath.Join(dir, "back.rnn")
			require.NoError(t, format.WriteFile(model, m))
			code, stdout, stderr := invoke(t, "export", model, "-o", file)
			require.Zero(t, code, stderr)
			require.Contains(t, stdout, "RTNeural's JSON, 3 layers")
			code, _, stderr = invoke(t, "convert", file, "-o", back)
			require.Zero(t, code, stderr)
			xs := spec.Inputs(200, 1)
			var ys [2][]float32
			for i, path := range []string{model, back} {
				opened, err := rnn.Open(path)
				require.NoError(t, err)
				ys[i], err = opened.NewSession().Run(xs)
				require.NoError(t, err)
				ys[i] = append([]float32(nil), ys[i]...)
				require.Equal(t, m.SampleRate, opened.SampleRate())
				require.NoError(t, opened.Close())
			}
			if c.off == 0 {
				require.Equal(t, ys[0], ys[1])
			}
			require.InDeltaSlice(t, ys[0], ys[1], c.off)
		})
	}
}

func TestExportForAIDAXRefuses(t *testing.T) {
	for name, spec := range map[string]modeltest.Spec{
		"a GRU":           {Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 1, Hidden: 8, Outputs: 1, Seed: 3},
		"no linear layer": {Cell: format.CellLSTM, Input: 1, Hidden: 8, Seed: 3},
		"initial states":  {Cell: format.CellLSTM, Input: 1, Hidden: 8, Outputs: 1, Seed: 3, InitialState: true},
	} {
		model := filepath.Join(t.TempDir(), "m.rnn")
		m := spec.Model()
		m.Goldens = nil
		require.NoError(t, format.WriteFile(model, m))
		file := filepath.Join(t.TempDir(), "m.json")
		code, _, stderr := invoke(t, "export", model, "-o", file)
		require.Equal(t, 1, code, "%s: %s", name, stderr)
		require.Contains(t, stderr, "RTNeural", name)
		require.NoFileExists(t, file)
	}
}
