package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// ratedLSTM is closedLSTM with an output more, and with an input for a rate that
// chooses a branch.
func ratedLSTM() *onnxtest.Model {
	m := closedLSTM()
	taken := func(operator string) *onnxtest.Model {
		return &onnxtest.Model{Nodes: []onnxtest.Node{{Operator: operator, Inputs: []string{"Y_h"}, Outputs: []string{"inner"}}}, Outputs: []onnxtest.Value{{Name: "inner", Type: onnxtest.Float}}}
	}
	m.Constants = append(m.Constants, onnxtest.Tensor{Name: "due", Type: onnxtest.Int64, Shape: []int{}, Ints: []int64{16000}})
	m.Nodes = append(m.Nodes,
		onnxtest.Node{Operator: "Equal", Inputs: []string{"sr", "due"}, Outputs: []string{"wide"}},
		onnxtest.Node{Operator: "If", Inputs: []string{"wide"}, Outputs: []string{"state"},
			Attributes: []onnxtest.Attribute{{Name: "then_branch", Value: taken("Identity")}, {Name: "else_branch", Value: taken("Unknown")}}},
		onnxtest.Node{Operator: "Relu", Inputs: []string{"Y_h"}, Outputs: []string{"positive"}})
	m.Inputs = append(m.Inputs, onnxtest.Value{Name: "sr", Type: onnxtest.Int64, Shape: []any{}})
	m.Outputs = []onnxtest.Value{{Name: "state", Type: onnxtest.Float}, {Name: "positive", Type: onnxtest.Float}}
	return m
}

func TestConvertWithNumbersAndAChosenOutput(t *testing.T) {
	graph := write(t, "rated.onnx", string(ratedLSTM().Marshal()))
	model := filepath.Join(t.TempDir(), "model.rnn")
	for _, c := range []struct {
		name    string
		args    []string
		code    int
		message string // of the report, or the error
	}{
		{"chosen", []string{"-o", model, "--input", "sr=16000", "--output", "state"}, 0, `left out, as the output "state" does not depend on them: the output "positive", 1 node`},
		{"another", []string{"-o", model, "--output", "positive"}, 0, `the output "state", the input "sr", 2 nodes`},
		{"--output alone is the file", []string{"--output", filepath.Join(t.TempDir(), "m.rnn"), "--input", "sr=16000"}, 0, "m.rnn, "},
		{"no such output", []string{"-o", model + "2", "--output", "Y"}, 1, `the graph has no output of this name, but "state", "positive"`},
		{"another rate", []string{"-o", model + "2", "--input", "sr=8000", "--output", "state"}, 1, "(Unknown)"},
		{"no integer", []string{"-o", model + "2", "--input", "sr=16e3", "--output", "state"}, 1, `the input is of the type int64, which "16e3" is not`},
		{"nowhere to write", []string{"--input", "sr=16000"}, 2, `required flag(s) "output" not set`},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := invoke(t, append([]string{"convert", graph}, c.args...)...)
			require.Equal(t, c.code, code, stderr)
			require.Contains(t, stdout+stderr, c.message)
			require.NoFileExists(t, model+"2")
		})
	}
	code, _, stderr := invoke(t, "convert", converted+"keras.json", "-o", model+"2", "--output", "y")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--output beside -o is for ONNX graphs, but the file is JSON")
	code, _, stderr = invoke(t, "convert", converted+"keras.json", "--output", model)
	require.Zero(t, code, stderr)
}
