package onnx_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// turn is a node that puts the steps of a value along an axis into the reverse order.
func turn(m *model, from, to string, axis int64) onnxtest.Node {
	constants(m, onnxtest.Ints(to+"/last", -1), onnxtest.Ints(to+"/end", math.MinInt32), onnxtest.Ints(to+"/axis", axis), onnxtest.Ints(to+"/by", -1))
	return node("Slice", list(from, to+"/last", to+"/end", to+"/axis", to+"/by"), list(to))
}

// around puts nodes before the first node of an operator and after it, whose sequence is
// "turned" then, and whose values of each step are "turned_hs" before.
func around(m *model, operator string, before, after onnxtest.Node) {
	at := slices.IndexFunc(m.Nodes, func(n onnxtest.Node) bool { return n.Operator == operator })
	n := &m.Nodes[at]
	for i, name := range n.Inputs {
		if name == "x" {
			n.Inputs[i] = "turned"
		}
	}
	for i, name := range n.Outputs {
		if name == "hs" {
			n.Outputs[i] = "turned_hs"
		}
	}
	m.Nodes = slices.Insert(m.Nodes, at+1, after)
	m.Nodes = slices.Insert(m.Nodes, at, before)
}

// A cell that goes through the steps from the last to the first is a layer in the reverse
// direction.
func TestCellsInReverseOrder(t *testing.T) {
	fromLast := func(m, body *model) {
		constants(m, integer("1i", 1))
		body.Nodes = append([]onnxtest.Node{minus("steps", "1i", "most"), minus("most", "k", "back")}, body.Nodes...)
		find(body, "Gather").Inputs[1] = "back"
	}
	slicedAt := func(m, body *model, from, to string, more ...onnxtest.Node) {
		axes := onnxtest.Ints("axes", 0)
		constants(m, axes)
		body.Nodes = append(append(more, node("Unsqueeze", list(from, "axes"), list("from")), node("Unsqueeze", list(to, "axes"), list("to")),
			node("Slice", list("x", "from", "to", "axes"), list("x_1")), node("Squeeze", list("x_1", "axes"), list("x_t"))), body.Nodes[1:]...)
	}
	for _, c := range []struct {
		name   string
		scan   bool
		change func(m, body *model)
	}{
		{"a Scan in the reverse direction", true, func(m, _ *model) {
			n := find(m, "Scan")
			n.Attributes = append(n.Attributes, attr("scan_input_directions", []int{1}), attr("scan_output_directions", []int{1}))
		}},
		{"a Scan whose outputs are turned", true, func(m, _ *model) {
			n := find(m, "Scan")
			n.Attributes, n.Outputs[len(n.Outputs)-1] = append(n.Attributes, attr("scan_input_directions", []int{1})), "back"
			m.Nodes = append(m.Nodes, turn(m, "back", "hs", 1))
		}},
		{"a Scan of a sequence that is turned", true, func(m, _ *model) { around(m, "Scan", turn(m, "x", "turned", 1), turn(m, "turned_hs", "hs", 1)) }},
		{"a Scan of a sequence that is turned before a layer", true, func(m, _ *model) {
			around(m, "Scan", turn(m, "x1", "turned", 1), turn(m, "turned_hs", "hs", 1))
			constants(m, floats("w0", 4, 4))
			m.Nodes = append([]onnxtest.Node{product("x", "w0", "x1")}, m.Nodes...)
		}},
		{"ReverseSequence", true, func(m, _ *model) {
			constants(m, integer("1i", 1), onnxtest.Ints("1n", 1))
			reversed := func(from, to string) onnxtest.Node {
				return node("ReverseSequence", list(from, "lengths"), list(to), attr("time_axis", 1), attr("batch_axis", 0))
			}
			around(m, "Scan", reversed("x", "turned"), reversed("turned_hs", "hs"))
			m.Nodes = append([]onnxtest.Node{node("Shape", list("x"), list("shape")), node("Gather", list("shape", "1n"), list("lengths"))}, m.Nodes...)
		}},
		{"the final state", true, func(m, _ *model) {
			n := find(m, "Scan")
			n.Attributes = append(n.Attributes, attr("scan_input_directions", []int{1}))
			find(m, "MatMul").Inputs[0] = "h_end"
		}},
		{"steps of a Loop from the last one", false, func(m, body *model) {
			fromLast(m, body)
			find(m, "Loop").Outputs[len(find(m, "Loop").Outputs)-1] = "back_hs"
			m.Nodes = append(m.Nodes, turn(m, "back_hs", "hs", 0))
		}},
		{"the final state of a Loop from the last step", false, func(m, body *model) {
			fromLast(m, body)
			find(m, "MatMul").Inputs[0] = "h_end"
		}},
		{"a Loop from the last step through a sequence that is turned", false, func(m, body *model) {
			fromLast(m, body)
			body.Nodes[2].Inputs[0] = "turned"
			m.Nodes = append([]onnxtest.Node{turn(m, "x", "turned", 0)}, m.Nodes...)
		}},
		{"a number that counts down", false, func(m, body *model) {
			constants(m, integer("1i", 1))
			loop := find(m, "Loop")
			loop.Inputs, loop.Outputs = append(loop.Inputs, "most"), append(loop.Outputs[:len(loop.Outputs)-1:len(loop.Outputs)-1], "down_end", "back_hs")
			m.Nodes = append(append(m.Nodes[:2:2], minus("steps", "1i", "most")), append(m.Nodes[2:], turn(m, "back_hs", "hs", 0))...)
			body.Inputs = append(body.Inputs, onnxtest.Value{Name: "down", Type: onnxtest.Int64, Shape: []any{}})
			last := len(body.Outputs) - 1
			body.Outputs = append(body.Outputs[:last:last], append(named("down'"), body.Outputs[last])...)
			body.Nodes = append(body.Nodes, minus("down", "1i", "down'"))
			find(body, "Gather").Inputs[1] = "down"
		}},
		{"one step by Slice", false, func(m, body *model) {
			constants(m, integer("1i", 1))
			slicedAt(m, body, "k", "k'", sum("k", "1i", "k'"))
		}},
		{"the last step by Slice", false, func(m, body *model) {
			constants(m, integer("1i", 1))
			slicedAt(m, body, "back", "next", minus("steps", "k", "next"), minus("next", "1i", "back"))
			find(m, "MatMul").Inputs[0] = "h_end"
		}},
		{"states that start from numbers", false, func(m, body *model) {
			fromLast(m, body)
			*tensor(m, "h0") = floats("h0", 1, 3)
			find(m, "MatMul").Inputs[0] = "h_end"
		}},
	} {
		for name, cell := range stepCells() {
			t.Run(name+", "+c.name, func(t *testing.T) {
				m, body := looped(cell)
				if c.scan {
					m, body = scanned(cell)
				}
				c.change(m, body)
				requireCells(t, agrees(t, comparison{model: m}), cell.cell)
			})
		}
	}
}

