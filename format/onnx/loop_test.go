package onnx_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// A cell is the nodes of one step from x_t [1,4] and states of 3 units to h' and c'.
type stepCell struct {
	cell      format.Cell
	constants []onnxtest.Tensor
	nodes     []onnxtest.Node
}

func (c *stepCell) states() []string {
	if c.cell == format.CellLSTM {
		return list("h", "c")
	}
	return list("h")
}

func stepCells() map[string]*stepCell {
	one := onnxtest.Floats("1", []int{1, 1}, []float32{1})
	cells := map[string]*stepCell{
		"LSTM": {format.CellLSTM, tensors(floats("wi", 12, 4), floats("bi", 12), floats("wh", 12, 3), floats("bh", 12)), []onnxtest.Node{
			gemm("x_t", "wi", "bi", "gi"), gemm("h", "wh", "bh", "gh"), sum("gi", "gh", "g"), splits("g", "i0", "f0", "g0", "o0"),
			sigmoid("i0", "i"), sigmoid("f0", "f"), hyperbolic("g0", "n"), sigmoid("o0", "o"),
			times("f", "c", "fc"), times("i", "n", "in"), sum("fc", "in", "c'"), hyperbolic("c'", "tc"), times("o", "tc", "h'")}},
		"GRU": {format.CellGRU, tensors(one, floats("kernel", 4, 9), floats("rec", 3, 9), floats("bi", 9), floats("bh", 9)), []onnxtest.Node{
			node("MatMul", list("x_t", "kernel"), list("x0")), sum("x0", "bi", "xb"), node("MatMul", list("h", "rec"), list("h0")), sum("h0", "bh", "hb"),
			splits("xb", "xz", "xr", "xn"), splits("hb", "hz", "hr", "hn"), sum("xz", "hz", "z0"), sigmoid("z0", "z"), sum("xr", "hr", "r0"), sigmoid("r0", "r"),
			times("r", "hn", "rh"), sum("xn", "rh", "n0"), hyperbolic("n0", "n"), times("z", "h", "zh"), minus("1", "z", "rest"), times("rest", "n", "new"), sum("zh", "new", "h'")}},
		"RNN": {format.CellRNN, tensors(floats("kernel", 4, 3), floats("rec", 3, 3), floats("bi", 3)), []onnxtest.Node{
			node("MatMul", list("x_t", "kernel"), list("x0")), node("MatMul", list("h", "rec"), list("h0")), sum("x0", "h0", "s"), sum("s", "bi", "sb"), hyperbolic("sb", "h'")}},
	}
	maps.Copy(cells, tensorFlowCells())
	return cells
}

func named(names ...string) (values []onnxtest.Value) {
	for _, name := range names {
		values = append(values, onnxtest.Value{Name: name, Type: onnxtest.Float})
	}
	return values
}

func integer(name string, v int64) onnxtest.Tensor {
	t := onnxtest.Ints(name, v)
	t.Shape = []int{}
	return t
}

// looped is a model of a sequence x [T,1,4] that goes through a cell in a Loop. Its
// output is a dense layer after the states h of all steps.
func looped(c *stepCell) (m, body *model) {
	body = &model{Nodes: append([]onnxtest.Node{
		node("Gather", list("x", "k"), list("x_t")), node("Identity", list("more"), list("more'"))}, c.nodes...)}
	body.Nodes = append(body.Nodes, node("Identity", list("h'"), list("h_t")))
	body.Inputs = []onnxtest.Value{{Name: "k", Type: onnxtest.Int64, Shape: []any{}}, {Name: "more", Type: onnxtest.Bool, Shape: []any{}}}
	body.Outputs = named("more'")
	in, out := list("steps", ""), []string(nil)
	m = small(13, []any{"T", 1, 4}, append(c.constants, onnxtest.Ints("0", 0), integer("zero", 0), floats("head", 3, 2), onnxtest.Ints("first", 0)))
	for _, s := range c.states() {
		body.Inputs = append(body.Inputs, onnxtest.Value{Name: s, Type: onnxtest.Float, Shape: []any{1, 3}})
		body.Outputs = append(body.Outputs, named(s+"'")...)
		in, out = append(in, s+"0"), append(out, s+"_end")
		m.Constants = append(m.Constants, onnxtest.Floats(s+"0", []int{1, 3}, make([]float32, 3)))
	}
	body.Outputs = append(body.Outputs, named("h_t")...)
	m.Nodes = []onnxtest.Node{
		node("Shape", list("x"), list("shape")), node("Gather", list("shape", "zero"), list("steps")),
		node("Loop", in, append(out, "hs"), attr("body", body)), node("MatMul", list("hs", "head"), list("y")),
	}
	return m, body
}

