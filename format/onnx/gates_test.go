package onnx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// gated is a model of one step from x [1,4] and states of 3 units, and a dense layer
// after the state h that its nodes make.
func gated(opset int, states map[string]string, constants []onnxtest.Tensor, nodes ...onnxtest.Node) *model {
	m := small(opset, []any{1, 4}, append(constants, floats("head", 3, 2), onnxtest.Floats("1", []int{1, 1}, []float32{1})), append(nodes, node("MatMul", list("h'", "head"), list("y")))...)
	for _, in := range []string{"h", "c"} {
		if out, ok := states[in]; ok {
			m.Inputs = append(m.Inputs, onnxtest.Value{Name: in, Type: onnxtest.Float, Shape: []any{1, 3}})
			m.Outputs = append(m.Outputs, onnxtest.Value{Name: out, Type: onnxtest.Float})
		}
	}
	return m
}

func splits(from string, to ...string) onnxtest.Node {
	return node("Split", list(from), to, attr("axis", 1))
}

func gemm(x, w, b, out string) onnxtest.Node {
	return node("Gemm", list(x, w, b), list(out), attr("transB", 1))
}

func sum(a, b, out string) onnxtest.Node     { return node("Add", list(a, b), list(out)) }
func times(a, b, out string) onnxtest.Node   { return node("Mul", list(a, b), list(out)) }
func minus(a, b, out string) onnxtest.Node   { return node("Sub", list(a, b), list(out)) }
func sigmoid(a, out string) onnxtest.Node    { return node("Sigmoid", list(a), list(out)) }
func hyperbolic(a, out string) onnxtest.Node { return node("Tanh", list(a), list(out)) }

