package onnx_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// Models of the shapes that are deployed, with random weights.

// A voice detector reads frames of samples: it mirrors their ends, convolves them with
// the rows of a Fourier transform, and takes magnitudes; convolutions and an LSTM follow,
// whose two states are one tensor. It has a branch for each of two rates.
func voiceDetector() *model {
	const bins, units = 5, 6
	branch := func(prefix string, stride int) *model {
		name := func(s string) string { return prefix + s }
		c := func(n string, shape ...int) onnxtest.Tensor { return floats(name(n), shape...) }
		weights := func(w string) []string { return list(name(w), name(w+"b")) }
		conv := func(from, w, to string, as ...onnxtest.Attribute) onnxtest.Node {
			return onnxtest.Node{Operator: "Conv", Inputs: append(list(name(from)), weights(w)...), Outputs: list(name(to)), Attributes: as}
		}
		one := func(operator, from, to string, as ...onnxtest.Attribute) onnxtest.Node {
			return onnxtest.Node{Operator: operator, Inputs: list(name(from)), Outputs: list(name(to)), Attributes: as}
		}
		cut := func(from, first, last, axis, to string) onnxtest.Node {
			return node("Slice", list(name(from), name(first), name(last), name(axis)), list(name(to)))
		}
		named := func(t onnxtest.Tensor) onnxtest.Tensor { t.Name = name(t.Name); return t }
		return &model{
			Nodes: []onnxtest.Node{
				node("Pad", list("input", name("pads")), list(name("padded")), attr("mode", "reflect")),
				node("Unsqueeze", list(name("padded"), name("1")), list(name("channel"))),
				onnxtest.Node{Operator: "Conv", Inputs: list(name("channel"), name("stft")), Outputs: list(name("parts")), Attributes: attrs{attr("strides", []int{stride})}},
				cut("parts", "0", "bins", "1", "real"), cut("parts", "bins", "end", "1", "imaginary"),
				node("Pow", list(name("real"), name("two")), list(name("r2"))), node("Pow", list(name("imaginary"), name("two")), list(name("i2"))),
				node("Add", list(name("r2"), name("i2")), list(name("power"))), one("Sqrt", "power", "magnitude"),
				conv("magnitude", "c1", "a1", attr("pads", []int{1, 1})), one("Relu", "a1", "e1"),
				conv("e1", "c2", "a2", attr("pads", []int{1, 1}), attr("strides", []int{2})), one("Relu", "a2", "e2"),
				onnxtest.Node{Operator: "ReduceMean", Inputs: list(name("e2")), Outputs: list(name("pooled")), Attributes: attrs{attr("axes", []int{2}), attr("keepdims", 0)}},
				node("Unsqueeze", list(name("pooled"), name("0")), list(name("x"))),
				node("Gather", list("state", name("first")), list(name("h")), attr("axis", 0)), node("Gather", list("state", name("second")), list(name("c")), attr("axis", 0)),
				node("Unsqueeze", list(name("h"), name("0")), list(name("h0"))), node("Unsqueeze", list(name("c"), name("0")), list(name("c0"))),
				node("LSTM", list(name("x"), name("W"), name("R"), name("B"), "", name("h0"), name("c0")), list(name("Y"), name("hn"), name("cn")), attr("hidden_size", units)),
				node("Concat", list(name("hn"), name("cn")), list(name("both")), attr("axis", 0)),
				node("Add", list(name("both"), name("nothing")), list(name("next"))),
				node("Squeeze", list(name("Y"), name("1")), list(name("y1"))), node("Transpose", list(name("y1")), list(name("y2")), attr("perm", []int{1, 2, 0})),
				one("Relu", "y2", "y3"), conv("y3", "head", "logit"), one("Sigmoid", "logit", "p"),
				node("Squeeze", list(name("p"), name("2")), list(name("answer"))),
			},
			Constants: []onnxtest.Tensor{
				named(onnxtest.Ints("pads", 0, 8, 0, 8)), named(onnxtest.Ints("0", 0)), named(onnxtest.Ints("1", 1)), named(onnxtest.Ints("2", 2)),
				named(onnxtest.Ints("bins", bins)), named(onnxtest.Ints("end", math.MaxInt32)), named(onnxtest.Floats("two", nil, []float32{2})), named(onnxtest.Floats("nothing", nil, []float32{0})),
				{Name: name("first"), Type: onnxtest.Int64, Ints: []int64{0}}, {Name: name("second"), Type: onnxtest.Int64, Ints: []int64{1}},
				c("stft", 2*bins, 1, 16), c("c1", 4, bins, 3), c("c1b", 4), c("c2", 6, 4, 3), c("c2b", 6),
				c("W", 1, 4*units, 6), c("R", 1, 4*units, units), c("B", 1, 8*units), c("head", 1, units, 1), c("headb", 1),
			},
			Outputs: []onnxtest.Value{{Name: name("answer"), Type: onnxtest.Float}, {Name: name("next"), Type: onnxtest.Float}},
		}
	}
	return &model{
		Opset: 15,
		Nodes: []onnxtest.Node{
			node("Equal", list("sr", "16000"), list("fast")),
			{Operator: "If", Inputs: list("fast"), Outputs: list("output", "stateN"), Attributes: attrs{attr("then_branch", branch("a", 8)), attr("else_branch", branch("b", 16))}},
		},
		Constants: []onnxtest.Tensor{{Name: "16000", Type: onnxtest.Int64, Ints: []int64{16000}}},
		Inputs: []onnxtest.Value{
			{Name: "input", Type: onnxtest.Float, Shape: []any{"N", "samples"}}, {Name: "state", Type: onnxtest.Float, Shape: []any{2, "N", units}}, {Name: "sr", Type: onnxtest.Int64, Shape: []any{}},
		},
		Outputs: []onnxtest.Value{{Name: "output", Type: onnxtest.Float}, {Name: "stateN", Type: onnxtest.Float}},
	}
}

