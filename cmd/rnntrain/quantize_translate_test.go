package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Both halves are quantized, and the perplexity of translations is the measure.
func TestQuantizeATranslator(t *testing.T) {
	dir := t.TempDir()
	d := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Tokens: 4, Input: 8, Hidden: 16, Bidirectional: true, Seed: 3}.Translator(6)
	m, err := rnn.NewEncoderDecoder(d)
	require.NoError(t, err)
	for _, source := range [][]int32{{0, 1, 2}, {3}} {
		g, err := m.Golden(source, nil)
		require.NoError(t, err)
		d.Goldens = append(d.Goldens, g)
	}
	model, small := filepath.Join(dir, "m.rnn"), filepath.Join(dir, "s.rnn")
	require.NoError(t, format.WriteFile(model, d))
	pairs := write(t, "pairs.tsv", "abc\tAB\nd\tCBA\n")
	for name, args := range map[string][]string{
		"on goldens": nil,
		"on pairs":   {"--calibrate", pairs},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, stderr := invoke(t, append([]string{"quantize", model, "-o", small, "--json"}, args...)...)
			require.Zero(t, code, stderr)
			var r struct {
				Before float64 `json:"perplexity_before"`
				After  float64 `json:"perplexity_after"`
				Loss   float64
				Parts  []struct{ Name, DType string }
			}
			require.NoError(t, json.Unmarshal([]byte(out), &r))
			require.InDelta(t, 0, r.Loss, 1)
			require.Greater(t, r.Before, 2.0)
			require.NotEqual(t, r.Before, r.After)
			var names []string
			for _, p := range r.Parts {
				require.Equal(t, "int8", p.DType)
				names = append(names, p.Name)
			}
			require.Equal(t, []string{"embedding", "layer 0", "decoder embedding", "decoder layer 0", "decoder head"}, names)

			q, err := rnn.OpenEncoderDecoder(small)
			require.NoError(t, err)
			defer q.Close()
			require.NoError(t, q.Verify(), "the goldens are those of the small model")
			require.Len(t, q.Description().Goldens, 2)
			require.Zero(t, q.Description().WeightBytes(format.DTypeF16))
			require.Equal(t, format.DTypeInt8, q.Description().Decoder.Head.Weight.DType)
		})
	}
	code, _, stderr := invoke(t, "quantize", model, "-o", small, "--calibrate", pairs, "--drift", "x.svg")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "with an output at every step")
}