// scanned is the same model with a Scan of x [1,T,4].
func scanned(c *stepCell) (m, body *model) {
	body = &model{Nodes: append(append([]onnxtest.Node(nil), c.nodes...), node("Identity", list("h'"), list("h_t")))}
	in, out := []string(nil), []string(nil)
	m = small(13, []any{1, "T", 4}, append(c.constants, floats("head", 3, 2)))
	for _, s := range c.states() {
		body.Inputs = append(body.Inputs, onnxtest.Value{Name: s, Type: onnxtest.Float, Shape: []any{1, 3}})
		body.Outputs = append(body.Outputs, named(s+"'")...)
		in, out = append(in, s+"0"), append(out, s+"_end")
		m.Constants = append(m.Constants, onnxtest.Floats(s+"0", []int{1, 3}, make([]float32, 3)))
	}
	body.Inputs, body.Outputs = append(body.Inputs, named("x_t")...), append(body.Outputs, named("h_t")...)
	m.Nodes = []onnxtest.Node{
		node("Scan", append(in, "x"), append(out, "hs"), attr("body", body), attr("num_scan_inputs", 1), attr("scan_input_axes", []int{1}), attr("scan_output_axes", []int{1})),
		node("MatMul", list("hs", "head"), list("y")),
	}
	return m, body
}

// requireCells requires that a network has recurrent layers of such cells.
func requireCells(t *testing.T, n *network.Network, cells ...format.Cell) {
	t.Helper()
	description, err := n.Model()
	require.NoError(t, err)
	var found []format.Cell
	for _, l := range description.Layers {
		if l.Cell != format.CellDense {
			found = append(found, l.Cell)
		}
	}
	if description.Graph != nil {
		for _, node := range description.Graph.Nodes {
			if l, ok := node.Op.(*format.Layer); ok && l.Cell != format.CellDense {
				found = append(found, l.Cell)
			}
		}
	}
	require.Equal(t, cells, found)
}

// Cells that a Loop or a Scan repeats are layers over time.
func TestRepeatedCellsAreLayers(t *testing.T) {
	for name, c := range stepCells() {
		t.Run(name+" in a Loop", func(t *testing.T) {
			m, _ := looped(c)
			requireCells(t, agrees(t, comparison{model: m}), c.cell)
		})
		t.Run(name+" in a Scan", func(t *testing.T) {
			m, _ := scanned(c)
			requireCells(t, agrees(t, comparison{model: m}), c.cell)
		})
	}
}