func TestVoiceDetector(t *testing.T) {
	m := voiceDetector()
	for _, rate := range []string{"16000", "8000"} {
		sr := map[string]float64{"16000": 16000, "8000": 8000}[rate]
		n := agrees(t, comparison{
			model: m, states: map[string]string{"state": "stateN"}, given: map[string]onnxtest.Array{"sr": {Data: []float64{sr}}},
			options: onnx.Options{Constants: []onnx.Constant{{Name: "sr", Number: rate}}, Dimensions: map[string]int{"samples": 48}},
		})
		require.Len(t, n.Graph.Inputs, 1)
		require.Len(t, n.Graph.Outputs, 1)
	}
	_, err := onnx.Read(m.Marshal())
	require.ErrorContains(t, err, "(Equal): it is only supported for constants: an input that is the same at each step can be given as one (--input)")
}

// keras is an LSTM of one step, gate by gate, of the states [1, layers, units, 2].
func keras(layer, x string, width, n int) ([]onnxtest.Node, []onnxtest.Tensor) {
	name := func(s string) string { return layer + s }
	nodes := []onnxtest.Node{
		node("MatMul", list(x, name("kernel")), list(name("x"))), node("MatMul", list(name("h"), name("recurrent")), list(name("r"))),
		node("Add", list(name("x"), name("r")), list(name("sum"))), node("Add", list(name("sum"), name("bias")), list(name("sums"))),
		{Operator: "Split", Inputs: list(name("sums")), Outputs: list(name("i"), name("f"), name("g"), name("o")), Attributes: attrs{attr("axis", 1)}},
		node("Tanh", list(name("g")), list(name("tg"))),
		node("Mul", list(name("sf"), name("c")), list(name("keep"))), node("Mul", list(name("si"), name("tg")), list(name("new"))),
		node("Add", list(name("keep"), name("new")), list(name("c'"))), node("Tanh", list(name("c'")), list(name("tc"))),
		node("Mul", list(name("so"), name("tc")), list(name("h'"))),
	}
	for _, g := range []string{"i", "f", "o"} {
		nodes = append(nodes, node("Sigmoid", list(name(g)), list(name("s"+g))))
	}
	return nodes, []onnxtest.Tensor{floats(name("kernel"), width, 4*n), floats(name("recurrent"), n, 4*n), floats(name("bias"), 4*n)}
}

