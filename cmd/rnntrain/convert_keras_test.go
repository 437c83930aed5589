package main

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/npy"
)

// kerasFiles unpacks files of format/keras' matrix into a folder.
func kerasFiles(t *testing.T, names ...string) string {
	t.Helper()
	z, err := zip.OpenReader("../../format/keras/testdata/matrix.zip")
	require.NoError(t, err)
	defer z.Close()
	folder := t.TempDir()
	for _, name := range names {
		f, err := z.Open(name)
		require.NoError(t, err)
		data, err := io.ReadAll(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), data, 0o600))
	}
	return folder
}

// Files of Keras are converted, and proven by what Keras computes: also where steps
// of the model take several of the sequence, or a whole one.
func TestConvertKeras(t *testing.T) {
	for _, c := range []struct{ file, kind string }{
		{"bi-lstm-concat.h5", "Keras HDF5"},
		{"keras1-gru.h5", "Keras HDF5"},
		{"tokens-mask.h5", "Keras HDF5"},
		{"textgenrnn-form.h5", "Keras HDF5"},
		{"cnn-lstm.h5", "Keras HDF5"},
		{"conv-valid-3-1-1-13.h5", "Keras HDF5"},
		{"conv-same-3-2-1-None.h5", "Keras HDF5"},
		{"window-cnn.h5", "Keras HDF5"},
		{"autoencoder.h5", "Keras HDF5"},
		{"tokens-flatten.h5", "Keras HDF5"},
		{"lstm-archive.keras", "a Keras archive"},
		{"nested-3.keras", "a Keras archive"},
	} {
		t.Run(c.file, func(t *testing.T) {
			check := c.file[:len(c.file)-len(filepath.Ext(c.file))] + ".npz"
			folder := kerasFiles(t, c.file, check)
			model := filepath.Join(folder, "model.rnn")
			code, stdout, stderr := invoke(t, "convert", filepath.Join(folder, c.file), "-o", model, "--check", filepath.Join(folder, check), "--tolerance", "2e-5")
			require.Equal(t, 0, code, stderr)
			require.Contains(t, stdout, c.kind)
			require.FileExists(t, model)
		})
	}
}

// Weights alone are read with the model's JSON beside them, or by --arch, or with an
// architecture of nodes.
func TestConvertKerasWeights(t *testing.T) {
	folder := kerasFiles(t, "alone.h5", "alone.json", "alone.npz")
	in, model, check := filepath.Join(folder, "alone.h5"), filepath.Join(folder, "model.rnn"), filepath.Join(folder, "alone.npz")
	code, stdout, stderr := invoke(t, "convert", in, "-o", model, "--check", check, "--tolerance", "2e-5")
	require.Equal(t, 0, code, stderr)
	require.Contains(t, stdout, "the layers are those of alone.json")

	other := filepath.Join(folder, "other.json")
	require.NoError(t, os.Rename(filepath.Join(folder, "alone.json"), other))
	code, _, stderr = invoke(t, "convert", in, "-o", model)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "the file has weights, but not the model's layers; put the JSON of model.to_json() beside it as alone.json, or give it by --arch")

	code, stdout, stderr = invoke(t, "convert", in, "-o", model, "--arch", other, "--check", check, "--tolerance", "2e-5")
	require.Equal(t, 0, code, stderr)
	require.Contains(t, stdout, "the layers are those of --arch")

	code, _, stderr = invoke(t, "convert", converted+"keras.json", "-o", model, "--arch", other)
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--arch is the JSON of a Keras model, which describes the layers of HDF5 weights, but the file is JSON")

	nodes := write(t, "nodes.json", `{"inputs": [{"name": "input", "channels": 3}], "nodes": [{"op": "lstm", "module": "none"}]}`)
	code, _, stderr = invoke(t, "convert", in, "-o", model, "--arch", nodes)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, `the file has no tensors of a recurrent module`)
}

// An architecture reads the weights of Keras' layers as PyTorch's modules, with Keras'
// epsilon.
func TestConvertKerasModules(t *testing.T) {
	folder := kerasFiles(t, "modules.h5", "modules.npz")
	in, model, check := filepath.Join(folder, "modules.h5"), filepath.Join(folder, "model.rnn"), filepath.Join(folder, "modules.npz")
	code, _, stderr := invoke(t, "convert", in, "-o", model)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "conv.weight [4 3 3]")
	require.Contains(t, stderr, "both.weight_ih_l0_reverse [12 5]")

	nodes := `{"inputs": [{"name": "input", "channels": 3}], "nodes": [
		{"op": "conv1d", "module": "conv", "causal": true, "activation": "relu"}, {"op": "batchnorm", "module": "norm"}, {"op": "gru", "module": "gru"},
		{"op": "gru", "module": "both", "reset_before": true}, {"op": "layernorm", "module": "ln"}, {"op": "lstm", "module": "lstm"}, {"op": "rnn", "module": "rnn"},
		{"op": "pool", "pool": "last"}, {"op": "linear", "module": "out"}]}`
	code, stdout, stderr := invoke(t, "convert", in, "-o", model, "--arch", write(t, "nodes.json", nodes), "--check", check, "--tolerance", "2e-5")
	require.Equal(t, 0, code, stderr)
	require.Contains(t, stdout, "weights do not record activations")

	code, _, stderr = invoke(t, "convert", in, "-o", model, "--arch", write(t, "reset.json", strings.Replace(nodes, `, "reset_before": true`, "", 1)))
	require.Equal(t, 1, code)
	require.Contains(t, stderr, `the GRU "both" has one bias, like a Keras GRU that resets before the product`)

	raw := write(t, "raw.json", `{"tensors": {"rnn.weight": {"from": "out/kernel:0", "transpose": [1, 0]}}, "ignore": ["conv*", "norm*", "gru*", "both*", "ln*", "lstm*", "rnn/*", "out*"], "inputs": [{"name": "input", "channels": 3}], "nodes": [{"op": "linear", "module": "rnn"}]}`)
	code, _, stderr = invoke(t, "convert", in, "-o", model, "--arch", raw)
	require.Equal(t, 0, code, stderr)
}

