package onnx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// opened returns a model whose recurrent weights are inputs of the graph, as in
// ONNX's own test models, and their values.
// A constant that no node reads changes nothing: exporters leave some behind.
func TestUnreadConstantsAreLeftOut(t *testing.T) {
	m := gruModel("forward")
	want, err := onnx.Read(m.Marshal())
	require.NoError(t, err)
	m.Constants = append(m.Constants, floats("spare", 2))
	got, err := onnx.Read(m.Marshal())
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func opened(t *testing.T, m *model) []onnx.Constant {
	var constants []onnx.Constant
	var kept []onnxtest.Tensor
	for _, tensor := range m.Constants {
		switch tensor.Name {
		case "W", "R", "B":
			value := onnxtest.Value{Name: tensor.Name, Type: onnxtest.Float}
			for _, d := range tensor.Shape {
				value.Shape = append(value.Shape, d)
			}
			m.Inputs = append(m.Inputs, value)
			c, err := onnx.ReadTensor(tensor.Marshal())
			require.NoError(t, err)
			constants = append(constants, *c)
		default:
			kept = append(kept, tensor)
		}
	}
	m.Constants = kept
	return constants
}

func TestInputsAsConstants(t *testing.T) {
	want, err := onnx.Read(gruModel("bidirectional").Marshal())
	require.NoError(t, err)

	m := gruModel("bidirectional")
	constants := opened(t, m)
	got, err := onnx.Read(m.Marshal(), constants...)
	require.NoError(t, err)
	require.Equal(t, want, got)

	_, err = onnx.Read(m.Marshal(), constants[1:]...)
	require.ErrorIs(t, err, network.ErrUnsupported, "W is still an input")
}

// An input may have a default, which what is given replaces.
func TestConstantReplacesAnInitializer(t *testing.T) {
	m := gruModel("forward")
	m.Inputs = append(m.Inputs, onnxtest.Value{Name: "B", Type: onnxtest.Float, Shape: []any{1, 18}})
	n, err := onnx.Read(m.Marshal(), onnx.Constant{Name: "B", Shape: []int{1, 18}, Floats: make([]float32, 18)})
	require.NoError(t, err)
	for _, v := range n.Layers[0].Directions[0].BiasIH {
		require.Zero(t, v)
	}
}

func TestConstantsThatDoNotFit(t *testing.T) {
	m := gruModel("forward")
	opened(t, m)
	data := m.Marshal()
	for _, c := range []struct {
		name     string
		constant onnx.Constant
		reason   error
		message  string
	}{
		{"name", onnx.Constant{Name: "V", Shape: []int{1}, Floats: []float32{1}}, network.ErrUnsupported, `tensor "V": the graph has no input of this name, but "x", "W", "R", "B"`},
		{"shape", onnx.Constant{Name: "B", Shape: []int{1, 9}, Floats: make([]float32, 9)}, network.ErrShape, "has the shape [1 9], but the input has another"},
		{"rank", onnx.Constant{Name: "B", Shape: []int{18}, Floats: make([]float32, 18)}, network.ErrShape, "but the input has another"},
		{"elements", onnx.Constant{Name: "B", Shape: []int{1, 18}, Floats: make([]float32, 2)}, network.ErrShape, "the shape [1 18] and 2 elements"},
		{"type", onnx.Constant{Name: "B", Shape: []int{1, 18}, Ints: make([]int64, 18)}, network.ErrShape, "the input is of the type float"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := onnx.Read(data, c.constant)
			require.ErrorIs(t, err, c.reason)
			require.ErrorContains(t, err, c.message)
		})
	}
}

// A constant condition may be cast and negated.
func TestConditionsAreCastAndNegated(t *testing.T) {
	want, err := onnx.Read(gruModel("forward").Marshal())
	require.NoError(t, err)
	for _, c := range []struct {
		name     string
		constant onnxtest.Tensor
		negated  bool
		taken    string
	}{
		{"true", onnxtest.Ints("c", 7), false, "then_branch"},
		{"false", onnxtest.Ints("c", 0), false, "else_branch"},
		{"not true", onnxtest.Ints("c", 1), true, "else_branch"},
		{"not false", onnxtest.Floats("c", []int{1}, []float32{0}), true, "then_branch"},
		{"a float", onnxtest.Floats("c", []int{1}, []float32{-0.5}), false, "then_branch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel("forward")
			m.Constants = append(m.Constants, c.constant)
			condition := "b"
			m.Nodes = append(m.Nodes, node("Cast", list("c"), list("b"), attr("to", 9)))
			if c.negated {
				condition = "n"
				m.Nodes = append(m.Nodes, node("Not", list("b"), list("n")))
			}
			branches := map[string]*model{}
			for _, name := range []string{"then_branch", "else_branch"} {
				from := "Y" // the wrong one: it would be refused as an output
				if name == c.taken {
					from = "y"
				}
				branches[name] = &model{
					Nodes:   []onnxtest.Node{node("Identity", list(from), list("inner"))},
					Outputs: []onnxtest.Value{{Name: "inner", Type: onnxtest.Float}},
				}
			}
			m.Nodes = append(m.Nodes, node("If", list(condition), list("z"), attr("then_branch", branches["then_branch"]), attr("else_branch", branches["else_branch"])))
			m.Outputs[0].Name = "z"
			got, err := onnx.Read(m.Marshal())
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}
