package onnx_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
	"github.com/rnnrun/rnnrun/runtime"
)

// unrolledSteps is the number of steps of the models of [writtenOut].
const unrolledSteps = 5

// at is what a value is called in a step.
func at(name string, step int) string { return fmt.Sprintf("%s/%d", name, step) }

// writtenOut is a model of a sequence x [1,5,4] with the nodes of a cell for each step,
// and a dense layer after the states h of all steps.
func writtenOut(c *stepCell) *model {
	m := small(13, []any{1, unrolledSteps, 4}, append(slices.Clone(c.constants), floats("head", 3, 2), onnxtest.Ints("one", 1)))
	for _, s := range c.states() {
		constants(m, onnxtest.Floats(at(s, 0), []int{1, 3}, make([]float32, 3)))
	}
	var all []string
	for step := range unrolledSteps {
		constants(m, integer(at("k", step), int64(step)))
		m.Nodes = append(m.Nodes, node("Gather", list("x", at("k", step)), list(at("x_t", step)), attr("axis", 1)))
		for _, n := range c.nodes {
			m.Nodes = append(m.Nodes, inStep(c, n, step))
		}
		m.Nodes = append(m.Nodes, node("Unsqueeze", list(at("h", step+1), "one"), list(at("u", step))))
		all = append(all, at("u", step))
	}
	m.Nodes = append(m.Nodes, node("Concat", all, list("hs"), attr("axis", 1)), node("MatMul", list("hs", "head"), list("y")))
	return m
}

// inStep is a node of a cell in a step.
func inStep(c *stepCell, n onnxtest.Node, step int) onnxtest.Node {
	rename := func(names []string) (all []string) {
		for _, name := range names {
			switch {
			case slices.ContainsFunc(c.constants, func(t onnxtest.Tensor) bool { return t.Name == name }):
				all = append(all, name)
			case name == "h'" || name == "c'":
				all = append(all, at(name[:1], step+1))
			default:
				all = append(all, at(name, step))
			}
		}
		return all
	}
	n.Inputs, n.Outputs = rename(n.Inputs), rename(n.Outputs)
	return n
}

// agreesOverTime requires that a model whose file has a number of steps is read as one of
// a sequence, and computes what its graph says.
func agreesOverTime(t *testing.T, m *model, cells ...format.Cell) {
	t.Helper()
	n, err := onnx.Read(m.Marshal())
	require.NoError(t, err)
	requireCells(t, n, cells...)
	require.Len(t, n.Notes, 1)
	require.Contains(t, n.Notes[0], "has 5 steps in the file; the model reads sequences of any length")
	description, err := n.Model()
	require.NoError(t, err)
	read, err := runtime.New(description)
	require.NoError(t, err)
	defer read.Close()
	c := comparison{model: m}
	x := c.random(m.Inputs[0], "", 1)
	var xs []float32
	for _, v := range x.Data {
		xs = append(xs, float32(v))
	}
	y, err := read.NewSession().RunInputs(xs, nil)
	require.NoError(t, err)
	near(t, onnxtest.Interpret(m, map[string]onnxtest.Array{"x": x})["y"].Data, y)
}

// Cells that are written out for each step are layers over time.
func TestUnrolledCellsAreLayers(t *testing.T) {
	for name, c := range stepCells() {
		t.Run(name, func(t *testing.T) { agreesOverTime(t, writtenOut(c), c.cell) })
	}
}