func TestConvertTFJS(t *testing.T) {
	folder := t.TempDir()
	in := filepath.Join(folder, "model.json")
	require.NoError(t, os.WriteFile(in, []byte(`{"format": "layers-model", "modelTopology": {"class_name": "Sequential", "config": {"layers": [
		{"class_name": "Dense", "config": {"name": "d", "units": 2, "batch_input_shape": [null, 1]}}]}},
		"weightsManifest": [{"paths": ["w.bin"], "weights": [{"name": "d/kernel", "shape": [1, 2], "dtype": "float32"}, {"name": "d/bias", "shape": [2], "dtype": "float32"}]}]}`), 0o600))
	model := filepath.Join(folder, "model.rnn")
	code, _, stderr := invoke(t, "convert", in, "-o", model)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "w.bin")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "w.bin"), make([]byte, 16), 0o600))
	code, stdout, stderr := invoke(t, "convert", in, "-o", model)
	require.Equal(t, 0, code, stderr)
	require.Contains(t, stdout, "a TensorFlow.js model")
	code, _, stderr = invoke(t, "convert", in, "-o", model, "--pool", "last")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--pool is for state_dicts, but the file describes its whole network")
}

// Keras' masks leave padding out, and so does the check, wherever it is.
func TestConvertKerasPadding(t *testing.T) {
	for _, name := range []string{"tokens-mask", "tokens-average", "masking"} {
		t.Run(name, func(t *testing.T) {
			folder := kerasFiles(t, name+".h5", name+".npz")
			data, err := os.ReadFile(filepath.Join(folder, name+".npz"))
			require.NoError(t, err)
			arrays, err := npy.ReadArchive(data)
			require.NoError(t, err)
			x := &arrays[0]
			n, steps := x.Shape[0], x.Shape[1]
			size := max(len(x.Integers), len(x.Floats)) / n / steps
			padded := npy.Array{Name: "x", DType: x.DType, Shape: slices.Clone(x.Shape)}
			padded.Shape[1] = steps + 4
			for i := range n {
				for _, step := range []int{-1, -1, 0, 1, 2, -1, 3, 4, 5, 6, 7, -1} {
					row, tokens := make([]float32, size), []int32{0}
					if step >= 0 && x.DType.Integer() {
						tokens = x.Integers[i*steps+step:][:1]
					} else if step >= 0 {
						row = x.Floats[(i*steps+step)*size:][:size]
					}
					if x.DType.Integer() {
						padded.Integers = append(padded.Integers, tokens...)
					} else {
						padded.Floats = append(padded.Floats, row...)
					}
				}
			}
			code, stdout, stderr := invoke(t, "convert", filepath.Join(folder, name+".h5"), "-o", filepath.Join(folder, "model.rnn"), "--check", archive(t, padded, arrays[1]), "--tolerance", "2e-5")
			require.Equal(t, 0, code, stderr)
			require.Contains(t, stdout, "give sequences without them")
		})
	}
}

// The outputs of a dense layer without a function are logits of a classifier, and
// those of one that has a function are not.
func TestConvertKerasLogits(t *testing.T) {
	folder := kerasFiles(t, "cnn-lstm.h5", "tokens.h5")
	for name, logits := range map[string]bool{"cnn-lstm.h5": true, "tokens.h5": false} {
		code, stdout, stderr := invoke(t, "convert", filepath.Join(folder, name), "-o", filepath.Join(folder, "model.rnn"), "--task", "classify")
		require.Equal(t, 0, code, stderr)
		require.Equal(t, logits, strings.Contains(stdout, "assumed to be logits"), stdout)
	}
	in := filepath.Join(folder, "model.json")
	require.NoError(t, os.WriteFile(in, []byte(`{"modelTopology": {"class_name": "Sequential", "config": {"layers": [
		{"class_name": "GlobalMaxPooling1D", "config": {"name": "g", "batch_input_shape": [null, null, 2]}}, {"class_name": "Dense", "config": {"name": "d", "units": 2, "activation": "tanh"}}]}},
		"weightsManifest": [{"paths": ["w.bin"], "weights": [{"name": "d/kernel", "shape": [2, 2], "dtype": "float32"}, {"name": "d/bias", "shape": [2], "dtype": "float32"}]}]}`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "w.bin"), make([]byte, 24), 0o600))
	code, stdout, stderr := invoke(t, "convert", in, "-o", filepath.Join(folder, "model.rnn"), "--task", "classify")
	require.NotContains(t, stdout, "assumed to be logits", "%d %s", code, stderr)
}

// The length of sequences that a layer needs at once can be said.
func TestConvertKerasSteps(t *testing.T) {
	folder := kerasFiles(t, "open-conv.h5", "open-conv.npz")
	convert := []string{"convert", filepath.Join(folder, "open-conv.h5"), "-o", filepath.Join(folder, "model.rnn"), "--check", filepath.Join(folder, "open-conv.npz"), "--tolerance", "2e-5"}
	code, _, stderr := invoke(t, convert...)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "--dimension steps=N")
	code, _, stderr = invoke(t, append(convert, "--dimension", "steps=12")...)
	require.Equal(t, 0, code, stderr)
	code, _, stderr = invoke(t, append(convert, "--dimension", "time=12")...)
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "for a Keras model, give steps=N")
}
