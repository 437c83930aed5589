package main

import (
	"archive/zip"
	"io"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// frozenGraph returns a member of those that format/tensorflow/testdata makes.
func frozenGraph(t *testing.T, name string) string {
	z, err := zip.OpenReader("../../format/tensorflow/testdata/graphs.zip")
	require.NoError(t, err)
	defer z.Close()
	open, err := z.Open(name)
	require.NoError(t, err)
	data, err := io.ReadAll(open)
	require.NoError(t, err)
	return string(data)
}

// Frozen graphs are converted by one command, which finds the kind of the file, its
// input and its output.
func TestConvertTensorFlow(t *testing.T) {
	for _, name := range []string{"kws-lstm", "precise-1", "words"} {
		t.Run(name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, out, stderr := invoke(t, "convert", write(t, "graph.pb", frozenGraph(t, name+".pb")), "-o", model)
			require.Zero(t, code, stderr)
			require.Contains(t, out, "graph.pb, a TensorFlow graph")
			m, err := rnn.Open(model)
			require.NoError(t, err)
			got := scriptOutputs(t, m, array(t, frozenGraph(t, name+".x.npy")))
			require.InDeltaSlice(t, array(t, frozenGraph(t, name+".y.npy")), got, 2e-6)
		})
	}
}

// Flags say what a graph leaves open, and name another output.
func TestConvertTensorFlowFlags(t *testing.T) {
	graph := write(t, "graph.pb", frozenGraph(t, "tf-gru.pb"))
	model := filepath.Join(t.TempDir(), "model.rnn")
	for _, c := range []struct {
		flags   []string
		message string // empty: it is converted
	}{
		{[]string{"--output", "BiasAdd"}, ""},
		{[]string{"--shape", "1,0,5"}, ""},
		{[]string{"--shape", "1,0,4"}, "MatMul: of the shapes [1, 8] and [9, 8]"},
		{[]string{"--output", "logits"}, `"logits": the file has no node of this name (--output)`},
		{[]string{"--dimension", "n=3"}, "--dimension is for ONNX graphs"},
	} {
		code, _, stderr := invoke(t, append([]string{"convert", graph, "-o", model}, c.flags...)...)
		if c.message == "" {
			require.Zero(t, code, stderr)
		} else {
			require.NotZero(t, code)
			require.Contains(t, stderr, c.message)
		}
	}
}
