package onnx_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

func concat(to string, from ...string) onnxtest.Node {
	return node("Concat", from, list(to), attr("axis", 1))
}

func product(x, w, out string) onnxtest.Node { return node("MatMul", list(x, w), list(out)) }

// tensorFlowCells are the cells of TensorFlow 1, whose gates are a product with a step and a
// state side by side, from x_t [1,4] and states of 3 units.
func tensorFlowCells() map[string]*stepCell {
	number := func(name string, v float32) onnxtest.Tensor { return onnxtest.Floats(name, nil, []float32{v}) }
	lstm := func(gates string, nodes ...onnxtest.Node) *stepCell {
		return &stepCell{format.CellLSTM, tensors(floats("kernel", 7, 12), floats("bias", 12), number("forget", 1)), append([]onnxtest.Node{
			concat("xh", "x_t", "h"), product("xh", "kernel", "g0"), sum("g0", "bias", gates)}, nodes...)}
	}
	split := []onnxtest.Node{splits("g", "i0", "n0", "f0", "o0"), sum("f0", "forget", "f1")}
	end := []onnxtest.Node{hyperbolic("n0", "n"), times("c", "f", "fc"), times("i", "n", "in"), sum("fc", "in", "c'"), hyperbolic("c'", "tc")}
	basic := lstm("g", append(append(split, sigmoid("f1", "f"), sigmoid("i0", "i"), sigmoid("o0", "o")), append(end, times("tc", "o", "h'"))...)...)
	peeping := lstm("g", append(append(split, times("pf", "c", "cf"), sum("f1", "cf", "f2"), sigmoid("f2", "f"), times("pi", "c", "ci"), sum("i0", "ci", "i1"), sigmoid("i1", "i")),
		append(end, times("po", "c'", "co"), sum("o0", "co", "o1"), sigmoid("o1", "o"), times("o", "tc", "h'"))...)...)
	peeping.constants = append(peeping.constants, floats("pi", 3), floats("pf", 3), floats("po", 3))
	square := lstm("g", append(append(split, sigmoid("f1", "f"), sigmoid("i0", "i"), sigmoid("o0", "o")), append(end, times("o", "tc", "m"), product("m", "projection", "h'"))...)...)
	square.constants = append(square.constants, floats("projection", 3, 3))
	turned := lstm("g", basic.nodes[3:]...)
	turned.constants[0] = floats("kernel", 12, 7)
	turned.nodes[0], turned.nodes[1] = concat("xh", "h", "x_t"), gemm("xh", "kernel", "bias", "g0")
	turned.constants[1] = floats("bias", 12)
	gru := &stepCell{format.CellGRU, tensors(floats("gates", 7, 6), floats("bg", 6), floats("candidate", 7, 3), floats("bc", 3), number("unit", 1)), []onnxtest.Node{
		concat("xh", "x_t", "h"), product("xh", "gates", "g0"), sum("g0", "bg", "g1"), sigmoid("g1", "g"), splits("g", "r", "z"),
		times("r", "h", "rh"), concat("xr", "x_t", "rh"), product("xr", "candidate", "n0"), sum("n0", "bc", "n1"), hyperbolic("n1", "n"),
		times("z", "h", "zh"), minus("unit", "z", "rest"), times("rest", "n", "new"), sum("zh", "new", "h'")}}
	end = []onnxtest.Node{times("z", "n", "zn"), minus("unit", "z", "rest"), times("rest", "h", "old"), sum("zn", "old", "h'")}
	replacing := &stepCell{gru.cell, slices.Clone(gru.constants), append(gru.nodes[:10:10], end...)}
	moving := &stepCell{gru.cell, slices.Clone(gru.constants[:4]), append(gru.nodes[:10:10], minus("n", "h", "d"), times("z", "d", "zd"), sum("h", "zd", "h'"))}
	rnn := &stepCell{format.CellRNN, tensors(floats("kernel", 7, 3), floats("bias", 3)), []onnxtest.Node{
		concat("xh", "x_t", "h"), product("xh", "kernel", "s"), sum("s", "bias", "sb"), node("Relu", list("sb"), list("h'"))}}
	return map[string]*stepCell{
		"BasicLSTMCell": basic, "a Gemm of the state first": turned, "LSTMCell with peepholes": peeping, "LSTMCell with a projection to as many": square,
		"GRUCell of TensorFlow": gru, "BasicRNNCell": rnn, "a GRU whose z is that of the candidate": replacing, "a GRU that moves to the candidate": moving,
	}
}

