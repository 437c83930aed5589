package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// words are a text's, so that a table may be compared whatever the widths of its columns.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// numbered are the ends of names that Keras makes unique.
var numbered = regexp.MustCompile(`_[0-9]+\b`)

// dryRun returns what a dry run prints, whose files stay as they are.
func dryRun(t *testing.T, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	got, stdout, stderr := invoke(t, append([]string{"convert", "--dry-run"}, args...)...)
	require.Equal(t, code, got, stdout+stderr)
	return words(numbered.ReplaceAllString(stdout, "")), stderr
}

// unread is a graph with two operators that are not read, one of them in a branch.
func unread() *onnxtest.Model {
	node := func(operator, in, out string) onnxtest.Node {
		return onnxtest.Node{Name: "/" + out, Operator: operator, Inputs: strings.Fields(in), Outputs: []string{out}}
	}
	return &onnxtest.Model{
		Opset: 13,
		Nodes: []onnxtest.Node{
			node("Relu", "x", "positive"), node("Gumbel", "positive", "odd"), node("Tanh", "odd", "bent"),
			node("Einsum", "bent", "mixed"), node("Sigmoid", "positive", "other"), node("Add", "mixed other", "y"),
		},
		Inputs:  []onnxtest.Value{{Name: "x", Type: onnxtest.Float, Shape: []any{"T", "N", 2}}},
		Outputs: []onnxtest.Value{{Name: "y", Type: onnxtest.Float, Shape: []any{"T", "N", 2}}},
	}
}

// A dry run says of each part of a file what it becomes, and at the end what the model
// is. It writes nothing.
func TestDryRun(t *testing.T) {
	folder := kerasFiles(t, "cnn-lstm.h5", "tokens-mask.h5", "nested-3.keras")
	for _, c := range []struct {
		file string
		rows []string
	}{
		{filepath.Join(folder, "tokens-mask.h5"), []string{
			"SOURCE KIND IN THE MODEL", "input InputLayer input, 1 token", "embedding Embedding embedding, 9 tokens → 4; mask: the token 0 is padding",
			"bidirectional Bidirectional of LSTM LSTM, 4 → 10 (bidirectional);", "reads whole sequences, since it reads backward, too",
		}},
		{filepath.Join(folder, "cnn-lstm.h5"), []string{"conv1d Conv1D window → 6×3; conv → 4×4; Relu → 4×4", "lstm LSTM LSTM, 5 → 4; pool over the steps: last"}},
		{filepath.Join(folder, "nested-3.keras"), []string{"Sequential 4 layers", "reads step by step, as a stream"}},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			out, _ := dryRun(t, 0, c.file)
			for _, row := range append(c.rows, "parameters", "reads ", "written nothing; the .rnn file has") {
				require.Contains(t, out, row)
			}
		})
	}
	for _, c := range []struct {
		args []string
		rows []string
	}{
		{[]string{write(t, "Norms.pt", scripts(t)["Norms.script.pt"])}, []string{"Norms.forward, line ", "GRU, "}},
		{[]string{converted + "words.pt", "--pool", "none"}, []string{"embedding.weight [11 6] torch.FloatStorage of the module \"embedding\"", "fc.weight [2 8] torch.FloatStorage dense, 8 → 2"}},
		{[]string{"../../testdata/recipes/rnnoise-0.2.pt", "--arch", "../../docs/architectures/rnnoise-0.2.json"}, []string{`conv1.weight … 2 in all [4 65 3] torch.FloatStorage, [4] torch.FloatStorage of the node "conv1" (conv1d)`}},
		{[]string{converted + "keras.json"}, []string{"layers[0] lstm LSTM, 3 → 4", "layers[2] time-distributed-dense dense, 5 → 2 (Sigmoid)"}},
		{[]string{converted + "amp.json"}, []string{"rec.weight_ih_l0 [12 3] number GRU, 3 → 4"}},
	} {
		out, _ := dryRun(t, 0, c.args...)
		for _, row := range append(c.rows, "parameters", "reads ", "written nothing; the .rnn file has") {
			require.Contains(t, out, row)
		}
	}
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, left, 3)
}

