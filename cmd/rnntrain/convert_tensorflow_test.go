package main

import (
	"archive/zip"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// frozenGraphs unpacks the graphs that format/tensorflow/testdata makes.
func frozenGraphs(t *testing.T) map[string]string {
	z, err := zip.OpenReader("../../format/tensorflow/testdata/graphs.zip")
	require.NoError(t, err)
	defer z.Close()
	files := map[string]string{}
	for _, f := range z.File {
		open, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(open)
		require.NoError(t, err)
		files[f.Name] = string(data)
	}
	return files
}

// Frozen graphs are converted by one command, and compute what their layers are defined
// to, in sequences of the length of the file or of any.
func TestConvertTensorFlow(t *testing.T) {
	files := frozenGraphs(t)
	for name, graph := range files {
		name, found := strings.CutSuffix(name, ".pb")
		if !found {
			continue
		}
		t.Run(name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, out, stderr := invoke(t, "convert", write(t, "graph.pb", graph), "-o", model)
			require.Zero(t, code, stderr)
			require.Contains(t, out, "graph.pb, a TensorFlow graph")
			x, y := array(t, files[name+".x.npy"]), array(t, files[name+".y.npy"])
			m, err := rnn.Open(model)
			require.NoError(t, err)
			got := scriptOutputs(t, m, x)
			require.Len(t, got, len(y))
			for i := range y {
				require.InDelta(t, y[i], got[i], 2e-6, fmt.Sprint("output ", i))
			}
		})
	}
}