// Cells of one step whose gates are one product are layers that keep their states.
func TestJoinedCellsAreLayers(t *testing.T) {
	for name, c := range tensorFlowCells() {
		t.Run(name, func(t *testing.T) {
			states := map[string]string{}
			for _, s := range c.states() {
				states[s] = s + "'"
			}
			m := gated(13, states, c.constants, c.nodes...)
			m.Inputs[0].Name = "x_t"
			n := agrees(t, comparison{model: m, states: states})
			requireCells(t, n, c.cell)
			require.Len(t, n.Graph.Inputs, 1)
		})
	}
}

// A simple cell of one step is a layer if the names of its input and its output say that they
// are one state. Otherwise it is a function of two inputs.
func TestSimpleCellsOfOneStep(t *testing.T) {
	for _, c := range []struct {
		in, out string
		layer   bool
	}{
		{"h", "h_out", true}, {"h0", "hn", true}, {"h_in", "h_out", true}, {"state", "new_state", true}, {"hidden_prev", "hidden_next", true},
		{"h", "z", false}, {"context", "h_out", false}, {"input_2", "output_2", false},
	} {
		t.Run(c.in+" and "+c.out, func(t *testing.T) {
			cell := tensorFlowCells()["BasicRNNCell"]
			m := gated(13, map[string]string{"h": "h'"}, append(cell.constants, onnxtest.Ints("axis", 0)),
				append(cell.nodes, node("Unsqueeze", list("h'", "axis"), list(c.out)), node("Squeeze", list(c.in, "axis"), list("inner")))...)
			m.Inputs[0].Name = "x_t"
			m.Nodes[0].Inputs[1], m.Nodes[3].Operator = "inner", "Tanh"
			m.Inputs[1] = onnxtest.Value{Name: c.in, Type: onnxtest.Float, Shape: []any{1, 1, 3}}
			m.Outputs[1].Name = c.out
			n := agrees(t, comparison{model: m, states: map[string]string{c.in: c.out}})
			if c.layer {
				requireCells(t, n, format.CellRNN)
			} else {
				requireCells(t, n)
			}
		})
	}
}

// A projection is to another size than that of the units, over time and in one step.
func TestProjectedCells(t *testing.T) {
	for _, proj := range []int{2, 5} {
		nodes := []onnxtest.Node{concat("xh", "x_t", "h"), product("xh", "kernel", "g0"), sum("g0", "bias", "g"), splits("g", "i0", "n0", "f0", "o0"),
			sigmoid("f0", "f"), sigmoid("i0", "i"), hyperbolic("n0", "n"), times("c", "f", "fc"), times("i", "n", "in"), sum("fc", "in", "c'"), hyperbolic("c'", "tc"),
			times("po", "c'", "co"), sum("o0", "co", "o1"), sigmoid("o1", "o"), times("o", "tc", "m"), product("m", "projection", "h'")}
		c := &stepCell{format.CellLSTM, tensors(floats("kernel", 4+proj, 12), floats("bias", 12), floats("projection", 3, proj), floats("po", 3)), nodes}
		size := func(m, body *model, shape []int) {
			*tensor(m, "h0") = onnxtest.Floats("h0", shape, make([]float32, proj))
			*tensor(m, "head") = floats("head", proj, 2)
		}
		loop, body := looped(c)
		size(loop, body, []int{1, proj})
		for i := range body.Inputs {
			if body.Inputs[i].Name == "h" {
				body.Inputs[i].Shape = []any{1, proj}
			}
		}
		n := agrees(t, comparison{model: loop})
		requireCells(t, n, format.CellLSTM)

		m := gated(13, map[string]string{"h": "h'", "c": "c'"}, c.constants, c.nodes...)
		m.Inputs[0].Name, m.Inputs[1].Shape = "x_t", []any{1, proj}
		*tensor(m, "head") = floats("head", proj, 2)
		n = agrees(t, comparison{model: m, states: map[string]string{"h": "h'", "c": "c'"}})
		requireCells(t, n, format.CellLSTM)
		require.Len(t, n.Graph.Inputs, 1)
	}
}

