package tensorflow_test

import (
	"archive/zip"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/tensorflow"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// testdata are the members of graphs.zip, by their names.
func testdata(t testing.TB) map[string][]byte {
	z, err := zip.OpenReader("testdata/graphs.zip")
	require.NoError(t, err)
	defer z.Close()
	files := map[string][]byte{}
	for _, f := range z.File {
		open, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(open)
		require.NoError(t, err)
		files[f.Name] = data
	}
	return files
}

// frozen are the graphs of testdata, by their names.
func frozen(t testing.TB) map[string][]byte {
	graphs := map[string][]byte{}
	for name, data := range testdata(t) {
		if name, found := strings.CutSuffix(name, ".pb"); found {
			graphs[name] = data
		}
	}
	return graphs
}

// Graphs compute what their layers are defined to.
func TestFrozenGraphs(t *testing.T) {
	files := testdata(t)
	for name, graph := range frozen(t) {
		t.Run(name, func(t *testing.T) {
			require.True(t, tensorflow.Match(graph))
			n, err := tensorflow.Options{}.Read(graph)
			require.NoError(t, err)
			d, err := n.Model()
			require.NoError(t, err)
			m, err := runtime.New(d)
			require.NoError(t, err)
			got := outputs(t, m, numbers(t, files[name+".x.npy"]))
			require.InDeltaSlice(t, numbers(t, files[name+".y.npy"]), got, 2e-6)
		})
	}
}

func numbers(t *testing.T, data []byte) []float32 {
	_, list, err := npy.ReadAll(strings.NewReader(string(data)))
	require.NoError(t, err)
	return list
}

// outputs runs a sequence, of numbers or of tokens.
func outputs(t *testing.T, m *runtime.Model, x []float32) (y []float32) {
	var err error
	if s := m.NewSession(); m.InputSize() > 0 {
		y, err = s.Run(x)
	} else {
		var tokens []int32
		for _, v := range x {
			tokens = append(tokens, int32(v))
		}
		y, err = s.RunTokens(tokens)
	}
	require.NoError(t, err)
	return y
}
