package savedmodel_test

import (
	"archive/zip"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/tensorflow/savedmodel"
	"github.com/rnnrun/rnnrun/internal/archivetest"
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
			archivetest.RequireAnswers(t, m, matrix[strings.TrimSuffix(name, ".zip")+".npz"])
		})
	}
}