// What exporters write around the steps is read as well.
func TestUnrolledCellsOfExporters(t *testing.T) {
	gathers := func(m *model, each func(i, step int)) {
		step := 0
		for i := range m.Nodes {
			if m.Nodes[i].Operator == "Gather" {
				each(i, step)
				step++
			}
		}
	}
	squeezed := func(m *model, take func(step int) []onnxtest.Node) {
		var nodes []onnxtest.Node
		step := 0
		for _, n := range m.Nodes {
			if n.Operator != "Gather" {
				nodes = append(nodes, n)
				continue
			}
			nodes = append(append(nodes, take(step)...), node("Squeeze", list(at("x_1", step), "one"), list(at("x_t", step))))
			step++
		}
		m.Nodes = nodes
	}
	for _, c := range []struct {
		name   string
		cell   string
		change func(m *model)
		cells  []format.Cell
	}{
		{"the last state", "LSTM", func(m *model) {
			m.Nodes = slices.DeleteFunc(m.Nodes, func(n onnxtest.Node) bool { return n.Operator == "Unsqueeze" || n.Operator == "Concat" })
			find(m, "MatMul").Inputs[0] = at("h", unrolledSteps)
		}, []format.Cell{format.CellLSTM}},
		{"steps by Slice", "GRU", func(m *model) {
			squeezed(m, func(step int) []onnxtest.Node {
				constants(m, onnxtest.Ints(at("from", step), int64(step)), onnxtest.Ints(at("to", step), int64(step)+1))
				return []onnxtest.Node{node("Slice", list("x", at("from", step), at("to", step), "one"), list(at("x_1", step)))}
			})
		}, []format.Cell{format.CellGRU}},
		{"steps by Split", "GRU", func(m *model) {
			squeezed(m, func(step int) []onnxtest.Node {
				if step > 0 {
					return nil
				}
				var all []string
				for i := range unrolledSteps {
					all = append(all, at("x_1", i))
				}
				return []onnxtest.Node{node("Split", list("x"), all, attr("axis", 1))}
			})
		}, []format.Cell{format.CellGRU}},
		{"time first", "LSTM", func(m *model) {
			m.Inputs[0].Shape = []any{unrolledSteps, 1, 4}
			gathers(m, func(i, _ int) { m.Nodes[i].Attributes = []onnxtest.Attribute{attr("axis", 0)} })
		}, []format.Cell{format.CellLSTM}},
		{"joined along the batch", "LSTM", func(m *model) {
			m.Nodes = slices.DeleteFunc(m.Nodes, func(n onnxtest.Node) bool { return n.Operator == "Unsqueeze" })
			join := find(m, "Concat")
			for step := range join.Inputs {
				join.Inputs[step] = at("h", step+1)
			}
			join.Attributes = []onnxtest.Attribute{attr("axis", 0)}
		}, []format.Cell{format.CellLSTM}},
		{"the steps from the last to the first", "LSTM", func(m *model) {
			gathers(m, func(i, step int) { m.Nodes[i].Inputs[1] = at("k", unrolledSteps-1-step) })
			slices.Reverse(find(m, "Concat").Inputs)
		}, []format.Cell{format.CellLSTM}},
		{"the steps from the last to the first, put back into order", "GRU", func(m *model) {
			gathers(m, func(i, step int) { m.Nodes[i].Inputs[1] = at("k", unrolledSteps-1-step) })
			find(m, "Concat").Outputs[0] = "back"
			m.Nodes = append(m.Nodes, turn(m, "back", "hs", 1))
		}, []format.Cell{format.CellGRU}},
		{"the last state from the last step", "GRU", func(m *model) {
			gathers(m, func(i, step int) { m.Nodes[i].Inputs[1] = at("k", unrolledSteps-1-step) })
			m.Nodes = slices.DeleteFunc(m.Nodes, func(n onnxtest.Node) bool {
				return n.Operator == "Unsqueeze" || n.Operator == "Concat" && n.Outputs[0] == "hs"
			})
			m.Nodes[len(m.Nodes)-1].Inputs[0] = at("h", unrolledSteps)
		}, []format.Cell{format.CellGRU}},
		{"axes and steps from behind", "LSTM", func(m *model) {
			gathers(m, func(i, _ int) { m.Nodes[i].Attributes = []onnxtest.Attribute{attr("axis", -2)} })
			*tensor(m, at("k", 4)), *tensor(m, at("k", 3)) = integer(at("k", 4), -1), integer(at("k", 3), -2)
			find(m, "Concat").Attributes = []onnxtest.Attribute{attr("axis", -2)}
		}, []format.Cell{format.CellLSTM}},
		{"a last step to the end", "LSTM", func(m *model) {
			squeezed(m, func(step int) []onnxtest.Node {
				to := int64(step) + 1
				if step == unrolledSteps-1 {
					to = math.MaxInt32
				}
				constants(m, onnxtest.Ints(at("from", step), int64(step)), onnxtest.Ints(at("to", step), to))
				return []onnxtest.Node{node("Slice", list("x", at("from", step), at("to", step), "one"), list(at("x_1", step)))}
			})
		}, []format.Cell{format.CellLSTM}},
		{"a state that starts from numbers", "LSTM", func(m *model) { *tensor(m, at("h", 0)) = floats(at("h", 0), 1, 3) }, []format.Cell{format.CellLSTM}},
		{"a layer before", "GRU", func(m *model) {
			constants(m, floats("w0", 4, 4))
			gathers(m, func(i, _ int) { m.Nodes[i].Inputs[0] = "x1" })
			m.Nodes = append([]onnxtest.Node{node("MatMul", list("x", "w0"), list("x0")), node("Tanh", list("x0"), list("x1"))}, m.Nodes...)
		}, []format.Cell{format.CellGRU}},
		{"weights of each step that are equal", "LSTM", func(m *model) {
			for step := range unrolledSteps {
				w := *tensor(m, "wh")
				w.Name = at("wh", step)
				constants(m, w)
			}
			m.Constants = slices.DeleteFunc(m.Constants, func(c onnxtest.Tensor) bool { return c.Name == "wh" })
			step := 0
			for i := range m.Nodes {
				if n := &m.Nodes[i]; n.Operator == "Gemm" && n.Inputs[1] == "wh" {
					n.Inputs[1] = at("wh", step)
					step++
				}
			}
		}, []format.Cell{format.CellLSTM}},
		{"a layer after another", "GRU", func(m *model) {
			constants(m, floats("w2", 3, 3), floats("r2", 3, 3), onnxtest.Floats("s/0", []int{1, 3}, make([]float32, 3)))
			head := m.Nodes[len(m.Nodes)-1]
			m.Nodes = m.Nodes[:len(m.Nodes)-1]
			var all []string
			for step := range unrolledSteps {
				m.Nodes = append(m.Nodes, node("Gather", list("hs", at("k", step)), list(at("y_t", step)), attr("axis", 1)),
					node("MatMul", list(at("y_t", step), "w2"), list(at("p", step))), node("MatMul", list(at("s", step), "r2"), list(at("q", step))),
					sum(at("p", step), at("q", step), at("pq", step)), hyperbolic(at("pq", step), at("s", step+1)),
					node("Unsqueeze", list(at("s", step+1), "one"), list(at("v", step))))
				all = append(all, at("v", step))
			}
			head.Inputs = list("ss", "head")
			m.Nodes = append(m.Nodes, node("Concat", all, list("ss"), attr("axis", 1)), head)
		}, []format.Cell{format.CellGRU, format.CellRNN}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := writtenOut(stepCells()[c.cell])
			c.change(m)
			agreesOverTime(t, m, c.cells...)
		})
	}
}

