package onnx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// stepOfGRU is a model of one step: x and h go in, and y and what the nodes make of the
// final state p come out.
func stepOfGRU(out string, more ...onnxtest.Node) *model {
	m := small(13, []any{1, 1, 4}, tensors(floats("W", 1, 9, 4), floats("R", 1, 9, 3), onnxtest.Floats("half", nil, []float32{0.5})),
		append([]onnxtest.Node{
			node("GRU", list("x", "W", "R", "", "", "h"), list("Y", "p"), attr("hidden_size", 3), attr("linear_before_reset", 1)),
			node("Tanh", list("Y"), list("y")),
		}, more...)...)
	m.Inputs = append(m.Inputs, onnxtest.Value{Name: "h", Type: onnxtest.Float, Shape: []any{1, 1, 3}})
	m.Outputs = append(m.Outputs, named(out)...)
	return m
}

// A session goes on from the final state as it is: a graph that changes it on its way out
// would go on from another.
func TestStatesThatAreChangedOnTheirWay(t *testing.T) {
	_, err := onnx.Read(stepOfGRU("p").Marshal())
	require.NoError(t, err)
	for _, n := range []onnxtest.Node{
		node("Mul", list("p", "half"), list("h'")),
		node("Softmax", list("p"), list("h'")),
		node("Clip", list("p", "", "half"), list("h'")),
	} {
		_, err := onnx.Read(stepOfGRU("h'", n).Marshal())
		require.ErrorIs(t, err, network.ErrUnsupported, n.Operator)
		require.ErrorContains(t, err, `as many numbers as the input "h"`, n.Operator)
	}
}

// The final state of a call of one step is the output of each step of a stream.
func TestFinalStateOfOneStepIsItsOutput(t *testing.T) {
	for _, of := range []string{"Y", "p"} {
		m := stepOfGRU("p")
		m.Nodes[1].Inputs[0] = of
		n := agrees(t, comparison{model: m, states: map[string]string{"h": "p"}})
		require.Equal(t, format.PoolNone, n.Pool)
	}
}

// Whoever feeds the outputs back by their names must get what a session gives.
func TestStatesWithTheNamesOfOthers(t *testing.T) {
	step := func(first, second string) *model {
		m := small(13, []any{1, 1, 4}, tensors(floats("W", 1, 9, 4), floats("V", 1, 9, 3), floats("R", 1, 9, 3)),
			node("GRU", list("x", "W", "R", "", "", "h1"), list("Y", first), attr("hidden_size", 3)),
			node("Squeeze", list("Y", "axis"), list("z")),
			node("GRU", list("z", "V", "R", "", "", "h2"), list("Z", second), attr("hidden_size", 3)),
			node("Tanh", list("Z"), list("y")))
		m.Constants = append(m.Constants, onnxtest.Ints("axis", 1))
		for _, name := range []string{"h1", "h2"} {
			m.Inputs = append(m.Inputs, onnxtest.Value{Name: name, Type: onnxtest.Float, Shape: []any{1, 1, 3}})
		}
		m.Outputs = append(m.Outputs, named(first, second)...)
		return m
	}
	for _, names := range [][2]string{{"h1_out", "h2_out"}, {"a", "b"}, {"new_h1", "new_h2"}} {
		_, err := onnx.Read(step(names[0], names[1]).Marshal())
		require.NoError(t, err)
	}
	_, err := onnx.Read(step("h2_out", "h1_out").Marshal())
	require.ErrorIs(t, err, network.ErrUnsupported)
	require.ErrorContains(t, err, `has the name of the input`)
}

// A state that is no layer's is an input and an output, which a note says.
func TestStatesThatAreNoLayers(t *testing.T) {
	m := stepOfGRU("s'", node("Mul", list("s", "half"), list("s0")), node("Add", list("s0", "Y3"), list("s'")), node("Squeeze", list("Y", "axis"), list("Y3")))
	m.Nodes[2], m.Nodes[3], m.Nodes[4] = m.Nodes[4], m.Nodes[2], m.Nodes[3]
	m.Constants = append(m.Constants, onnxtest.Ints("axis", 1))
	m.Inputs = append(m.Inputs, onnxtest.Value{Name: "s", Type: onnxtest.Float, Shape: []any{1, 1, 3}})
	m.Outputs = append(m.Outputs, named("p")...)
	n := agrees(t, comparison{model: m, states: map[string]string{"h": "p"}})
	require.Contains(t, n.Notes, `the input "s" may be a state that belongs to no layer: the model does not keep it, and reads it at each step, perhaps from the output "s'" of the previous step`)
}

func TestDimensionsThatNoInputHas(t *testing.T) {
	m := gruModel("forward")
	for _, c := range []struct {
		lengths map[string]int
		message string
	}{
		{map[string]int{"foo": 3}, `no input of the graph has an open dimension "foo"`},
		{map[string]int{"T": 0}, "is 0, want 1 to"},
	} {
		o := onnx.Options{Dimensions: c.lengths}
		_, err := o.Read(m.Marshal())
		require.ErrorIs(t, err, network.ErrUnsupported)
		require.ErrorContains(t, err, c.message)
	}
}
