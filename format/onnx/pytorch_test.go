package onnx_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
	"github.com/rnnrun/rnnrun/internal/pytorch"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// The models that PyTorch exported, and what it computes with them in float64;
// testdata/onnx/README.md describes them. The inputs, and the goldens of the
// matrix, are those of testdata/convert.
const (
	folder  = "../../testdata/onnx"
	convert = "../../testdata/convert"
)

// tolerance is what a float32 network may differ from PyTorch's float64, over
// 500 steps; exact what a float64 evaluation may.
const (
	tolerance = 2e-6
	exact     = 3e-7
)

// archive returns the files of models.tar.gz by their names.
func archive(t testing.TB) map[string][]byte {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, "models.tar.gz"))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	files := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		require.NoError(t, err)
		files[h.Name], err = io.ReadAll(r)
		require.NoError(t, err)
	}
}

// inputs returns the sequence of all tests: numbers [500][3], and tokens [500][1].
func inputs(t *testing.T) (numbers, tokens [][]float64) {
	t.Helper()
	read := func(name string, width int) (rows [][]float64) {
		f, err := os.Open(filepath.Join(convert, name))
		require.NoError(t, err)
		defer f.Close()
		r, err := npy.NewReader(f)
		require.NoError(t, err)
		v := make([]float32, r.Len())
		if width == 1 {
			ints := make([]int32, r.Len())
			require.NoError(t, r.ReadInt32(ints))
			for i, x := range ints {
				v[i] = float32(x)
			}
		} else {
			require.NoError(t, r.ReadFloat32(v))
		}
		for ; len(v) > 0; v = v[width:] {
			rows = append(rows, onnxtest.Widened(v[:width]))
		}
		return rows
	}
	return read("inputs.npy", 3), read("tokens.npy", 1)
}

// flat returns the outputs of every 25th step, as the goldens have them, or of a
// network that answers once all outputs.
func flat(y [][]float64) []float32 {
	var v []float32
	for i, step := range y {
		if len(y) > 1 && i%25 != 24 {
			continue
		}
		for _, x := range step {
			v = append(v, float32(x))
		}
	}
	return v
}

// run computes a network with package runtime.
func run(t *testing.T, n *network.Network, x [][]float64) [][]float64 {
	t.Helper()
	description, err := n.Model()
	require.NoError(t, err)
	m, err := runtime.New(description)
	require.NoError(t, err)
	defer m.Close()
	var numbers []float32
	var tokens []int32
	for _, step := range x {
		for _, v := range step {
			numbers, tokens = append(numbers, float32(v)), append(tokens, int32(v))
		}
	}
	var y []float32
	if n.Embedding != nil {
		y, err = m.NewSession().RunTokens(tokens)
	} else {
		y, err = m.NewSession().Run(numbers)
	}
	require.NoError(t, err)
	var rows [][]float64
	for size := n.OutputSize(); len(y) > 0; y = y[size:] {
		rows = append(rows, onnxtest.Widened(y[:size]))
	}
	return rows
}

// same compares a network with a golden.
func same(t *testing.T, goldens pytorch.Goldens, name string, n *network.Network, x [][]float64) {
	t.Helper()
	worst, err := goldens.Error(name, flat(onnxtest.Evaluate(n, x)))
	require.NoError(t, err)
	require.LessOrEqual(t, worst, exact)
	worst, err = goldens.Error(name, flat(run(t, n, x)))
	require.NoError(t, err)
	require.LessOrEqual(t, worst, tolerance)
}

// Cell × layers × directions × biases × batch_first × many to many or to one ×
// opset.
func TestMatrixComputesWhatPyTorchDoes(t *testing.T) {
	goldens, err := pytorch.Read(convert)
	require.NoError(t, err)
	x, _ := inputs(t)
	seen := map[string]*network.Network{}
	for name, data := range archive(t) {
		name, ok := strings.CutPrefix(name, "matrix/")
		if !ok {
			continue
		}
		golden := strings.TrimSuffix(filepath.ToSlash(filepath.Dir(name)), "/")
		n, err := onnx.Read(data)
		require.NoError(t, err, name)
		n.Provenance = nil
		for i := range n.Layers {
			n.Layers[i].Name = ""
		}
		// Files of a model differ in their layout only.
		model, way := strings.Split(golden, "/")[0], filepath.Base(golden)
		if first := seen[model+way]; first != nil {
			require.Equal(t, first, n, name)
			continue
		}
		seen[model+way] = n
		t.Run(golden, func(t *testing.T) { same(t, goldens, golden, n, x) })
	}
	require.Len(t, seen, 96)
}

func TestModelsOfPyTorch(t *testing.T) {
	goldens, err := pytorch.Read(folder)
	require.NoError(t, err)
	numbers, tokens := inputs(t)
	files := 0
	for name, data := range archive(t) {
		name, ok := strings.CutPrefix(name, "others/")
		if !ok {
			continue
		}
		files++
		t.Run(name, func(t *testing.T) {
			n, err := onnx.Read(data)
			require.NoError(t, err)
			x := numbers
			if n.Embedding != nil {
				x = tokens
			}
			golden := ""
			for known := range goldens {
				if strings.HasPrefix(name, known+"-") && len(known) > len(golden) {
					golden = known
				}
			}
			same(t, goldens, golden, n, x)
		})
	}
	require.Equal(t, 213, files)
}

// Initial states and lengths may be inputs, and final states outputs.
func TestModelsWithStates(t *testing.T) {
	for name, data := range archive(t) {
		name, ok := strings.CutPrefix(name, "states/")
		if !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			n, err := onnx.Read(data)
			require.NoError(t, err)
			kind, _, _ := strings.Cut(name, "-")
			require.Equal(t, map[string][]string{
				"lstm": {
					`the input "h" is the initial state initial_h: the model starts from zeros`,
					`the input "c" is the initial state initial_c: the model starts from zeros`,
				},
				"step":    {`the input "h" is the initial state initial_h: the model starts from zeros`},
				"lengths": {`the input "lengths" are the lengths of sequences`},
			}[kind], n.Notes)
			require.Equal(t, kind == "lstm" || kind == "step", n.TakesStates)
			require.Equal(t, kind == "lengths", n.TakesLengths)
			for _, l := range n.Layers {
				for _, d := range l.Directions {
					require.Nil(t, d.H0)
					require.Nil(t, d.C0)
				}
			}
		})
	}
}