// Steps that do not all compute the same are no layer over time: such a model is read as
// its nodes are, or refused.
func TestStepsThatDifferAreNoLayer(t *testing.T) {
	nodeOf := func(m *model, output string) *onnxtest.Node {
		return &m.Nodes[slices.IndexFunc(m.Nodes, func(n onnxtest.Node) bool { return slices.Contains(n.Outputs, output) })]
	}
	for _, c := range []struct {
		name   string
		change func(m *model)
	}{
		{"other weights in the last step", func(m *model) {
			constants(m, floats("wh2", 12, 3))
			nodeOf(m, at("gh", unrolledSteps-1)).Inputs[1] = "wh2"
		}},
		{"other weights in the first step", func(m *model) {
			constants(m, floats("wh2", 12, 3))
			nodeOf(m, at("gh", 0)).Inputs[1] = "wh2"
		}},
		{"the cell state as an output of one step", func(m *model) {
			join := find(m, "Concat")
			for step := range join.Inputs {
				join.Inputs[step] = at("h", step+1)
			}
			join.Inputs[2], join.Attributes = at("c", 3), []onnxtest.Attribute{attr("axis", 0)}
			m.Nodes = slices.DeleteFunc(m.Nodes, func(n onnxtest.Node) bool { return n.Operator == "Unsqueeze" })
		}},
		{"states that change places after the first step", func(m *model) {
			nodeOf(m, at("gh", 1)).Inputs[0], nodeOf(m, at("fc", 1)).Inputs[1] = at("c", 1), at("h", 1)
		}},
		{"a step twice", func(m *model) { nodeOf(m, at("x_t", 3)).Inputs[1] = at("k", 2) }},
		{"steps in another order", func(m *model) {
			nodeOf(m, at("x_t", 3)).Inputs[1], nodeOf(m, at("x_t", 2)).Inputs[1] = at("k", 2), at("k", 3)
		}},
		{"fewer steps than the file has", func(m *model) { m.Inputs[0].Shape[1] = unrolledSteps + 1 }},
		{"a state of the previous step", func(m *model) { nodeOf(m, at("gh", 3)).Inputs[0] = at("h", 2) }},
		{"a state within", func(m *model) { nodeOf(m, "y").Inputs[0] = at("u", 2) }},
		{"outputs in another order", func(m *model) { slices.Reverse(nodeOf(m, "hs").Inputs) }},
		{"another function in one step", func(m *model) { nodeOf(m, at("n", 2)).Operator = "Sigmoid" }},
		{"features of all steps", func(m *model) {
			join := find(m, "Concat")
			for step := range join.Inputs {
				join.Inputs[step] = at("h", step+1)
			}
			m.Nodes = slices.DeleteFunc(m.Nodes, func(n onnxtest.Node) bool { return n.Operator == "Unsqueeze" })
			*tensor(m, "head") = floats("head", 3*unrolledSteps, 2)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := writtenOut(stepCells()["LSTM"])
			c.change(m)
			n, err := onnx.Read(m.Marshal())
			if err != nil {
				require.ErrorIs(t, err, network.ErrUnsupported)
				return
			}
			requireCells(t, n)
			agrees(t, comparison{model: m})
		})
	}
}

// Many steps that are those of no cell end in an error.
func TestManyStepsOfNoCell(t *testing.T) {
	m := small(13, []any{1, 3000, 4}, nil)
	previous := "x"
	for step := range 3000 {
		constants(m, integer(at("k", step), int64(step)))
		m.Nodes = append(m.Nodes, node("Gather", list("x", at("k", step)), list(at("x_t", step)), attr("axis", 1)), sum(previous, at("x_t", step), at("s", step)))
		previous = at("s", step)
	}
	m.Nodes = append(m.Nodes, node("Relu", list(previous), list("y")))
	_, err := onnx.Read(m.Marshal())
	require.ErrorIs(t, err, network.ErrUnsupported)
}