// Functions of gates that are written with several operators are one.
func TestFunctionsOfGates(t *testing.T) {
	number := func(name string, v float32) onnxtest.Tensor { return onnxtest.Floats(name, nil, []float32{v}) }
	for name, sigmoids := range map[string]func(from, to string) []onnxtest.Node{
		"an affine function within bounds": func(from, to string) []onnxtest.Node {
			return []onnxtest.Node{times(from, "fifth", to+"_1"), sum(to+"_1", "half", to+"_2"), node("Clip", list(to+"_2", "zero", "one"), list(to))}
		},
		"Min and Max": func(from, to string) []onnxtest.Node {
			return []onnxtest.Node{times("fifth", from, to+"_1"), sum(to+"_1", "half", to+"_2"), node("Min", list(to+"_2", "one"), list(to+"_3")), node("Max", list(to+"_3", "zero"), list(to))}
		},
		"Max and Min": func(from, to string) []onnxtest.Node {
			return []onnxtest.Node{times("fifth", from, to+"_1"), sum(to+"_1", "half", to+"_2"), node("Max", list("zero", to+"_2"), list(to+"_3")), node("Min", list("one", to+"_3"), list(to))}
		},
		"bounds before the scale": func(from, to string) []onnxtest.Node {
			return []onnxtest.Node{times("third", from, to+"_1"), sum(to+"_1", "three", to+"_2"), node("Clip", list(to+"_2", "zero", "six"), list(to+"_3")), node("Div", list(to+"_3", "six"), list(to))}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := tensorFlowCells()["BasicLSTMCell"]
			c.constants = append(c.constants, number("fifth", 0.2), number("third", 3), number("half", 0.5), number("zero", 0), number("one", 1), number("three", 3), number("six", 6))
			var nodes []onnxtest.Node
			for _, n := range c.nodes {
				if n.Operator == "Sigmoid" {
					nodes = append(nodes, sigmoids(n.Inputs[0], n.Outputs[0])...)
				} else {
					nodes = append(nodes, n)
				}
			}
			c.nodes = nodes
			m, _ := scanned(c)
			n := agrees(t, comparison{model: m})
			requireCells(t, n, format.CellLSTM)
			for _, node := range n.Graph.Nodes {
				if l, ok := node.Op.(*format.Layer); ok && l.Cell == format.CellLSTM {
					require.Equal(t, format.ActivationHardSigmoid, l.Directions[0].Activations[0].Kind)
				}
			}
		})
	}
}

// Cells that are nearly one of these are refused in a loop.
func TestCellsThatAreNearlyOne(t *testing.T) {
	at := func(c *stepCell, output string) *onnxtest.Node {
		for i := range c.nodes {
			if c.nodes[i].Outputs[0] == output {
				return &c.nodes[i]
			}
		}
		panic(output)
	}
	for _, c := range []struct {
		name, cell string
		change     func(c *stepCell)
	}{
		{"the peephole of the output gate before the step", "LSTMCell with peepholes", func(c *stepCell) { at(c, "co").Inputs[1] = "c" }},
		{"the peephole of the input gate after the step", "LSTMCell with peepholes", func(c *stepCell) { at(c, "ci").Inputs[1] = "h" }},
		{"a peephole twice", "LSTMCell with peepholes", func(c *stepCell) {
			at(c, "o1").Inputs[1] = "co2"
			c.nodes = append(c.nodes, sum("co", "co", "co2"))
		}},
		{"a cell state without decay", "BasicLSTMCell", func(c *stepCell) { at(c, "c'").Inputs[0] = "c" }},
		{"a cell state that is bounded", "BasicLSTMCell", func(c *stepCell) {
			at(c, "c'").Outputs[0] = "c1"
			at(c, "tc").Inputs[0] = "c1"
			c.nodes = append(c.nodes, node("Clip", list("c1", "", "forget"), list("c'")))
		}},
		{"a bias after the projection", "LSTMCell with a projection to as many", func(c *stepCell) {
			at(c, "h'").Outputs[0] = "h1"
			c.nodes = append(c.nodes, sum("h1", "forget", "h'"))
		}},
		{"the state twice", "BasicLSTMCell", func(c *stepCell) {
			c.constants[0] = floats("kernel", 10, 12)
			at(c, "xh").Inputs = list("x_t", "h", "h")
		}},
		{"the cell state beside the step", "BasicLSTMCell", func(c *stepCell) { at(c, "xh").Inputs[1] = "c" }},
		{"a candidate of the other gate", "GRUCell of TensorFlow", func(c *stepCell) { at(c, "rest").Inputs[1] = "r" }},
		{"a candidate of the whole state", "GRUCell of TensorFlow", func(c *stepCell) { at(c, "xr").Inputs[1] = "h" }},
		{"a candidate whose step is scaled too", "GRUCell of TensorFlow", func(c *stepCell) {
			at(c, "xr").Inputs[0] = "x2"
			c.nodes = append(c.nodes, times("x_t", "1.5", "x2"))
			c.constants = append(c.constants, onnxtest.Floats("1.5", nil, []float32{1.5}))
		}},
		{"units of two output gates", "BasicLSTMCell", func(c *stepCell) {
			at(c, "h'").Outputs[0] = "h1"
			c.nodes = append(c.nodes, times("i", "tc", "h2"), sum("h1", "h2", "h'"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cell := tensorFlowCells()[c.cell]
			c.change(cell)
			m, _ := scanned(cell)
			_, err := onnx.Read(m.Marshal())
			require.ErrorIs(t, err, network.ErrUnsupported)
		})
	}
}
