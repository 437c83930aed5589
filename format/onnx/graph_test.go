package onnx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// Graphs that are no chain of layers are graphs of layers, and compute the same.
func TestGraphsThatAreNoChain(t *testing.T) {
	number := func(name string, v float32) onnxtest.Tensor { return onnxtest.Floats(name, nil, []float32{v}) }
	for _, c := range []struct {
		name      string
		direction string // forward, if empty
		change    func(m *model)
	}{
		{"two outputs", "", func(m *model) {
			add(m, node("Tanh", list("y"), list("z")))
			m.Outputs = append(m.Outputs, onnxtest.Value{Name: "z", Type: onnxtest.Float})
		}},
		{"no recurrent layer", "", func(m *model) {
			m.Nodes, m.Constants = m.Nodes[3:], []onnxtest.Tensor{floats("weight", 2, 2), floats("bias", 2)}
			find(m, "MatMul").Inputs[0] = "x"
		}},
		{"a layer after a softmax", "", func(m *model) {
			constants(m, floats("w2", 2, 2))
			after(m, node("Softmax", list("y"), list("p")), node("MatMul", list("p", "w2"), list("z")))
		}},
		{"the greatest of outputs", "", func(m *model) { after(m, node("ReduceMax", list("y"), list("z"), attr("axes", []int{0}))) }},
		{"a sum of streams", "", func(m *model) {
			constants(m, floats("w2", 3, 2))
			add(m, node("MatMul", list("steps", "w2"), list("other")))
			after(m, node("Add", list("y", "other"), list("z")))
		}},
		{"two inputs", "", func(m *model) {
			m.Inputs = append(m.Inputs, onnxtest.Value{Name: "x2", Type: onnxtest.Float, Shape: []any{"T", "N", 1}})
			add(m, node("Concat", list("x", "x2"), list("both"), attr("axis", 2)))
			*tensor(m, "W") = floats("W", 1, 9, 3)
			find(m, "GRU").Inputs[0] = "both"
		}},
		{"a skip of other inputs than the first", "", func(m *model) {
			*tensor(m, "weight"), *tensor(m, "bias") = floats("weight", 3, 1), floats("bias", 1)
			constants(m, onnxtest.Ints("from", 1), onnxtest.Ints("to", 2), onnxtest.Ints("axis", 2))
			after(m, node("Slice", list("x", "from", "to", "axis"), list("second")), node("Add", list("second", "y"), list("z")))
		}},
		{"the first step of both directions", "bidirectional", func(m *model) {
			constants(m, onnxtest.Ints("at", 0))
			before(m, "Transpose", node("Gather", list("Y", "at"), list("Y2")))
		}},
		{"the first step after a dense layer", "bidirectional", func(m *model) {
			constants(m, onnxtest.Ints("at", 0))
			after(m, node("Gather", list("y", "at"), list("z")))
		}},
		{"an absolute value", "", applied(node("Abs", list("y"), list("abs")), node("Relu", list("abs"), list("z")))},
		{"an absolute value as the output", "", applied(node("Abs", list("y"), list("z")))},
		{"a quotient of streams", "", func(m *model) {
			constants(m, number("two", 2))
			after(m, node("Abs", list("y"), list("abs")), node("Add", list("abs", "two"), list("sum")), node("Div", list("y", "sum"), list("z")))
		}},
		{"another alpha", "", applied(node("Celu", list("y"), list("z"), attr("alpha", float32(2))))},
		{"several slopes", "", func(m *model) {
			constants(m, onnxtest.Floats("slope", []int{2}, []float32{0.25, 0.5}))
			after(m, node("PRelu", list("y", "slope"), list("z")))
		}},
		{"a bound from above", "", func(m *model) {
			constants(m, number("high", 0.125))
			after(m, node("Clip", list("y", "", "high"), list("z")))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.direction == "" {
				c.direction = "forward"
			}
			m := gruModel(c.direction)
			c.change(m)
			n := agrees(t, comparison{model: m})
			require.NotNil(t, n.Graph)
		})
	}
}
