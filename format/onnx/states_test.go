package onnx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// withState gives the GRU an initial state and a final one, for one layer.
func withState(m *model) {
	m.Inputs = append(m.Inputs, onnxtest.Value{Name: "h", Type: onnxtest.Float, Shape: []any{1, "N", 3}})
	find(m, "GRU").Inputs = append(find(m, "GRU").Inputs, "", "h")
	m.Outputs = append(m.Outputs, onnxtest.Value{Name: "Y_h", Type: onnxtest.Float})
}

// secondLayer adds a GRU above the first, which reads as its initial state h.
func secondLayer(m *model, h string) {
	constants(m, floats("W2", 1, 9, 3), floats("R2", 1, 9, 3), onnxtest.Ints("one", 1))
	before(m, "Transpose", node("Squeeze", list("Y", "one"), list("s")),
		onnxtest.Node{Name: "gru2", Operator: "GRU", Inputs: list("s", "W2", "R2", "", "", h), Outputs: list("Y2", "Y_h2"), Attributes: attrs{attr("hidden_size", 3)}})
}

// States are those of the layers, from the bottom, and nothing else.
func TestReadRefusesStates(t *testing.T) {
	both := func(m *model, first, second string) {
		m.Inputs[1].Shape[0] = 2
		find(m, "GRU").Inputs[5] = first
		secondLayer(m, second)
		constants(m, onnxtest.Ints("zero", 0), onnxtest.Ints("two", 2))
		add(m, node("Slice", list("h", "zero", "one"), list("h1")), node("Slice", list("h", "one", "two"), list("h2")))
	}
	for _, c := range []struct {
		name, message string // no message: it is read
		change        func(m *model)
	}{
		{"one layer", "", func(m *model) {}},
		{"two layers", "", func(m *model) { both(m, "h1", "h2") }},
		{"two layers, both final states", "", func(m *model) {
			both(m, "h1", "h2")
			add(m, node("Concat", list("Y_h", "Y_h2"), list("hn"), attr("axis", 0)))
			m.Outputs[1].Name = "hn"
		}},
		{"initial states in another order", "", func(m *model) { both(m, "h2", "h1") }},
		{"final states in another order", `tensor "hn": this output of the graph joins final states in another order`, func(m *model) {
			both(m, "h1", "h2")
			add(m, node("Concat", list("Y_h2", "Y_h"), list("hn"), attr("axis", 0)))
			m.Outputs[1].Name = "hn"
		}},
		{"a state that is not read", `tensor "h": this input of the graph has 2 initial states, but layers read 1`, func(m *model) {
			m.Inputs[1].Shape[0] = 2
			find(m, "GRU").Inputs[5] = "h1"
			constants(m, onnxtest.Ints("zero", 0), onnxtest.Ints("one", 1))
			add(m, node("Slice", list("h", "zero", "one"), list("h1")))
		}},
		{"a state that is computed", `node "gru" (GRU): initial_h ("twice") is computed from the graph's inputs`, func(m *model) {
			find(m, "GRU").Inputs[5] = "twice"
			constants(m, onnxtest.Floats("factor", []int{1}, []float32{2}))
			add(m, node("Mul", list("h", "factor"), list("twice")))
		}},
		{"a state of other units", `node "gru" (GRU): initial_h has the shape [1 d2 5], want 1 direction and 3 units`,
			func(m *model) { m.Inputs[1].Shape[2] = 5 }},
		{"an input for two purposes", `tensor "x": this input of the graph is the initial state initial_h, and the network's input as well`, func(m *model) {
			m.Inputs = m.Inputs[:1]
			m.Inputs[0].Shape = []any{1, "N", 2}
			find(m, "GRU").Inputs[5] = "x"
			*tensor(m, "W"), *tensor(m, "R"), *tensor(m, "B") = floats("W", 1, 6, 2), floats("R", 1, 6, 2), floats("B", 1, 12)
			*tensor(m, "weight") = floats("weight", 2, 2)
			find(m, "GRU").Attributes[0] = attr("hidden_size", 2)
		}},
		{"an input for its shape only", `tensor "shape": this input of the graph is not the network's input`, func(m *model) {
			m.Inputs = append(m.Inputs, onnxtest.Value{Name: "shape", Type: onnxtest.Float, Shape: []any{"T", "N", 6}})
			add(m, node("Shape", list("shape"), list("flat")))
			find(m, "Reshape").Inputs[1] = "same"
			drop(m, "flat")
			constants(m, onnxtest.Ints("three", 3), onnxtest.Ints("two", 2), onnxtest.Ints("zero", 0))
			add(m, node("Slice", list("flat", "zero", "two"), list("front")), node("Concat", list("front", "three"), list("same"), attr("axis", 0)))
		}},
		{"lengths of one layer only", `node "gru" (GRU): its sequence_lens differs from that of another recurrent layer`, func(m *model) {
			m.Inputs = append(m.Inputs, onnxtest.Value{Name: "lengths", Type: onnxtest.Int32, Shape: []any{"N"}})
			secondLayer(m, "")
			for i := range m.Nodes {
				if m.Nodes[i].Name == "gru2" {
					m.Nodes[i].Inputs[4] = "lengths"
				}
			}
		}},
		{"the last step of sequences with lengths", "it reads the last step, but sequences have lengths of their own", func(m *model) {
			m.Inputs = append(m.Inputs, onnxtest.Value{Name: "lengths", Type: onnxtest.Int32, Shape: []any{"N"}})
			find(m, "GRU").Inputs[4] = "lengths"
			constants(m, onnxtest.Ints("end", -1))
			before(m, "Transpose", node("Gather", list("Y", "end"), list("Y2")))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel("forward")
			withState(m)
			c.change(m)
			n, err := onnx.Read(m.Marshal())
			if c.message == "" {
				require.NoError(t, err)
				if n.Graph == nil {
					require.Nil(t, n.Layers[0].Directions[0].H0)
				}
				return
			}
			require.True(t, typed(err))
			require.ErrorContains(t, err, c.message)
		})
	}
}

func TestCellStatesAloneAreNoOutputs(t *testing.T) {
	c := onnxtest.Cell{Operator: "LSTM", Bias: true}
	_, err := onnx.Read(c.Model("Y_c").Marshal())
	require.ErrorIs(t, err, network.ErrUnsupported)
	require.ErrorContains(t, err, `the graph gives only cell states of LSTMs, "Y_c", which cannot be outputs of a network`)
}
