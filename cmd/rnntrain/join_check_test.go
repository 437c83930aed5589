package main

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// A state_dict does not tell that there is a ReLU after the decoder's embedding:
// --check finds out, and --decoder-arch says it.
func TestJoinProvesTheTranslator(t *testing.T) {
	s := seq2seq{2, 2}
	state := archive(t, s.arrays()...)
	encoder, decoder := s.half(t, "encoder."), s.half(t, "decoder.")
	rectified := *decoder
	table := slices.Clone(decoder.Embedding.Table)
	for i := range table {
		table[i] = max(table[i], 0)
	}
	rectified.Embedding = &format.Embedding{Tokens: 8, Size: 3, Table: table}

	sources, most := []int32{1, 2, 3, 8, 7, 0, 4, 3, 2, 1, 1, 1}, 10
	check := func(d *network.Network) string {
		x := npy.Array{Name: "x", DType: npy.Int32, Shape: []int{4, 3}, Integers: sources}
		y := npy.Array{Name: "y", DType: npy.Int32, Shape: []int{4, most}}
		for i := range 4 {
			row := make([]int32, most)
			ids := []int{int(sources[3*i]), int(sources[3*i+1]), int(sources[3*i+2])}
			for k := range row {
				row[k] = 2 // behind the end nothing counts
			}
			for k, id := range greedy(encoder, d, ids, 1, 2, most) {
				row[k] = int32(id)
			}
			y.Integers = append(y.Integers, row...)
		}
		return archive(t, x, y)
	}
	plain, relu := check(decoder), check(&rectified)
	arch := write(t, "decoder.json", `{"modules": [{"name": "embedding", "type": "embedding", "activation": "relu"}, {"name": "rnn"}, {"name": "out"}]}`)
	numbers := archive(t, npy.Array{Name: "x", DType: npy.Float32, Shape: []int{1, 1}, Floats: []float32{1}}, npy.Array{Name: "y", DType: npy.Float32, Shape: []int{1, 1}, Floats: []float32{1}})
	for _, c := range []struct {
		name    string
		flags   []string
		message string // empty: it is proved
	}{
		{"without", []string{"--check", plain}, ""},
		{"with the ReLU", []string{"--check", relu, "--decoder-arch", arch}, ""},
		{"with it unsaid", []string{"--check", relu}, "the converted model computes something else: for source"},
		{"said of another", []string{"--check", plain, "--decoder-arch", arch}, "such as a ReLU after the embedding: describe them in --decoder-arch"},
		{"numbers", []string{"--check", numbers}, "want integers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, stdout, stderr := invoke(t, append(append([]string{"join", state, state, "-o", model}, sideFlags(t)...), c.flags...)...)
			if c.message != "" {
				require.Equal(t, 1, code)
				require.Contains(t, stderr, c.message)
				require.NoFileExists(t, model)
				return
			}
			require.Zero(t, code, stderr)
			require.Contains(t, stdout, "check       4 translations as in y; kept in the model")
			m, err := runtime.OpenEncoderDecoder(model)
			require.NoError(t, err)
			defer m.Close()
			require.Len(t, m.Description().Goldens, 4)
			require.NoError(t, m.Verify())
		})
	}
}
