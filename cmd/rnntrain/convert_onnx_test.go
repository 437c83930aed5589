package main

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// TestConvertONNX converts a model that PyTorch exported. That the network is
// the same is what the tests of format/onnx prove of all of them.
func TestConvertONNX(t *testing.T) {
	f, err := os.Open("../../testdata/onnx/models.tar.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	r := tar.NewReader(z)
	var data []byte
	for data == nil {
		h, err := r.Next()
		require.NoError(t, err)
		if strings.HasPrefix(h.Name, "matrix/") && h.Size > 0 {
			data, err = io.ReadAll(r)
			require.NoError(t, err)
		}
	}
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, out, stderr := invoke(t, "convert", write(t, "exported.onnx", string(data)), "-o", model)
	require.Zero(t, code, stderr)
	require.Contains(t, out, "exported.onnx, ONNX")
	m, err := rnn.Open(model)
	require.NoError(t, err)
	require.Positive(t, m.InputSize())

	code, _, stderr = invoke(t, "convert", write(t, "cut.onnx", string(data[:len(data)/2])), "-o", model+"2")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "cut.onnx")
}
