package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// lstm computes layers of LSTM and a head as Neural Amp Modeler's player does, sample by
// sample, in float64.
func (r *namReference) lstm(layers, units int, samples []float32) (ys []float64) {
	type cell struct{ w, b, h, c [][]float64 }
	cells := make([]cell, layers)
	for i := range cells {
		inputs := 1
		if i > 0 {
			inputs = units
		}
		cells[i] = cell{r.take(4*units, inputs+units), r.take(1, 4*units), r.take(1, units), r.take(1, units)}
	}
	head, bias := r.take(1, units)[0], r.take(1, 1)[0][0]
	for _, sample := range samples {
		x := []float64{float64(sample)}
		for _, l := range cells {
			xh := append(append([]float64{}, x...), l.h[0]...)
			gates := append([]float64{}, l.b[0]...)
			for row, weights := range l.w {
				for k, v := range xh {
					gates[row] += weights[k] * v
				}
			}
			for u := range units {
				l.c[0][u] = sigmoid(gates[units+u])*l.c[0][u] + sigmoid(gates[u])*math.Tanh(gates[2*units+u])
				l.h[0][u] = sigmoid(gates[3*units+u]) * math.Tanh(l.c[0][u])
			}
			x = l.h[0]
		}
		y := bias
		for u, v := range x {
			y += head[u] * v
		}
		ys = append(ys, y)
	}
	return ys
}

// A .nam file plays what the model plays: by the player's definition, and converted again.
func TestExportForNAM(t *testing.T) {
	plain := modeltest.Spec{Cell: format.CellLSTM, Input: 1, Hidden: 8, Layers: 2, Outputs: 1, Seed: 3}
	initial := plain
	initial.InitialState = true
	normalization := &format.Normalization{Mean: []float32{0.5}, Scale: []float32{3}, OutputMean: []float32{-0.25}, OutputScale: []float32{0.7}}
	for _, c := range []struct {
		name   string
		spec   modeltest.Spec
		change func(m *format.Model)
		units  int
	}{
		{"a stack", plain, func(*format.Model) {}, 8},
		{"learned initial states", initial, func(*format.Model) {}, 8},
		{"normalized", plain, func(m *format.Model) { m.Normalization = normalization }, 8},
		{"whose inputs are added", plain, func(m *format.Model) { m.Skip, m.SampleRate = true, 44100 }, 9},
		{"all of it", initial, func(m *format.Model) { m.Skip, m.Normalization = true, normalization }, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := c.spec.Model()
			m.Goldens = nil
			c.change(m)
			file, samples := filepath.Join(t.TempDir(), "amp.nam"), c.spec.Inputs(300, 1)
			stdout, want, got := exportedAndBack(t, m, file, samples)
			require.Contains(t, stdout, "Neural Amp Modeler, LSTM, 2 × ")
			require.InDeltaSlice(t, want, got, 1e-5)

			data, err := os.ReadFile(file)
			require.NoError(t, err)
			var written namModel
			require.NoError(t, json.Unmarshal(data, &written))
			require.Equal(t, namConfig{Inputs: 1, Units: c.units, Layers: 2}, written.Config)
			reference := namReference{written.Weights}
			for i, y := range reference.lstm(2, c.units, samples) {
				require.InDelta(t, y, want[i], 1e-5, "sample %d", i)
			}
			require.Empty(t, reference.weights)
		})
	}
}

func TestExportForNAMRefuses(t *testing.T) {
	for name, spec := range map[string]modeltest.Spec{
		"a GRU":       {Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 1, Hidden: 8, Outputs: 1, Seed: 3},
		"two inputs":  {Cell: format.CellLSTM, Input: 2, Hidden: 8, Outputs: 1, Seed: 3},
		"two outputs": {Cell: format.CellLSTM, Input: 1, Hidden: 8, Outputs: 2, Seed: 3},
		"tokens":      {Cell: format.CellLSTM, Tokens: 9, Hidden: 8, Outputs: 1, Seed: 3},
	} {
		m := spec.Model()
		m.Goldens = nil
		file := filepath.Join(t.TempDir(), "m.nam")
		code, _, stderr := invoke(t, "export", writeModel(t, m), "-o", file)
		require.Equal(t, 1, code, "%s: %s", name, stderr)
		require.Contains(t, stderr, "the player of .nam files reads only LSTMs of one size", name)
		require.NoFileExists(t, file)
	}
}