// A noise suppressor has two LSTMs of one step, whose four states are one tensor, and
// a mask of its inputs; its second half has convolutions of one tap and a layer norm.
func noiseSuppressor() *model {
	const units, bins = 3, 7
	m := &model{
		Opset:   12,
		Inputs:  []onnxtest.Value{{Name: "frame", Type: onnxtest.Float, Shape: []any{1, 1, bins}}, {Name: "states", Type: onnxtest.Float, Shape: []any{1, 2, units, 2}}},
		Outputs: []onnxtest.Value{{Name: "mask", Type: onnxtest.Float}, {Name: "next", Type: onnxtest.Float}},
		Constants: []onnxtest.Tensor{
			floats("encode", 5, bins, 1), floats("gain", 1, 1, 5), floats("shift", 1, 1, 5), onnxtest.Floats("eps", nil, []float32{1e-7}),
			floats("dense", units, 5), floats("denseb", 5), floats("decode", bins, 5, 1), onnxtest.Ints("two axes", 1, 5), onnxtest.Ints("three axes", 1, 1, 5),
			onnxtest.Ints("zero", 0), onnxtest.Ints("one", 1), onnxtest.Ints("two", 2), onnxtest.Ints("state", 1, units), onnxtest.Ints("packed", 1, 1, units, 1),
		},
	}
	turn := attr("perm", []int{0, 2, 1})
	add(m,
		node("Transpose", list("frame"), list("ft"), turn), node("Conv", list("ft", "encode"), list("et")), node("Transpose", list("et"), list("e"), turn),
		node("ReduceMean", list("e"), list("mean"), attr("axes", []int{-1})), node("Sub", list("e", "mean"), list("d")), node("Mul", list("d", "d"), list("d2")),
		node("ReduceMean", list("d2"), list("variance"), attr("axes", []int{-1})), node("Add", list("variance", "eps"), list("ve")), node("Sqrt", list("ve"), list("sd")),
		node("Div", list("d", "sd"), list("n")), node("Mul", list("n", "gain"), list("ng")), node("Add", list("ng", "shift"), list("normal")),
		node("Reshape", list("normal", "two axes"), list("x")))
	from := "x"
	var states []string
	for l, layer := range []string{"one/", "two/"} {
		width := map[int]int{0: 5, 1: units}[l]
		nodes, weights := keras(layer, from, width, units)
		add(m, nodes...)
		constants(m, weights...)
		at := []string{"zero", "one", "two"}
		add(m, node("Slice", list("states", at[l], at[l+1], "one"), list(layer+"both")))
		for k, s := range []string{"h", "c"} {
			constants(m, onnxtest.Ints(layer+s+"axis", 3))
			add(m, node("Slice", list(layer+"both", at[k], at[k+1], layer+s+"axis"), list(layer+s+"4")), node("Reshape", list(layer+s+"4", "state"), list(layer+s)),
				node("Reshape", list(layer+s+"'", "packed"), list(layer+s+"'4")))
		}
		add(m, node("Concat", list(layer+"h'4", layer+"c'4"), list(layer+"next"), attr("axis", 3)))
		from = layer + "h'"
		states = append(states, layer+"next")
	}
	add(m, node("Concat", states, list("next"), attr("axis", 1)),
		node("MatMul", list(from, "dense"), list("p")), node("Add", list("p", "denseb"), list("q")), node("Sigmoid", list("q"), list("m2")), node("Reshape", list("m2", "three axes"), list("m3")),
		node("Mul", list("m3", "e"), list("masked")), node("Transpose", list("masked"), list("mt"), turn), node("Conv", list("mt", "decode"), list("dt")), node("Transpose", list("dt"), list("mask"), turn))
	return m
}

func TestNoiseSuppressor(t *testing.T) {
	m := noiseSuppressor()
	n := agrees(t, comparison{model: m, states: map[string]string{"states": "next"}})
	require.Len(t, n.Graph.Inputs, 1)
	layers := 0
	for _, node := range n.Graph.Nodes {
		if l, ok := node.Op.(*format.Layer); ok && l.Cell == format.CellLSTM {
			layers++
		}
	}
	require.Equal(t, 2, layers, "gates are layers")

	t.Run("without the states' outputs", func(t *testing.T) {
		m.Outputs = m.Outputs[:1]
		_, err := onnx.Read(m.Marshal())
		require.ErrorContains(t, err, "no output of the graph depends on the node")
	})
	t.Run("states put out in another order", func(t *testing.T) {
		m.Outputs = append(m.Outputs, onnxtest.Value{Name: "next", Type: onnxtest.Float})
		for i := range m.Nodes {
			if m.Nodes[i].Outputs[0] == "next" {
				m.Nodes[i].Inputs = list("two/next", "one/next")
			}
		}
		_, err := onnx.Read(m.Marshal())
		require.ErrorContains(t, err, `the output "next" has its final state at another place`)
	})
}

