package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// classifierOfNumbers returns the state_dict of an RNN and a linear module with
// that many logits, as JSON.
func classifierOfNumbers(t *testing.T, classes int) string {
	tensors := map[string][][]float32{
		"rnn.weight_ih_l0": {{0.5}, {-0.25}},
		"rnn.weight_hh_l0": {{0.25, 0}, {0, 0.5}},
		"fc.weight":        [][]float32{{40, 0}, {0, 8}, {-2, -4}}[:classes],
	}
	text, err := json.Marshal(tensors)
	require.NoError(t, err)
	return write(t, "state.json", string(text))
}

// archive writes arrays to an .npz file.
func archive(t *testing.T, arrays ...npy.Array) string {
	path := filepath.Join(t.TempDir(), "check.npz")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, npy.WriteArchive(f, arrays...))
	require.NoError(t, f.Close())
	return path
}

// A cross-entropy has the softmax in it, so a classifier's state_dict has none.
func TestConvertAddsTheFunctionOfAClassifier(t *testing.T) {
	for _, test := range []struct {
		name    string
		classes int
		args    []string
		want    format.Output
		note    string // of the report
	}{
		{"a classifier", 3, []string{"--task", "classify"}, format.OutputSoftmax, "applies softmax"},
		{"a tagger", 3, []string{"--task", "tag", "--pool", "none"}, format.OutputSoftmax, "applies softmax"},
		{"one output", 1, []string{"--task", "classify"}, format.OutputSigmoid, "applies sigmoid"},
		{"no classifier", 3, nil, format.OutputLinear, ""},
		{"said", 3, []string{"--task", "classify", "--output-function", "linear"}, format.OutputLinear, ""},
		{"another one said", 3, []string{"--task", "classify", "--output-function", "log_softmax"}, format.OutputLogSoftmax, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model.rnn")
			args := append([]string{"convert", classifierOfNumbers(t, test.classes), "-o", model, "--nonlinearity", "tanh"}, test.args...)
			if test.args == nil || test.args[len(test.args)-1] != "none" {
				args = append(args, "--pool", "last")
			}
			code, stdout, stderr := invoke(t, args...)
			require.Zero(t, code, stderr)
			m, err := runtime.Open(model)
			require.NoError(t, err)
			defer m.Close()
			require.Equal(t, test.want, m.Description().Output)
			if test.note == "" {
				require.NotContains(t, stdout, "logits")
			} else {
				require.Contains(t, stdout, test.note)
			}
		})
	}
}

// What a check file holds of a classifier may be its logits.
func TestCheckOfLogitsAndOfProbabilities(t *testing.T) {
	state, model := classifierOfNumbers(t, 3), filepath.Join(t.TempDir(), "model.rnn")
	code, _, stderr := invoke(t, "convert", state, "-o", model, "--pool", "last", "--nonlinearity", "tanh", "--task", "classify")
	require.Zero(t, code, stderr)
	m, err := runtime.Open(model)
	require.NoError(t, err)
	defer m.Close()
	s := m.NewSession()
	x := npy.Array{Name: "x", DType: npy.Float32, Shape: []int{1, 4, 1}, Floats: []float32{0.1, -0.2, 0.3, 0.1}}
	outputs, err := s.Run(x.Floats)
	require.NoError(t, err)
	wrong := []float32{0.25, 0.25, 0.5}
	for _, test := range []struct {
		name string
		y    []float32
		of   string
	}{{"outputs", outputs, "outputs"}, {"logits", s.Logits(), "logits"}, {"neither", wrong, ""}} {
		t.Run(test.name, func(t *testing.T) {
			check := archive(t, x, npy.Array{Name: "y", DType: npy.Float32, Shape: []int{1, 3}, Floats: test.y})
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, stdout, stderr := invoke(t, "convert", state, "-o", model, "--pool", "last", "--nonlinearity", "tanh", "--task", "classify", "--check", check, "--json")
			if test.of == "" {
				require.Equal(t, 1, code)
				require.Less(t, strings.Index(stderr, "model.eval()"), strings.Index(stderr, "transpose"), "the commonest cause comes first: %s", stderr)
				return
			}
			require.Zero(t, code, stderr)
			require.Contains(t, stdout, `"of":"`+test.of+`"`)
			proved, err := runtime.Open(model)
			require.NoError(t, err)
			defer proved.Close()
			require.Equal(t, format.OutputSoftmax, proved.Description().Output)
			require.Len(t, proved.Description().Goldens, 1)
			require.NoError(t, proved.Verify())
		})
	}
}

// The loss is the same whether the file has the softmax or gives logits.
func TestEvalOfAClassifierOfLogits(t *testing.T) {
	data := write(t, "data.jsonl", `{"inputs":[[3],[3],[3]],"label":"a"}
{"inputs":[[3],[3],[3]],"label":"b"}
{"inputs":[[-3],[-3],[-3]],"label":"a"}
`)
	var losses []float64
	for _, function := range []string{"linear", "softmax", "log_softmax", "argmax"} {
		model := filepath.Join(t.TempDir(), "model.rnn")
		code, _, stderr := invoke(t, "convert", classifierOfNumbers(t, 3), "-o", model, "--pool", "last", "--nonlinearity", "tanh",
			"--task", "classify", "--labels", "a,b,c", "--output-function", function)
		require.Zero(t, code, stderr)
		code, stdout, stderr := invoke(t, "eval", model, data, "--json")
		require.Zero(t, code, stderr)
		var report struct{ Loss, Accuracy float64 }
		require.NoError(t, json.Unmarshal([]byte(stdout), &report))
		require.InDelta(t, 1./3, report.Accuracy, 1e-9)
		losses = append(losses, report.Loss)

		code, stdout, stderr = invoke(t, "eval", model, data)
		require.Zero(t, code, stderr)
		require.Equal(t, function == "linear", strings.Contains(stdout, "the model's outputs are logits"), stdout)
	}
	require.Greater(t, losses[0], 20., "class a is far from the third sequence, and b from the second")
	for _, loss := range losses {
		require.InDelta(t, losses[0], loss, 1e-9)
	}
}

// A classifier of nodes that ends in a function has it, and gets no other.
func TestConvertAddsNoFunctionToNodesThatEndInOne(t *testing.T) {
	for _, test := range []struct {
		name, head string
		note       bool
	}{
		{"logits", `{"op": "linear", "module": "fc"}`, true},
		{"a linear node's own", `{"op": "linear", "module": "fc", "activation": "softmax"}`, false},
		{"a node", `{"op": "linear", "module": "fc"}, {"op": "softmax"}`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			arch := write(t, "arch.json", `{"inputs": [{"name": "x", "channels": 1}], "nodes": [{"op": "rnn", "module": "rnn"}, {"op": "pool", "pool": "last"}, `+test.head+`], "task": "classify"}`)
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, stdout, stderr := invoke(t, "convert", classifierOfNumbers(t, 3), "--arch", arch, "-o", model)
			require.Zero(t, code, stderr)
			require.Equal(t, test.note, strings.Contains(stdout, "applies softmax"), stdout)
			m, err := runtime.Open(model)
			require.NoError(t, err)
			defer m.Close()
			y, err := m.NewSession().Run([]float32{1, -1})
			require.NoError(t, err)
			require.InDelta(t, 1, y[0]+y[1]+y[2], 1e-6)
			require.Greater(t, max(y[0], y[1], y[2]), float32(0.6), "a second softmax gives at most 0.576")
		})
	}
}
