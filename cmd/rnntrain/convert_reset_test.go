package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// exportedGRU returns what PyTorch's newer exporter writes for an nn.GRU of one
// input and two units.
func exportedGRU(producer string) *onnxtest.Model {
	numbers := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32((i*7)%11-5) / 4
		}
		return v
	}
	return &onnxtest.Model{
		Opset: 18, Producer: producer,
		Nodes: []onnxtest.Node{{Operator: "GRU", Inputs: []string{"X", "W", "R", "B"}, Outputs: []string{"", "Y_h"},
			Attributes: []onnxtest.Attribute{{Name: "hidden_size", Value: 2}}}},
		Constants: []onnxtest.Tensor{onnxtest.Floats("W", []int{1, 6, 1}, numbers(6)), onnxtest.Floats("R", []int{1, 6, 2}, numbers(12)), onnxtest.Floats("B", []int{1, 12}, numbers(12))},
		Inputs:    []onnxtest.Value{{Name: "X", Type: onnxtest.Float, Shape: []any{"T", 1, 1}}},
		Outputs:   []onnxtest.Value{{Name: "Y_h", Type: onnxtest.Float, Shape: []any{1, 1, 2}}},
	}
}

// checkOfGRU writes inputs for exportedGRU, and the outputs of float64 if it has
// the variant.
func checkOfGRU(t *testing.T, v format.Variant) string {
	t.Helper()
	n, err := onnx.Read(exportedGRU("pytorch").Marshal())
	require.NoError(t, err)
	n.SetVariant(v)
	x := []float32{0.5, -1, 2, 0.25, 1}
	var steps [][]float64
	for _, v := range x {
		steps = append(steps, []float64{float64(v)})
	}
	var y []float32
	for _, v := range onnxtest.Evaluate(n, steps)[0] {
		y = append(y, float32(v))
	}
	return archive(t, npy.Array{Name: "x", DType: npy.Float32, Shape: []int{1, 5, 1}, Floats: x}, npy.Array{Name: "y", DType: npy.Float32, Shape: []int{1, 2}, Floats: y})
}

func TestConvertWarnsOfGRUsThatPyTorchExportsWrongly(t *testing.T) {
	after, before := checkOfGRU(t, format.VariantResetAfter), checkOfGRU(t, format.VariantResetBefore)
	for _, c := range []struct {
		name, producer string
		flags          []string
		code           int
		message        string // of the report, or the error
		variant        format.Variant
	}{
		{"unasked", "pytorch", nil, 0, "warning: the graph says that its GRUs reset before the product", format.VariantResetBefore},
		{"as PyTorch computes", "pytorch", []string{"--gru", "reset-after"}, 0, "", format.VariantResetAfter},
		{"as the graph says", "pytorch", []string{"--gru", "reset-before"}, 0, "", format.VariantResetBefore},
		{"proved to reset after", "pytorch", []string{"--check", after}, 0, "but y are the outputs of GRUs that reset after it", format.VariantResetAfter},
		{"proved to reset before", "pytorch", []string{"--check", before}, 0, "", format.VariantResetBefore},
		{"proved wrong", "pytorch", []string{"--check", before, "--gru", "reset-after"}, 1, "its outputs differ from y", 0},
		{"another exporter", "tf2onnx", nil, 0, "", format.VariantResetBefore},
		{"another exporter, asked", "tf2onnx", []string{"--gru", "reset-after"}, 0, "", format.VariantResetAfter},
		{"no such variant", "pytorch", []string{"--gru", "after"}, 2, `--gru "after" is not one of reset-after, reset-before`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model.rnn")
			graph := write(t, "gru.onnx", string(exportedGRU(c.producer).Marshal()))
			code, stdout, stderr := invoke(t, append([]string{"convert", graph, "-o", model}, c.flags...)...)
			require.Equal(t, c.code, code, stderr)
			if code != 0 {
				require.Contains(t, stderr, c.message)
				require.NoFileExists(t, model)
				return
			}
			if c.message == "" {
				require.NotContains(t, stdout, "its GRUs")
			}
			require.Contains(t, stdout, c.message)
			m, err := runtime.Open(model)
			require.NoError(t, err)
			defer m.Close()
			require.Equal(t, c.variant, m.Description().Layers[0].Variant)
		})
	}
	code, _, stderr := invoke(t, "convert", converted+"keras.json", "-o", filepath.Join(t.TempDir(), "m.rnn"), "--gru", "reset-after")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--gru is for ONNX graphs")
	code, _, stderr = invoke(t, "convert", write(t, "lstm.onnx", string(closedLSTM().Marshal())), "-o", filepath.Join(t.TempDir(), "m.rnn"), "--gru", "reset-after")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "the graph has no GRU")
}

// closedLSTM is openLSTM with weights.
func closedLSTM() *onnxtest.Model {
	m := openLSTM()
	m.Constants = []onnxtest.Tensor{onnxtest.Floats("W", []int{1, 12, 2}, make([]float32, 24)), onnxtest.Floats("R", []int{1, 12, 3}, make([]float32, 36))}
	m.Inputs = m.Inputs[:1]
	return m
}