// States start from constants, also those of several cells.
func TestCellsThatStartFromNumbers(t *testing.T) {
	for name, cell := range stepCells() {
		t.Run(name, func(t *testing.T) {
			m, _ := scanned(cell)
			for _, s := range cell.states() {
				*tensor(m, s+"0") = floats(s+"0", 1, 3)
			}
			n := agrees(t, comparison{model: m})
			requireCells(t, n, cell.cell)
			for _, node := range n.Graph.Nodes {
				if l, ok := node.Op.(*format.Layer); ok && l.Cell.Recurrent() {
					require.Equal(t, format.Padded(tensor(m, "h0").Floats), l.Directions[0].H0)
				}
			}
		})
	}
}

// The nodes RNN, GRU and LSTM of a sequence in reverse order read it from its end.
func TestNodesOfTurnedSequences(t *testing.T) {
	for _, direction := range []string{"forward", "reverse"} {
		m := gruModel(direction)
		add(m, turn(m, "x", "back", 0), turn(m, "Y_back", "Y", 0), node("Tanh", list("x"), list("x2")))
		gru := find(m, "GRU")
		gru.Inputs[0], gru.Outputs[0] = "back", "Y_back"
		m.Outputs = append(m.Outputs, named("x2")...) // so that it is no chain of layers
		n := agrees(t, comparison{model: m})
		for _, node := range n.Graph.Nodes {
			if l, ok := node.Op.(*format.Layer); ok && l.Cell.Recurrent() {
				require.Equal(t, direction == "forward", l.Reverse)
			}
		}
	}
}

// What reads steps in reverse order, and is no recurrent layer, is refused.
func TestTurnedSequencesThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(m *model)
		message string
	}{
		{"an output", func(m *model) { m.Nodes[len(m.Nodes)-1] = turn(m, "hs", "y", 1) }, "from the last to the first"},
		{"a sum with the sequence", func(m *model) {
			m.Nodes = append(m.Nodes[:1], turn(m, "hs", "sh", 1), sum("hs", "sh", "both"), product("both", "head", "y"))
		}, "from the last to the first"},
		{"some of the steps", func(m *model) {
			constants(m, onnxtest.Ints("from", -2), onnxtest.Ints("to", math.MinInt32), onnxtest.Ints("axis", 1), onnxtest.Ints("by", -1))
			m.Nodes = append(m.Nodes[:1], node("Slice", list("hs", "from", "to", "axis", "by"), list("sh")), product("sh", "head", "y"))
		}, ""},
		{"every second step", func(m *model) {
			constants(m, onnxtest.Ints("from", -1), onnxtest.Ints("to", math.MinInt32), onnxtest.Ints("axis", 1), onnxtest.Ints("by", -2))
			m.Nodes = append(m.Nodes[:1], node("Slice", list("hs", "from", "to", "axis", "by"), list("sh")), product("sh", "head", "y"))
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, _ := scanned(stepCells()["GRU"])
			c.change(m)
			_, err := onnx.Read(m.Marshal())
			require.ErrorIs(t, err, network.ErrUnsupported)
			require.ErrorContains(t, err, c.message)
		})
	}
}
