package keras_test

import (
	"archive/zip"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/keras"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/archivetest"
)

// matrix returns the files of testdata/matrix.zip, which testdata/make.py writes.
func matrix(t testing.TB) map[string][]byte {
	z, err := zip.OpenReader("testdata/matrix.zip")
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

// network returns the network of a file of the matrix.
func read(files map[string][]byte, name string) (*network.Network, error) {
	options := keras.Options{Config: files[strings.TrimSuffix(name, ".h5")+".json"]}
	if strings.HasPrefix(name, "open-") {
		options.Steps = 12
	}
	if path.Ext(name) == ".keras" {
		return keras.ReadArchive(files[name], options)
	}
	return keras.Read(files[name], options)
}

// Every layer, in the forms of Keras 1, 2 and 3, computes what its documentation
// says.
func TestMatrix(t *testing.T) {
	files := matrix(t)
	count := 0
	for name := range files {
		stem := strings.TrimSuffix(name, path.Ext(name))
		if path.Ext(name) != ".h5" && path.Ext(name) != ".keras" ||
			name == "modules.h5" || strings.HasPrefix(name, "translator-") { // whose layers no file tells; and halves, see cmd/rnntrain
			continue
		}
		count++
		t.Run(stem, func(t *testing.T) {
			n, err := read(files, name)
			require.NoError(t, err)
			m, err := n.Model()
			require.NoError(t, err)
			archivetest.RequireAnswers(t, m, files[stem+".npz"])
		})
	}
	require.Greater(t, count, 150)
}

// A batch normalization is a part of the layer below, if nothing else reads that.
func TestBatchNormIsFolded(t *testing.T) {
	files := matrix(t)
	for name, constants := range map[string]int{"batchnorm-folded.h5": 0, "batchnorm-shared.h5": 2} {
		n, err := read(files, name)
		require.NoError(t, err)
		count := 0
		for i := range n.Graph.Nodes {
			if n.Graph.Nodes[i].Kind() == "constant" {
				count++
			}
		}
		require.Equal(t, constants, count, name)
	}
}
