package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
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
			m := spec.Model()
			m.Goldens = nil
			c.change(m)
			stdout, want, got := exportedAndBack(t, m, filepath.Join(t.TempDir(), "amp.json"), spec.Inputs(200, 1))
			require.Contains(t, stdout, "RTNeural's JSON, 3 layers")
			if c.off == 0 {
				require.Equal(t, want, got)
			}
			require.InDeltaSlice(t, want, got, c.off)
		})
	}
}

func TestExportForAIDAXRefuses(t *testing.T) {
	for name, spec := range map[string]modeltest.Spec{
		"a GRU":           {Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 1, Hidden: 8, Outputs: 1, Seed: 3},
		"no linear layer": {Cell: format.CellLSTM, Input: 1, Hidden: 8, Seed: 3},
		"initial states":  {Cell: format.CellLSTM, Input: 1, Hidden: 8, Outputs: 1, Seed: 3, InitialState: true},
	} {
		m := spec.Model()
		m.Goldens = nil
		file := filepath.Join(t.TempDir(), "m.json")
		code, _, stderr := invoke(t, "export", writeModel(t, m), "-o", file)
		require.Equal(t, 1, code, "%s: %s", name, stderr)
		require.Contains(t, stderr, "RTNeural", name)
		require.NoFileExists(t, file)
	}
}
