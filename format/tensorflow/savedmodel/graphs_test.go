package savedmodel_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/tensorflow/savedmodel"
	"github.com/rnnrun/rnnrun/internal/archivetest"
)

// The graphs of functions that TensorFlow traces of Keras' layers compute what these do:
// with loops of functions, in Keras' own functions of LSTMs and GRUs and without, and with
// variables that are read inside of the loops and outside.
func TestGraphs(t *testing.T) {
	matrix := members(t, "../../keras/testdata/matrix.zip")
	models := members(t, "testdata/graphs.zip")
	for name, data := range models {
		t.Run(name, func(t *testing.T) {
			n, err := savedmodel.ReadArchive(data, savedmodel.Options{})
			require.NoError(t, err)
			m, err := n.Model()
			require.NoError(t, err)
			of, _, _ := strings.Cut(strings.TrimSuffix(name, ".zip"), "@") // how it is written
			archivetest.RequireAnswers(t, m, matrix[of+".npz"])
		})
	}
}