// Of a file that is not read a dry run lists all that is at fault, and says of the rest
// what it depends on.
func TestDryRunOfWhatIsRefused(t *testing.T) {
	layers := `{"class_name": "InputLayer", "config": {"name": "in", "batch_input_shape": [null, null, 3]}},
		{"class_name": "Lambda", "config": {"name": "own"}},
		{"class_name": "LSTM", "config": {"name": "rnn", "units": 2, "recurrent_activation": "sigmoid", "return_sequences": true}},
		{"class_name": "ConvLSTM2D", "config": {"name": "plane"}},
		{"class_name": "Dense", "config": {"name": "d", "units": 2, "activation": "cosine"}},
		{"class_name": "Dropout", "config": {"name": "drop", "rate": 0.5}}`
	weights := `{"name": "rnn/kernel", "shape": [3, 8], "dtype": "float32"}, {"name": "rnn/recurrent_kernel", "shape": [2, 8], "dtype": "float32"}, {"name": "rnn/bias", "shape": [8], "dtype": "float32"},
		{"name": "d/kernel", "shape": [2, 2], "dtype": "float32"}, {"name": "d/bias", "shape": [2], "dtype": "float32"}`
	model := `{"format": "layers-model", "modelTopology": {"class_name": "Sequential", "config": {"layers": [` + layers + `]}}, "weightsManifest": [{"paths": ["w.bin"], "weights": [` + weights + `]}]}`
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "model.json"), []byte(model), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "w.bin"), make([]byte, 4*(24+16+8+4+2)), 0o600))
	for _, c := range []struct {
		file string
		rows []string
		last string
	}{
		{filepath.Join(folder, "model.json"), []string{
			`in InputLayer input, 1×3`,
			`own Lambda REFUSED: not supported: "own (Lambda)": it computes with code of its own`,
			`rnn LSTM not judged: it depends on own (Lambda)`,
			`plane ConvLSTM2D REFUSED: not supported: "plane (ConvLSTM2D)": layers of this class are not read`,
			`d Dense REFUSED: not supported: "d (Dense)": the activation "cosine"`,
			`drop Dropout not judged: it depends on d (Dense)`,
		}, `"own (Lambda)": it computes with code of its own`},
		{write(t, "odd.onnx", string(unread().Marshal())), []string{
			`/positive Relu read`,
			`/odd Gumbel REFUSED: not supported: node "/odd" (Gumbel): an operator that is not supported`,
			`/bent Tanh not judged: it depends on "/odd"`,
			`/mixed Einsum REFUSED: not supported: node "/mixed" (Einsum): an operator that is not supported`,
			`/other Sigmoid read`,
			`/y Add not judged: it depends on "/odd"`,
		}, `node "/odd" (Gumbel): an operator that is not supported`},
		{write(t, "rt.json", `{"in_shape": [null, null, 1], "layers": [
			{"type": "conv1d", "shape": [null, null, 2], "weights": []}, {"type": "dense", "activation": "", "shape": [null, null, 1], "weights": [[[1], [2]], [0]]},
			{"type": "flatten", "shape": [null, null, 1], "weights": []}]}`), []string{
			`layers[0] conv1d REFUSED: not supported: "layers[0]": a layer of type "conv1d"`,
			`layers[1] dense dense, 2 → 1`,
			`layers[2] flatten REFUSED: not supported: "layers[2]": a layer of type "flatten"`,
		}, `"layers[0]": a layer of type "conv1d"`},
		{write(t, "state.json", `{"gru.weight_ih_l0": [[1, 2], [1, 2], [1, 2]], "odd": [[1]], "own.alpha": [1]}`), []string{
			`gru.weight_ih_l0 [3 2] number of the module "gru"`,
			`odd [1 1] number REFUSED: no module that is known has a tensor of this name`,
			`own.alpha [1] number REFUSED: no module that is known has a tensor of this name`,
			`gru module REFUSED: wrong shape: "gru.weight_hh_l0": it is missing`,
		}, `"odd", "own.alpha": no RNN`},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			out, stderr := dryRun(t, 1, c.file)
			for _, row := range c.rows {
				require.Contains(t, out, row)
			}
			require.Contains(t, stderr, "it would not be converted: "+c.file)
			require.Contains(t, stderr, c.last)
		})
	}
}

// With --json a dry run is one object.
func TestDryRunJSON(t *testing.T) {
	type answer struct {
		Source, Kind, Error, Streams string
		Converts                     bool
		Parts                        []struct{ Name, Kind, Verdict, Detail string }
		Result                       *struct{ Parameters, Bytes int }
	}
	folder := kerasFiles(t, "cnn-lstm.h5")
	for _, c := range []struct {
		file     string
		converts bool
		verdicts string
	}{
		{filepath.Join(folder, "cnn-lstm.h5"), true, "read"},
		{write(t, "odd.onnx", string(unread().Marshal())), false, "read refused read not judged refused not judged"},
	} {
		code, stdout, _ := invoke(t, "convert", "--dry-run", "--json", c.file)
		var a answer
		require.NoError(t, json.Unmarshal([]byte(stdout), &a))
		require.Equal(t, c.converts, a.Converts)
		require.Equal(t, c.converts, code == 0)
		require.Equal(t, c.converts, a.Error == "")
		require.Equal(t, c.converts, a.Result != nil && a.Result.Parameters > 0 && a.Result.Bytes > 0)
		var verdicts []string
		for _, p := range a.Parts {
			verdicts = append(verdicts, p.Verdict)
		}
		require.Contains(t, strings.Join(verdicts, " "), c.verdicts)
	}
}