// An estimator of attitude scales its inputs, runs two GRUs from a state to the next,
// and divides a quaternion by its length.
func attitude() *model {
	const units = 5
	return &model{
		Opset:   13,
		Inputs:  []onnxtest.Value{{Name: "input", Type: onnxtest.Float, Shape: []any{"N", "T", 7}}, {Name: "h0", Type: onnxtest.Float, Shape: []any{2, "N", units}}},
		Outputs: []onnxtest.Value{{Name: "output", Type: onnxtest.Float}, {Name: "hn", Type: onnxtest.Float}},
		Constants: []onnxtest.Tensor{
			floats("mean", 7), positive(floats("scale", 7)), onnxtest.Ints("0", 0), onnxtest.Ints("1", 1), onnxtest.Ints("2", 2),
			floats("W1", 1, 3*units, 7), floats("R1", 1, 3*units, units), floats("B1", 1, 6*units), floats("W2", 1, 3*units, units), floats("R2", 1, 3*units, units), floats("B2", 1, 6*units),
			floats("head", 4, units, 1), floats("headb", 4), onnxtest.Floats("eps", nil, []float32{1e-6}),
		},
		Nodes: []onnxtest.Node{
			node("Sub", list("input", "mean"), list("centred")), node("Div", list("centred", "scale"), list("scaled")), node("Transpose", list("scaled"), list("x"), attr("perm", []int{1, 0, 2})),
			node("Slice", list("h0", "0", "1", "0"), list("h1")), node("Slice", list("h0", "1", "2", "0"), list("h2")),
			node("GRU", list("x", "W1", "R1", "B1", "", "h1"), list("Y1", "hn1"), attr("hidden_size", units), attr("linear_before_reset", 1)), node("Squeeze", list("Y1", "1"), list("y1")),
			node("GRU", list("y1", "W2", "R2", "B2", "", "h2"), list("Y2", "hn2"), attr("hidden_size", units), attr("linear_before_reset", 1)), node("Squeeze", list("Y2", "1"), list("y2")),
			node("Concat", list("hn1", "hn2"), list("hn"), attr("axis", 0)),
			node("Transpose", list("y2"), list("channels"), attr("perm", []int{1, 2, 0})), node("Conv", list("channels", "head", "headb"), list("q")), node("Transpose", list("q"), list("Q"), attr("perm", []int{0, 2, 1})),
			node("ReduceL2", list("Q"), list("length"), attr("axes", []int{2})), node("Clip", list("length", "eps"), list("safe")), node("Div", list("Q", "safe"), list("output")),
		},
	}
}

func TestAttitude(t *testing.T) {
	n := agrees(t, comparison{model: attitude(), steps: 9})
	require.Len(t, n.Graph.Inputs, 1)
	require.Len(t, n.Graph.Outputs, 1)
}

// A splitter of text embeds tokens, takes one step of two of them by a convolution, and
// gives an answer for each token again.
func splitter() *model {
	const units = 3
	return &model{
		Opset:   11,
		Inputs:  []onnxtest.Value{{Name: "text", Type: onnxtest.Int64, Shape: []any{"N", "T"}}},
		Outputs: []onnxtest.Value{{Name: "output", Type: onnxtest.Float}},
		Constants: []onnxtest.Tensor{
			floats("table", 11, 4), floats("down", 5, 4, 5), floats("downb", 5), floats("W", 2, 4*units, 5), floats("R", 2, 4*units, units), floats("B", 2, 8*units),
			floats("head", 2*units, 2*2), floats("headb", 4), onnxtest.Ints("flat", 0, 0, -1), onnxtest.Ints("up", 0, -1, 2),
		},
		Nodes: []onnxtest.Node{
			node("Gather", list("table", "text"), list("e")), node("Transpose", list("e"), list("et"), attr("perm", []int{0, 2, 1})),
			node("Conv", list("et", "down", "downb"), list("d"), attr("strides", []int{2}), attr("pads", []int{2, 2})), node("Relu", list("d"), list("r")),
			node("Transpose", list("r"), list("x"), attr("perm", []int{2, 0, 1})),
			node("LSTM", list("x", "W", "R", "B"), list("Y"), attr("hidden_size", units), attr("direction", "bidirectional")),
			node("Transpose", list("Y"), list("Yt"), attr("perm", []int{0, 2, 1, 3})), node("Reshape", list("Yt", "flat"), list("steps")), node("Transpose", list("steps"), list("s"), attr("perm", []int{1, 0, 2})),
			node("MatMul", list("s", "head"), list("p")), node("Add", list("p", "headb"), list("q")), node("Reshape", list("q", "up"), list("output")),
		},
	}
}

func TestSplitter(t *testing.T) {
	n := agrees(t, comparison{model: splitter(), tokens: 11, steps: 8})
	require.Equal(t, 2, n.Graph.Inputs[0].Frames)
	require.Equal(t, 11, n.Graph.Inputs[0].Tokens)
}
