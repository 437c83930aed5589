package savedmodel_test

import (
	"archive/zip"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/tensorflow/savedmodel"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// members returns the files of an archive.
func members(t testing.TB, path string) map[string][]byte {
	t.Helper()
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		files[f.Name], err = io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
	}
	return files
}

// Models of Keras compute in a SavedModel what they do in an HDF5 file: with the layers'
// configs in saved_model.pb or beside it, in one shard and in several.
func TestLayers(t *testing.T) {
	matrix := members(t, "../../keras/testdata/matrix.zip")
	models := members(t, "testdata/layers.zip")
	require.Greater(t, len(models), 60)
	for name, data := range models {
		t.Run(name, func(t *testing.T) {
			n, err := savedmodel.ReadArchive(data, savedmodel.Options{})
			require.NoError(t, err)
			m, err := n.Model()
			require.NoError(t, err)
			compare(t, m, matrix[strings.TrimSuffix(name, ".zip")+".npz"])
		})
	}
}

// compare compares what a model makes of the sequences of x with y.
func compare(t *testing.T, d *format.Model, check []byte) {
	t.Helper()
	arrays, err := npy.ReadArchive(check)
	require.NoError(t, err)
	x, y := arrays[0], arrays[1]
	m, err := runtime.New(d)
	require.NoError(t, err)
	defer m.Close()
	s := m.NewSession()
	for i := range x.Shape[0] {
		s.Reset()
		var got []float32
		if x.DType.Integer() {
			n := len(x.Integers) / x.Shape[0]
			got, err = s.RunTokens(x.Integers[i*n:][:n])
		} else {
			n := len(x.Floats) / x.Shape[0]
			got, err = s.Run(x.Floats[i*n:][:n])
		}
		require.NoError(t, err)
		n := len(y.Floats) / y.Shape[0]
		require.Len(t, got, n)
		for k, want := range y.Floats[i*n:][:n] {
			require.LessOrEqual(t, math.Abs(float64(got[k]-want)), 2e-5*max(1, math.Abs(float64(want))), "sequence %d, number %d: %v, where %v is due", i, k, got[k], want)
		}
	}
}