// What exporters write around a cell in a loop is read as well.
func TestLoopsOfExporters(t *testing.T) {
	for _, c := range []struct {
		name   string
		cell   string
		change func(m, body *model)
		cells  []format.Cell
	}{
		{"the final state", "LSTM", func(m, _ *model) { find(m, "MatMul").Inputs[0] = "h_end" }, []format.Cell{format.CellLSTM}},
		{"a counter of its own, and a condition", "LSTM", func(m, body *model) {
			constants(m, integer("1i", 1), integer("most", 1<<62))
			loop := find(m, "Loop")
			loop.Inputs[0], loop.Inputs[1] = "most", "go"
			m.Nodes = append([]onnxtest.Node{}, m.Nodes[0], m.Nodes[1], node("Less", list("zero", "steps"), list("go")), m.Nodes[2], m.Nodes[3])
			loop = find(m, "Loop")
			loop.Inputs, loop.Outputs = append(loop.Inputs, "zero"), append(list("h_end", "c_end", "t_end"), "hs")
			body.Inputs = append(body.Inputs, onnxtest.Value{Name: "t", Type: onnxtest.Int64, Shape: []any{}})
			body.Outputs = append(body.Outputs[:3:3], append(named("t'"), body.Outputs[3])...)
			body.Nodes[0].Inputs[1] = "t"
			body.Nodes = append([]onnxtest.Node{sum("t", "1i", "t'"), sum("k", "1i", "k'"), node("Less", list("t'", "steps"), list("less")), node("Less", list("k'", "most"), list("fewer")),
				node("And", list("less", "fewer"), list("both"))}, body.Nodes...)
			find(body, "Identity").Inputs[0] = "both"
		}, []format.Cell{format.CellLSTM}},
		{"a step that keeps its axis", "GRU", func(m, body *model) {
			axes := onnxtest.Ints("axes", 0)
			constants(m, axes)
			body.Nodes = append([]onnxtest.Node{node("Unsqueeze", list("k", "axes"), list("ks")), node("Gather", list("x", "ks"), list("x_1")), node("Squeeze", list("x_1", "axes"), list("x_t"))}, body.Nodes[1:]...)
		}, []format.Cell{format.CellGRU}},
		{"the sequence as a state", "GRU", func(m, body *model) {
			loop := find(m, "Loop")
			loop.Inputs, loop.Outputs = append(loop.Inputs, "x"), append(list("h_end", "x_end"), "hs")
			body.Inputs = append(body.Inputs, onnxtest.Value{Name: "xs", Type: onnxtest.Float})
			body.Outputs = append(body.Outputs[:2:2], append(named("xs"), body.Outputs[2])...)
			body.Nodes[0].Inputs[0] = "xs"
		}, []format.Cell{format.CellGRU}},
		{"a layer before", "RNN", func(m, _ *model) {
			constants(m, floats("w0", 4, 4))
			m.Inputs[0].Name = "x0"
			m.Nodes = append([]onnxtest.Node{node("MatMul", list("x0", "w0"), list("x1")), node("Tanh", list("x1"), list("x"))}, m.Nodes...)
		}, []format.Cell{format.CellRNN}},
		{"two cells within", "GRU", func(m, body *model) {
			constants(m, onnxtest.Floats("s0", []int{1, 3}, make([]float32, 3)), floats("w2", 3, 3), floats("r2", 3, 3))
			loop := find(m, "Loop")
			loop.Inputs, loop.Outputs = append(loop.Inputs, "s0"), append(list("h_end", "s_end"), "hs")
			body.Inputs = append(body.Inputs, named("s")...)
			body.Outputs = append(body.Outputs[:2:2], append(named("s'"), body.Outputs[2])...)
			body.Nodes = append(body.Nodes, node("MatMul", list("h'", "w2"), list("sx")), node("MatMul", list("s", "r2"), list("sr")), sum("sx", "sr", "s1"), hyperbolic("s1", "s'"))
			find(body, "Identity").Inputs[0] = "more"
			body.Nodes[len(body.Nodes)-5].Inputs[0] = "s'"
		}, []format.Cell{format.CellGRU, format.CellRNN}},
		{"a batch", "LSTM", func(m, body *model) {
			m.Inputs[0].Shape[1] = "N"
			constants(m, integer("one", 1), onnxtest.Ints("units", 3))
			m.Constants = slices.DeleteFunc(m.Constants, func(c onnxtest.Tensor) bool { return c.Name == "h0" || c.Name == "c0" })
			m.Nodes = append([]onnxtest.Node{m.Nodes[0], node("Gather", list("shape", "one"), list("n")), node("Unsqueeze", list("n", "0"), list("n1")),
				node("Concat", list("n1", "units"), list("hshape"), attr("axis", 0)), node("ConstantOfShape", list("hshape"), list("h0")), node("ConstantOfShape", list("hshape"), list("c0"))}, m.Nodes[1:]...)
		}, []format.Cell{format.CellLSTM}},
		{"a step that is added to the state", "GRU", func(m, body *model) {
			constants(m, floats("inner", 4, 3))
			body.Nodes[len(body.Nodes)-1] = product("x_t", "inner", "x2")
			body.Nodes = append(body.Nodes, sum("h'", "x2", "h_t"))
		}, []format.Cell{format.CellGRU}},
		{"a step beside the state", "BasicLSTMCell", func(m, body *model) {
			*tensor(m, "head") = floats("head", 7, 2)
			body.Nodes[len(body.Nodes)-1] = concat("h_t", "h'", "x_t")
		}, []format.Cell{format.CellLSTM}},
		{"a part of the state, and numbers", "BasicLSTMCell", func(m, body *model) {
			*tensor(m, "head") = floats("head", 1, 2)
			constants(m, floats("offset", 1))
			body.Nodes[len(body.Nodes)-1] = splits("h'", "h1", "h2", "h3")
			body.Nodes = append(body.Nodes, sum("h2", "offset", "h4"), times("h4", "h3", "h_t"))
		}, []format.Cell{format.CellLSTM}},
		{"a second cell of the step and the first one", "GRUCell of TensorFlow", func(m, body *model) {
			constants(m, onnxtest.Floats("s0", []int{1, 3}, make([]float32, 3)), floats("w2", 10, 3))
			loop := find(m, "Loop")
			loop.Inputs, loop.Outputs = append(loop.Inputs, "s0"), append(list("h_end", "s_end"), "hs")
			body.Inputs = append(body.Inputs, named("s")...)
			body.Outputs = append(body.Outputs[:2:2], append(named("s'"), body.Outputs[2])...)
			body.Nodes[len(body.Nodes)-1] = concat("xhs", "x_t", "h'", "s")
			body.Nodes = append(body.Nodes, product("xhs", "w2", "s1"), hyperbolic("s1", "s'"), node("Identity", list("s'"), list("h_t")))
		}, []format.Cell{format.CellGRU, format.CellRNN}},
		{"a dense layer within a simple cell", "BasicRNNCell", func(m, body *model) {
			constants(m, floats("inner", 3, 3))
			body.Nodes[len(body.Nodes)-1] = product("h'", "inner", "h_t")
		}, []format.Cell{format.CellRNN}},
		{"a dense layer within", "GRU", func(m, body *model) {
			constants(m, floats("inner", 3, 3))
			body.Nodes[len(body.Nodes)-1] = node("MatMul", list("h'", "inner"), list("h_t"))
		}, []format.Cell{format.CellGRU}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, body := looped(stepCells()[c.cell])
			c.change(m, body)
			requireCells(t, agrees(t, comparison{model: m}), c.cells...)
		})
	}
}

