package onnx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// Which open dimension is time follows from the names, or else from the order.
func TestOpenDimensions(t *testing.T) {
	for _, c := range []struct {
		name  string
		shape []any // of x, as a GRU with steps first or a sum over features reads it
		state []any
		first bool // steps come first
	}{
		{"named", []any{"batch_size", "sequence_length", 2}, []any{1, "batch_size", 3}, false},
		{"the time is named", []any{"seq_len", "examples", 2}, []any{1, "examples", 3}, true},
		{"the batch is named", []any{"x_dim_0", "my_batch", 2}, []any{1, "my_batch", 3}, true},
		{"numbered", []any{"unk__5", "unk__6", 2}, []any{1, "unk__7", 3}, false},
		{"a batch of one", []any{1, "frames", 2}, []any{1, 1, 3}, false},
		{"without a batch's name", []any{"examples", "T", 2}, []any{1, "examples", 3}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel("forward")
			withState(m)
			m.Inputs[0].Shape, m.Inputs[1].Shape = c.shape, c.state
			if !c.first {
				add(m, node("Transpose", list("x"), list("xt"), attr("perm", []int{1, 0, 2})))
				find(m, "GRU").Inputs[0] = "xt"
			}
			after(m, node("Abs", list("y"), list("a")), node("Sqrt", list("a"), list("z"))) // so it is no chain
			n, err := onnx.Read(m.Marshal())
			require.NoError(t, err)
			require.NotNil(t, n.Graph)
			require.Len(t, n.Graph.Inputs, 1)
			require.Equal(t, 2, n.Graph.Inputs[0].Channels)
			require.Len(t, n.Graph.Outputs, 1)
		})
	}
	m := small(13, []any{"steps", 4}, nil, node("Tanh", list("x"), list("y")))
	m.Inputs = append(m.Inputs, onnxtest.Value{Name: "z", Type: onnxtest.Float, Shape: []any{"steps", 4}})
	m.Nodes[0].Outputs[0] = "a"
	add(m, node("Mul", list("a", "z"), list("b")), node("ReduceMax", list("b"), list("y"), attr("axes", []int{0})))
	n, err := onnx.Read(m.Marshal())
	require.NoError(t, err)
	values, err := n.Graph.Values()
	require.NoError(t, err)
	require.False(t, values[n.Graph.Outputs[0].Value].EachStep(), "both inputs have the same time")
}