// Layers that are written gate by gate are layers, and keep their states.
func TestGatesAreLayers(t *testing.T) {
	two := map[string]string{"h": "h'", "c": "c'"}
	one := map[string]string{"h": "h'"}
	torch := func(n int) []onnxtest.Tensor {
		return tensors(floats("wi", n, 4), floats("bi", n), floats("wh", n, 3), floats("bh", n))
	}
	keras := tensors(floats("k", 4, 9), floats("rec", 3, 9), floats("bi", 9), floats("bh", 9))
	for _, c := range []struct {
		name    string
		cell    format.Cell
		variant format.Variant
		states  map[string]string
		m       *model
	}{
		{"LSTMCell of PyTorch", format.CellLSTM, 0, two, gated(13, two, torch(12),
			gemm("x", "wi", "bi", "gi"), gemm("h", "wh", "bh", "gh"), sum("gi", "gh", "g"), splits("g", "i0", "f0", "g0", "o0"),
			sigmoid("i0", "i"), sigmoid("f0", "f"), hyperbolic("g0", "n"), sigmoid("o0", "o"),
			times("f", "c", "fc"), times("i", "n", "in"), sum("fc", "in", "c'"), hyperbolic("c'", "tc"), times("o", "tc", "h'"))},
		{"GRUCell of PyTorch", format.CellGRU, format.VariantResetAfter, one, gated(13, one, torch(9),
			gemm("x", "wi", "bi", "gi"), gemm("h", "wh", "bh", "gh"), splits("gi", "ir", "iz", "in"), splits("gh", "hr", "hz", "hn"),
			sum("ir", "hr", "r0"), sigmoid("r0", "r"), sum("iz", "hz", "z0"), sigmoid("z0", "z"),
			times("r", "hn", "rh"), sum("in", "rh", "n0"), hyperbolic("n0", "n"), minus("h", "n", "d"), times("z", "d", "zd"), sum("n", "zd", "h'"))},
		{"GRU of Keras, reset after", format.CellGRU, format.VariantResetAfter, one, gated(13, one, keras,
			node("MatMul", list("x", "k"), list("x0")), sum("x0", "bi", "xb"), node("MatMul", list("h", "rec"), list("h0")), sum("h0", "bh", "hb"),
			splits("xb", "xz", "xr", "xn"), splits("hb", "hz", "hr", "hn"), sum("xz", "hz", "z0"), sigmoid("z0", "z"), sum("xr", "hr", "r0"), sigmoid("r0", "r"),
			times("r", "hn", "rh"), sum("xn", "rh", "n0"), hyperbolic("n0", "n"), times("z", "h", "zh"), minus("1", "z", "rest"), times("rest", "n", "new"), sum("zh", "new", "h'"))},
		{"GRU of Keras, reset before", format.CellGRU, format.VariantResetBefore, one, gated(13, one,
			tensors(floats("k", 4, 9), floats("bi", 9), floats("rzr", 3, 6), floats("rn", 3, 3)),
			node("MatMul", list("x", "k"), list("x0")), sum("x0", "bi", "xb"), splits("xb", "xz", "xr", "xn"),
			node("MatMul", list("h", "rzr"), list("zr")), splits("zr", "hz", "hr"),
			sum("xz", "hz", "z0"), sigmoid("z0", "z"), sum("xr", "hr", "r0"), sigmoid("r0", "r"), times("r", "h", "rh"), node("MatMul", list("rh", "rn"), list("hn")),
			sum("xn", "hn", "n0"), hyperbolic("n0", "n"), times("z", "h", "zh"), minus("1", "z", "rest"), times("rest", "n", "new"), sum("new", "zh", "h'"))},
		{"biases of gates", format.CellLSTM, 0, two, gated(13, two, tensors(floats("k", 4, 12), floats("rec", 3, 12), floats("b0", 3), floats("b1", 3), floats("b2", 3), floats("b3", 3)),
			node("MatMul", list("x", "k"), list("gi")), splits("gi", "x0", "x1", "x2", "x3"), node("MatMul", list("h", "rec"), list("gh")), splits("gh", "h0", "h1", "h2", "h3"),
			sum("x0", "b0", "y0"), sum("y0", "h0", "i0"), sum("x1", "b1", "y1"), sum("y1", "h1", "f0"), sum("x2", "b2", "y2"), sum("y2", "h2", "g0"), sum("x3", "h3", "y3"), sum("y3", "b3", "o0"),
			sigmoid("i0", "i"), sigmoid("f0", "f"), hyperbolic("g0", "n"), sigmoid("o0", "o"),
			times("f", "c", "fc"), times("i", "n", "in"), sum("fc", "in", "c'"), hyperbolic("c'", "tc"), times("o", "tc", "h'"))},
		{"hard sigmoids", format.CellLSTM, 0, two, gated(13, two, torch(12),
			gemm("x", "wi", "bi", "gi"), gemm("h", "wh", "bh", "gh"), sum("gh", "gi", "g"), splits("g", "i0", "f0", "g0", "o0"),
			node("HardSigmoid", list("i0"), list("i")), node("HardSigmoid", list("f0"), list("f")), hyperbolic("g0", "n"), node("HardSigmoid", list("o0"), list("o")),
			times("c", "f", "fc"), times("n", "i", "in"), sum("in", "fc", "c'"), hyperbolic("c'", "tc"), times("tc", "o", "h'"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := agrees(t, comparison{model: c.m, states: c.states})
			description, err := n.Model()
			require.NoError(t, err)
			layers := description.Layers
			if description.Graph != nil {
				require.Len(t, description.Graph.Inputs, 1)
				for _, node := range description.Graph.Nodes {
					if l, ok := node.Op.(*format.Layer); ok {
						layers = append(layers, *l)
					}
				}
			}
			require.Equal(t, c.cell, layers[0].Cell)
			if c.variant != 0 {
				require.Equal(t, c.variant, layers[0].Variant)
			}
		})
	}
}

// Gates that make no layer of these are computed as they are written, and their states
// are inputs and outputs.
func TestGatesThatAreNoLayer(t *testing.T) {
	states := map[string]string{"h": "h'"}
	light := gated(13, states, tensors(floats("wi", 6, 4), floats("bi", 6), floats("wh", 6, 3), floats("bh", 6)),
		gemm("x", "wi", "bi", "gi"), gemm("h", "wh", "bh", "gh"), splits("gi", "iz", "in"), splits("gh", "hz", "hn"),
		sum("iz", "hz", "z0"), sigmoid("z0", "z"), sum("in", "hn", "n0"), hyperbolic("n0", "n"),
		times("z", "h", "zh"), minus("1", "z", "rest"), times("rest", "n", "new"), sum("zh", "new", "h'"))
	other := gated(13, map[string]string{"h": "h'", "c": "c'"}, tensors(floats("wi", 9, 4), floats("bi", 9), floats("wh", 9, 3), floats("bh", 9)),
		gemm("x", "wi", "bi", "gi"), gemm("h", "wh", "bh", "gh"), sum("gi", "gh", "g"), splits("g", "f0", "g0", "o0"),
		sigmoid("f0", "f"), hyperbolic("g0", "n"), sigmoid("o0", "o"), minus("1", "f", "i"),
		times("f", "c", "fc"), times("i", "n", "in"), sum("fc", "in", "c'"), hyperbolic("c'", "tc"), times("o", "tc", "h'"))
	for name, m := range map[string]*model{"a light GRU": light, "an LSTM whose gates are coupled": other} {
		t.Run(name, func(t *testing.T) {
			n := agrees(t, comparison{model: m})
			require.Len(t, n.Graph.Inputs, len(m.Inputs))
			require.Len(t, n.Graph.Outputs, len(m.Outputs))
		})
	}
}