// A number of steps that the file has is left open, if the loop goes through all of them.
func TestLoopOfTheStepsOfTheFile(t *testing.T) {
	model := func(steps any, count int64) *model {
		m, _ := looped(stepCells()["LSTM"])
		m.Inputs[0].Shape[0] = steps
		if count > 0 {
			constants(m, integer("count", count))
			m.Nodes = m.Nodes[2:]
			find(m, "Loop").Inputs[0] = "count"
		}
		return m
	}
	open, err := onnx.Read(model("T", 0).Marshal())
	require.NoError(t, err)
	for _, m := range []*onnxtest.Model{model(5, 5), model(5, 0)} {
		fixed, err := onnx.Read(m.Marshal())
		require.NoError(t, err)
		require.Equal(t, open.Graph, fixed.Graph)
	}
	_, err = onnx.Read(model(5, 4).Marshal())
	require.ErrorIs(t, err, network.ErrUnsupported)
}

// States of inputs go from one run to the next.
func TestLoopThatStartsFromInputs(t *testing.T) {
	m, _ := looped(stepCells()["LSTM"])
	m.Constants = slices.DeleteFunc(m.Constants, func(c onnxtest.Tensor) bool { return c.Name == "h0" || c.Name == "c0" })
	for _, name := range list("h0", "c0") {
		m.Inputs = append(m.Inputs, onnxtest.Value{Name: name, Type: onnxtest.Float, Shape: []any{1, 3}})
	}
	m.Outputs = append(m.Outputs, named("h_end", "c_end")...)
	n := agrees(t, comparison{model: m})
	requireCells(t, n, format.CellLSTM)
	require.Len(t, n.Graph.Inputs, 1)
}

// A cell state that starts anew in each step is none that a layer keeps.
func TestCellStateThatIsNoInput(t *testing.T) {
	m := small(13, []any{1, 1, 4}, tensors(floats("W", 1, 12, 4), floats("R", 1, 12, 3), onnxtest.Floats("c", []int{1, 1, 3}, make([]float32, 3))),
		node("LSTM", list("x", "W", "R", "", "", "h", "c"), list("Y", "h'"), attr("hidden_size", 3)), node("Relu", list("Y"), list("y")))
	m.Inputs = append(m.Inputs, onnxtest.Value{Name: "h", Type: onnxtest.Float, Shape: []any{1, 1, 3}})
	m.Outputs = append(m.Outputs, named("h'")...)
	_, err := onnx.Read(m.Marshal())
	require.ErrorIs(t, err, network.ErrUnsupported)
	require.ErrorContains(t, err, "its cell state starts from a constant in each")
}

func TestLoopsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		cell    string
		change  func(m, body *model)
		message string
	}{
		{"a fixed number of steps", "GRU", func(m, _ *model) {
			constants(m, integer("seven", 7))
			m.Nodes = m.Nodes[2:]
			find(m, "Loop").Inputs[0] = "seven"
		}, "it ends after 7 steps of"},
		{"no number of steps", "GRU", func(m, _ *model) {
			m.Nodes = m.Nodes[2:]
			find(m, "Loop").Inputs[0] = ""
		}, "it does not end with the last step of the sequence"},
		{"a condition of the state", "GRU", func(m, body *model) {
			constants(m, onnxtest.Floats("half", nil, []float32{0.5}))
			body.Nodes[1] = node("Less", list("h'", "half"), list("more'"))
		}, `it ends by the condition "more'"`},
		{"a state that starts from numbers of two sequences", "GRU", func(m, body *model) { *tensor(m, "h0") = floats("h0", 2, 3) }, "its state 0 has the shape [2 3]"},
		{"states that change places", "LSTM", func(_, body *model) {
			body.Outputs[1], body.Outputs[2] = body.Outputs[2], body.Outputs[1]
		}, "is not that of an RNN, LSTM or GRU"},
		{"the step's number as a number", "GRU", func(_, body *model) {
			body.Nodes = append([]onnxtest.Node{node("Cast", list("k"), list("kf"), attr("to", 1)), sum("x_0", "kf", "x_t")}, body.Nodes...)
			find(body, "Gather").Outputs[0] = "x_0"
		}, `its body computes with "k"`},
		{"another step", "GRU", func(m, body *model) {
			constants(m, integer("1i", 1))
			body.Nodes = append([]onnxtest.Node{sum("k", "1i", "k'")}, body.Nodes...)
			find(body, "Gather").Inputs[1] = "k'"
		}, `its body takes steps ("x_t") neither from the first one nor from the last one`},
		{"a cell that is none of these", "RNN", func(m, body *model) {
			body.Nodes[len(body.Nodes)-2] = times("sb", "h", "h'")
		}, "is not that of an RNN, LSTM or GRU"},
		{"a state that stays in the cell", "GRU", func(m, body *model) {
			body.Nodes[len(body.Nodes)-1] = times("h'", "h", "h_t")
		}, "its state 0 is not that of an RNN"},
		{"a cell state that starts anew in each step", "LSTM", func(m, body *model) {
			constants(m, floats("W", 1, 12, 4), floats("R", 1, 12, 3), onnxtest.Floats("z", []int{1, 1, 3}, make([]float32, 3)), onnxtest.Ints("0i", 0))
			body.Nodes = append(body.Nodes[:2:2], node("Unsqueeze", list("x_t", "0i"), list("xs")), node("Unsqueeze", list("h", "0i"), list("hs0")),
				node("LSTM", list("xs", "W", "R", "", "", "hs0", "z"), list("Y", "Yh"), attr("hidden_size", 3)), node("Squeeze", list("Yh", "0i"), list("h'")), node("Identity", list("h'"), list("h_t")))
			loop := find(m, "Loop")
			loop.Inputs, loop.Outputs = loop.Inputs[:3], list("h_end", "hs")
			body.Inputs, body.Outputs = body.Inputs[:3], append(body.Outputs[:2:2], body.Outputs[3])
			m.Constants = slices.DeleteFunc(m.Constants, func(c onnxtest.Tensor) bool { return c.Name == "c0" })
		}, "its cell state starts from a constant in each"},
		{"the cell state of each step", "LSTM", func(_, body *model) {
			body.Nodes[len(body.Nodes)-1].Inputs[0] = "c'"
		}, `its output "h_t" is the cell state of an LSTM at each step`},
		{"an output of another gate of the same cell state", "BasicLSTMCell", func(_, body *model) {
			body.Nodes[len(body.Nodes)-1] = times("i", "tc", "h_t")
		}, "its state 0 is not that of an RNN, LSTM or GRU"},
		{"a function of the cell state", "LSTM", func(_, body *model) {
			body.Nodes[len(body.Nodes)-1] = times("c'", "h'", "h_t")
		}, "its state 0 is not that of an RNN, LSTM or GRU"},
		{"a loop within a loop", "GRU", func(m, body *model) {
			inner, _ := scanned(stepCells()["GRU"])
			n := *find(inner, "Scan")
			n.Inputs, n.Outputs = list("h0", "x_t"), list("h''", "hs2")
			body.Nodes[len(body.Nodes)-1] = n
			body.Outputs[2] = named("hs2")[0]
		}, "inside the body of another one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, body := looped(stepCells()[c.cell])
			c.change(m, body)
			_, err := onnx.Read(m.Marshal())
			require.ErrorIs(t, err, network.ErrUnsupported)
			require.ErrorContains(t, err, c.message)
		})
	}
}
