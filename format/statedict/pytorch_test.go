package statedict_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/npz"
	"github.com/rnnrun/rnnrun/format/pickle"
	"github.com/rnnrun/rnnrun/format/rtneural"
	"github.com/rnnrun/rnnrun/format/safetensors"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/pytorch"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// folder holds models that PyTorch saved and what it computes with them in
// float64; testdata/convert/README.md describes them.
const (
	folder   = "../../testdata/convert"
	features = 3 // of a step of inputs.npy
)

// tolerance is what a float32 network may differ from PyTorch's float64, over
// 500 steps.
const tolerance = 2e-6

func tensors(t *testing.T, name, key string) []statedict.Tensor {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	require.NoError(t, err)
	var list []statedict.Tensor
	switch filepath.Ext(name) {
	case ".safetensors":
		list, err = safetensors.Read(data)
	case ".pt":
		list, err = pickle.Read(data, key)
	case ".npz":
		list, err = npz.Read(data)
	}
	require.NoError(t, err)
	return list
}

func read(t *testing.T, name string, a *statedict.Architecture) *network.Network {
	t.Helper()
	key := ""
	if a != nil {
		key = a.StateDict
	}
	n, err := statedict.Network(tensors(t, name, key), a)
	require.NoError(t, err)
	return n
}

// run returns the outputs of the sequence of all tests.
func run(t *testing.T, n *network.Network) []float32 {
	t.Helper()
	description, err := n.Model()
	require.NoError(t, err)
	m, err := runtime.New(description)
	require.NoError(t, err)
	defer m.Close()
	name := "inputs.npy"
	if description.Embedding != nil {
		name = "tokens.npy"
	}
	f, err := os.Open(filepath.Join(folder, name))
	require.NoError(t, err)
	defer f.Close()
	r, err := npy.NewReader(f)
	require.NoError(t, err)
	var y []float32
	if description.Embedding != nil {
		tokens := make([]int32, r.Len())
		require.NoError(t, r.ReadInt32(tokens))
		y, err = m.NewSession().RunTokens(tokens)
	} else {
		xs := make([]float32, r.Len())
		require.NoError(t, r.ReadFloat32(xs))
		y, err = m.NewSession().Run(first(xs, features, description.InputSize))
	}
	require.NoError(t, err)
	return y
}

// first returns the first n of each step's features.
func first(xs []float32, features, n int) []float32 {
	var list []float32
	for ; len(xs) > 0; xs = xs[features:] {
		list = append(list, xs[:n]...)
	}
	return list
}

// every returns the outputs of every 25th step, as the goldens have them.
func every(y []float32, size int) []float32 {
	var list []float32
	for at := 24 * size; at < len(y); at += 25 * size {
		list = append(list, y[at:at+size]...)
	}
	return list
}

func near(t *testing.T, goldens pytorch.Goldens, name string, y []float32) {
	t.Helper()
	worst, err := goldens.Error(name, y)
	require.NoError(t, err)
	require.LessOrEqual(t, worst, tolerance, name)
}

// Cell × layers × directions × biases × batch_first × many to many or to one.
func TestMatrixComputesWhatPyTorchDoes(t *testing.T) {
	goldens, err := pytorch.Read(folder)
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(folder, "matrix", "*.safetensors"))
	require.NoError(t, err)
	require.Len(t, files, 48)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".safetensors")
		t.Run(name, func(t *testing.T) {
			nonlinearity := ""
			if s, ok := strings.CutPrefix(name, "rnn_"); ok {
				nonlinearity = s[:4]
			}
			for pool, shape := range map[string]string{"none": "many", "last": "one"} {
				n := read(t, "matrix/"+filepath.Base(file), &statedict.Architecture{Nonlinearity: nonlinearity, Pool: pool})
				y := run(t, n)
				if pool == "none" {
					y = every(y, n.OutputSize())
				}
				near(t, goldens, name+"/time_first/"+shape, y)
				near(t, goldens, name+"/batch_first/"+shape, y)
			}
		})
	}
}

