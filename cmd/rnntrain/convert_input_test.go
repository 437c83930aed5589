package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/onnxtest"
	"github.com/rnnrun/rnnrun/npy"
)

// openLSTM returns an LSTM of 2 inputs and 3 units whose weights are inputs of
// the graph.
func openLSTM() *onnxtest.Model {
	value := func(name string, shape ...any) onnxtest.Value {
		return onnxtest.Value{Name: name, Type: onnxtest.Float, Shape: shape}
	}
	return &onnxtest.Model{
		Opset: 14,
		Nodes: []onnxtest.Node{{Operator: "LSTM", Inputs: []string{"X", "W", "R"}, Outputs: []string{"", "Y_h"},
			Attributes: []onnxtest.Attribute{{Name: "hidden_size", Value: 3}}}},
		Inputs:  []onnxtest.Value{value("X", "T", 1, 2), value("W", 1, 12, 2), value("R", 1, 12, 3)},
		Outputs: []onnxtest.Value{value("Y_h", 1, 1, 3)},
	}
}

func TestConvertWithInputs(t *testing.T) {
	graph := write(t, "open.onnx", string(openLSTM().Marshal()))
	var array bytes.Buffer
	w, err := npy.NewWriter(&array, npy.Float32, 1, 12, 2)
	require.NoError(t, err)
	require.NoError(t, w.WriteFloat32(make([]float32, 24)))
	require.NoError(t, w.Close())
	numpy := write(t, "w.npy", array.String())
	r := onnxtest.Floats("R", []int{1, 12, 3}, make([]float32, 36))
	tensor := write(t, "r.pb", string(r.Marshal()))
	model := filepath.Join(t.TempDir(), "model.rnn")

	code, _, stderr := invoke(t, "convert", graph, "-o", model, "--input", "W="+numpy, "--input", "R="+tensor)
	require.Zero(t, code, stderr)
	require.FileExists(t, model)

	for _, c := range []struct {
		name    string
		flags   []string
		code    int
		message string
	}{
		{"not given", []string{"--input", "W=" + numpy}, 1, `R ("R") depends on the graph's inputs, want a constant`},
		{"no file", []string{"--input", "W"}, 2, "--input W: give NAME=FILE"},
		{"twice", []string{"--input", "W=" + numpy, "--input", "W=" + numpy}, 2, "--input names W twice"},
		{"no tensor", []string{"--input", "W=" + graph}, 1, "--input W=" + graph},
		{"missing", []string{"--input", "W=none.npy"}, 1, "none.npy"},
		{"other shape", []string{"--input", "R=" + numpy}, 1, "the value given for the input has the shape [1 12 2]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, stderr := invoke(t, append([]string{"convert", graph, "-o", model + "2"}, c.flags...)...)
			require.Equal(t, c.code, code)
			require.Contains(t, stderr, c.message)
			require.NoFileExists(t, model+"2")
		})
	}
}
