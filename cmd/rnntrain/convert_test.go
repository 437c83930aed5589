package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// converted is a folder of models that PyTorch saved, which
// testdata/convert/README.md describes.
const converted = "../../testdata/convert/"

func TestConvertProvesTheModelAndKeepsTheProof(t *testing.T) {
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, stdout, stderr := invoke(t, "convert", converted+"bare.pt", "-o", model, "--check", converted+"bare-check.npz", "--name", "bare", "--json")
	require.Zero(t, code, stderr)
	var report struct {
		Kind       string
		Pool       string
		Parameters int
		Check      struct {
			MaxError  float64 `json:"max_error"`
			Sequences int
			Steps     int
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, "a PyTorch archive", report.Kind)
	require.Equal(t, "none", report.Pool)
	require.Equal(t, 128, report.Parameters)
	require.Less(t, report.Check.MaxError, 1e-6)
	require.Equal(t, 1, report.Check.Sequences)
	require.Equal(t, 50, report.Check.Steps)

	m, err := rnn.Open(model)
	require.NoError(t, err)
	defer m.Close()
	require.NoError(t, m.Verify(), "the file proves itself")
	require.Len(t, m.Description().Goldens, 1)
	require.Equal(t, format.Property{Key: "name", Value: "bare"}, m.Description().Provenance[0])
}

func TestConvertSaysWhatItMade(t *testing.T) {
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, stdout, stderr := invoke(t, "convert", converted+"words-legacy.pt", "-o", model, "--pool", "last", "--task", "classify", "--labels", `bad,"good, or so"`)
	require.Zero(t, code, stderr)
	for _, line := range []string{
		"a PyTorch pickle",
		"tokens, 11 of 6 numbers each",
		"LSTM, 6 → 8 (bidirectional)",
		"dense, 8 → 2",
		"last (h_n): one output per sequence",
		"852",
		"none: give inputs and outputs with --check",
	} {
		require.Contains(t, stdout, line)
	}
	m, err := rnn.Open(model)
	require.NoError(t, err)
	defer m.Close()
	require.Equal(t, format.TaskClassify, m.Description().Task)
	require.Equal(t, []string{"bad", "good, or so"}, m.Description().Labels)
}

// What is in the file decides how it is read, not its name.
func TestConvertReadsEveryKindByItsContent(t *testing.T) {
	for _, c := range []struct {
		file, kind string
		flags      []string
	}{
		{"words-f16.safetensors", "safetensors", []string{"--pool", "last"}},
		{"words.pt", "a PyTorch archive", []string{"--pool", "last"}},
		{"words-legacy.pt", "a PyTorch pickle", []string{"--pool", "last"}},
		{"words-compressed.npz", "a NumPy archive", []string{"--pool", "last"}},
		{"keras.json", "JSON", nil},
		{"amp.json", "JSON", nil},
		{"state.json", "JSON", nil},
	} {
		t.Run(c.file, func(t *testing.T) {
			data, err := os.ReadFile(converted + c.file)
			require.NoError(t, err)
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, stdout, stderr := invoke(t, append([]string{"convert", write(t, "nameless", string(data)), "-o", model}, c.flags...)...)
			require.Zero(t, code, stderr)
			require.Contains(t, stdout, ", "+c.kind+"\n")
		})
	}
}

func TestConvertRefuses(t *testing.T) {
	arch := write(t, "arch.json", `{"pool": "last"}`)
	wrong := write(t, "wrong.json", `{"pol": "last"}`)
	for _, c := range []struct {
		name    string
		args    []string
		code    int
		message string
	}{
		{"an open question", []string{converted + "words.pt"}, 1, `which steps feed "fc"`},
		{"another model's outputs", []string{converted + "matrix/lstm-l1-uni-bias.safetensors", "--pool", "none", "--check", converted + "bare-check.npz"}, 1, "y has the shape [50 4]"},
		{"outputs that differ", []string{converted + "bare.pt", "--check", converted + "bare-check.npz", "--tolerance", "1e-12"}, 1, "its outputs differ from y by up to"},
		{"tokens for numbers", []string{converted + "words.npz", "--pool", "last", "--check", converted + "bare-check.npz"}, 1, "the model takes tokens"},
		{"an .npz of other arrays", []string{converted + "bare.pt", "--check", converted + "words.npz"}, 1, `the array "embedding.weight" is neither x (inputs) nor y (outputs)`},
		{"flag against file", []string{converted + "words.pt", "--arch", arch, "--pool", "max"}, 2, "--pool max contradicts"},
		{"an unknown key", []string{converted + "words.pt", "--arch", wrong}, 1, `unknown field "pol"`},
		{"a description of what tells all", []string{converted + "keras.json", "--pool", "last"}, 2, "--pool is for state_dicts"},
		{"a .rnn file", []string{"../../models/shakespeare.rnn"}, 1, "it is a .rnn file already"},
		{"a text", []string{write(t, "text.pt", "hello")}, 1, "unknown format"},
		{"nothing", []string{write(t, "empty.pt", "")}, 1, "the file is empty"},
		{"TensorFlow Lite", []string{write(t, "m.tflite", "\x1c\x00\x00\x00TFL3")}, 1, "a TensorFlow Lite model"},
		{"HDF5", []string{write(t, "keras.h5", "\x89HDF\r\n\x1a\n")}, 1, "damaged file: at byte 8"},
		{"another pickle", []string{write(t, "list.pkl", "\x80\x04]\x94.")}, 1, "a Python pickle that torch.save did not write"},
		{"another archive", []string{write(t, "docs.zip", "PK\x05\x06"+string(make([]byte, 18)))}, 1, "a ZIP archive, but not one of PyTorch, Keras or NumPy"},
		{"a cut file", []string{write(t, "cut.safetensors", "\xff\x00\x00\x00\x00\x00\x00\x00{")}, 1, "its length is given as 255 bytes"},
		{"a task it cannot do", []string{converted + "words.pt", "--pool", "last", "--task", "tag"}, 1, "tags every step"},
	} {
		t.Run(c.name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, _, stderr := invoke(t, append([]string{"convert", "-o", model}, c.args...)...)
			require.Equal(t, c.code, code, stderr)
			require.Contains(t, stderr, c.message)
			_, err := os.Stat(model)
			require.ErrorIs(t, err, os.ErrNotExist, "nothing is written")
		})
	}
}