// The same model in every kind of file is the same network.
func TestEveryFileOfAModelIsTheSame(t *testing.T) {
	goldens, err := pytorch.Read(folder)
	require.NoError(t, err)
	want := read(t, "words.pt", &statedict.Architecture{Pool: "last"})
	for _, c := range []struct{ file, key, golden string }{
		{"words.pt", "", "words"},
		{"words-legacy.pt", "", "words"},
		{"words-protocol4.pt", "", "words"},
		{"words-parameters.pt", "", "words"},
		{"words-transposed.pt", "", "words"},
		{"words-f64.pt", "", "words"},
		{"words-module.pt", "", "words"},
		{"words-checkpoint.pt", "state_dict", "words"},
		{"words-checkpoint-only.pt", "", "words"},
		{"words.npz", "", "words"},
		{"words-compressed.npz", "", "words"},
		{"words-f64.safetensors", "", "words"},
		{"words-f16.safetensors", "", "words-f16"},
		{"words-bf16.safetensors", "", "words-bf16"},
	} {
		t.Run(c.file, func(t *testing.T) {
			n := read(t, c.file, &statedict.Architecture{Pool: "last", StateDict: c.key})
			near(t, goldens, c.golden, run(t, n))
			if c.golden == "words" {
				for i := range n.Layers {
					n.Layers[i].Name = want.Layers[i].Name
				}
				require.Equal(t, want, n)
			}
		})
	}
}

func TestOtherModules(t *testing.T) {
	goldens, err := pytorch.Read(folder)
	require.NoError(t, err)
	relu := "relu"
	for _, c := range []struct {
		file string
		a    statedict.Architecture
	}{
		{"cells.npz", statedict.Architecture{Pool: "none"}},
		{"tied.pt", statedict.Architecture{Pool: "none", Nonlinearity: relu, Modules: []statedict.Module{
			{Name: "embed", Type: "embedding"}, {Name: "rnn"}, {Name: "decoder"}}}},
		{"projected.safetensors", statedict.Architecture{}},
		{"learned.pt", statedict.Architecture{Pool: "none", Skip: true, Modules: []statedict.Module{
			{Name: "rnn", H0: statedict.Names{"h"}, C0: statedict.Names{"c"}}, {Name: "hidden", Activation: relu}, {Name: "out"}}}},
	} {
		t.Run(c.file, func(t *testing.T) {
			n := read(t, c.file, &c.a)
			name, _, _ := strings.Cut(c.file, ".")
			near(t, goldens, name, every(run(t, n), n.OutputSize()))
		})
	}
}

// JSON models of the audio world tell their whole network.
func TestJSONModels(t *testing.T) {
	goldens, err := pytorch.Read(folder)
	require.NoError(t, err)
	for _, name := range []string{"keras", "keras-before", "amp", "amp-skip"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(folder, name+".json"))
			require.NoError(t, err)
			n, _, err := rtneural.Read(data)
			require.NoError(t, err)
			near(t, goldens, name, every(run(t, n), n.OutputSize()))
		})
	}
}

func ExampleNetwork() {
	tensors := []statedict.Tensor{
		{Name: "gru.weight_ih_l0", Shape: []int{6, 1}, Data: make([]float32, 6)},
		{Name: "gru.weight_hh_l0", Shape: []int{6, 2}, Data: make([]float32, 12)},
		{Name: "fc.weight", Shape: []int{1, 2}, Data: make([]float32, 2)},
		{Name: "fc.bias", Shape: []int{1}, Data: make([]float32, 1)},
	}
	_, err := statedict.Network(tensors, nil)
	fmt.Println(err)
	n, _ := statedict.Network(tensors, &statedict.Architecture{Pool: "last"})
	fmt.Println(n.Layers[0].Cell, n.Layers[1].Cell, n.Pool)
	// Output:
	// the file does not tell the whole network: which steps feed "fc". Say so in the architecture, for instance
	//
	//     {"pool":"none"}
	//
	// "pool" is "none" if every step's output is used, "last" if only the last one's (h_n; with two directions output[:, -1] is "last_output"), "max" or "mean" over the steps.
	// GRU dense last
}
