package onnx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// small is a graph from x to y of a test.
func small(opset int, shape []any, constants []onnxtest.Tensor, nodes ...onnxtest.Node) *model {
	return &model{
		Opset: opset, Nodes: nodes, Constants: constants,
		Inputs:  []onnxtest.Value{{Name: "x", Type: onnxtest.Float, Shape: shape}},
		Outputs: []onnxtest.Value{{Name: "y", Type: onnxtest.Float}},
	}
}

func tensors(list ...onnxtest.Tensor) []onnxtest.Tensor { return list }

func positive(t onnxtest.Tensor) onnxtest.Tensor {
	for i, v := range t.Floats {
		t.Floats[i] = v*v + 0.5
	}
	return t
}

// The axes of the tests' inputs: sequences of a batch, channels, steps.
var (
	overTime = []any{"N", 4, "T"} // channels of each step
	features = []any{"N", "T", 4}
	ofAStep  = []any{1, 4, 12} // a step has all
)

// Each operator computes what ONNX says, of sequences and of one step.
func TestOperatorsOfGraphs(t *testing.T) {
	const plain = 17
	ints := onnxtest.Ints
	w := func(shape ...int) onnxtest.Tensor { return floats("w", shape...) }
	b := func(n int) onnxtest.Tensor { return floats("b", n) }
	in := func(names ...string) []string { return append([]string{"x"}, names...) }
	out := list("y")
	sigmoid := func(from string) onnxtest.Node { return node("Sigmoid", list(from), list("s")) }
	for name, m := range map[string]*model{
		// Convolutions.
		"causal":                   small(plain, overTime, tensors(w(5, 4, 3), b(5)), node("Conv", in("w", "b"), out, attr("pads", []int{2, 0}))),
		"looking ahead":            small(plain, overTime, tensors(w(5, 4, 3)), node("Conv", in("w"), out, attr("pads", []int{1, 1}))),
		"dilated":                  small(plain, overTime, tensors(w(5, 4, 3)), node("Conv", in("w"), out, attr("pads", []int{4, 0}), attr("dilations", []int{2}))),
		"same upper":               small(plain, overTime, tensors(w(5, 4, 4)), node("Conv", in("w"), out, attr("auto_pad", "SAME_UPPER"))),
		"same lower":               small(plain, overTime, tensors(w(5, 4, 4)), node("Conv", in("w"), out, attr("auto_pad", "SAME_LOWER"))),
		"stride":                   small(plain, overTime, tensors(w(5, 4, 3)), node("Conv", in("w"), out, attr("pads", []int{1, 0}), attr("strides", []int{2}))),
		"two strides":              small(plain, overTime, tensors(w(4, 4, 3)), node("Conv", in("w"), list("a"), attr("pads", []int{1, 0}), attr("strides", []int{2})), node("Conv", list("a", "w"), out, attr("pads", []int{0, 0}), attr("strides", []int{3}))),
		"kernel of one":            small(plain, overTime, tensors(w(5, 4, 1), b(5)), node("Conv", in("w", "b"), out)),
		"depthwise":                small(plain, overTime, tensors(w(4, 1, 3), b(4)), node("Conv", in("w", "b"), out, attr("group", 4), attr("pads", []int{2, 0}))),
		"groups":                   small(plain, overTime, tensors(w(6, 2, 3), b(6)), node("Conv", in("w", "b"), out, attr("group", 2), attr("pads", []int{2, 0}))),
		"pad and convolution":      small(plain, overTime, tensors(w(5, 4, 3), ints("p", 0, 0, 2, 0, 0, 0)), node("Pad", in("p"), list("a")), node("Conv", list("a", "w"), out)),
		"convolution of a step":    small(plain, ofAStep, tensors(w(5, 4, 3), b(5)), node("Conv", in("w", "b"), out, attr("strides", []int{2}), attr("pads", []int{1, 1}))),
		"same of a step":           small(plain, ofAStep, tensors(w(5, 4, 3)), node("Conv", in("w"), out, attr("strides", []int{3}), attr("auto_pad", "SAME_UPPER"))),
		"two dimensions, one of 1": small(plain, []any{1, 4, 12, 1}, tensors(w(5, 4, 3, 1)), node("Conv", in("w"), out, attr("pads", []int{1, 0, 1, 0}))),
		"transposed":               small(plain, ofAStep, tensors(w(4, 3, 4), b(3)), node("ConvTranspose", in("w", "b"), out, attr("strides", []int{2}), attr("pads", []int{1, 1}))),
		"transposed of time":       small(plain, overTime, tensors(w(4, 3, 2)), node("ConvTranspose", in("w"), out, attr("strides", []int{2}))),

		// Pools and pads.
		"greatest":          small(plain, ofAStep, nil, node("MaxPool", in(), out, attr("kernel_shape", []int{3}), attr("strides", []int{2}))),
		"greatest, padded":  small(plain, ofAStep, nil, node("MaxPool", in(), out, attr("kernel_shape", []int{3}), attr("pads", []int{1, 1}))),
		"greatest of time":  small(plain, overTime, nil, node("MaxPool", in(), out, attr("kernel_shape", []int{2}), attr("strides", []int{2}))),
		"mean":              small(plain, ofAStep, nil, node("AveragePool", in(), out, attr("kernel_shape", []int{3}), attr("strides", []int{3}))),
		"mean, padded":      small(plain, ofAStep, nil, node("AveragePool", in(), out, attr("kernel_shape", []int{3}), attr("pads", []int{1, 1}), attr("count_include_pad", 1))),
		"pad":               small(plain, ofAStep, tensors(ints("p", 0, 0, 2, 0, 1, 3), onnxtest.Floats("v", nil, []float32{0.5})), node("Pad", in("p", "v"), out)),
		"pad, reflected":    small(plain, ofAStep, tensors(ints("p", 0, 0, 2, 0, 0, 3)), node("Pad", in("p"), out, attr("mode", "reflect"))),
		"pad, edge":         small(plain, ofAStep, tensors(ints("p", 0, 0, 2, 0, 0, 3)), node("Pad", in("p"), out, attr("mode", "edge"))),
		"mean of a step":    small(plain, ofAStep, nil, node("GlobalAveragePool", in(), out)),
		"greatest of all":   small(plain, ofAStep, nil, node("GlobalMaxPool", in(), out)),
		"mean of sequences": small(plain, overTime, nil, node("GlobalAveragePool", in(), out)),

		// Reductions and norms.
		"sum of features":        small(plain, features, tensors(ints("k", -1)), node("ReduceSum", in("k"), out)),
		"mean of features":       small(plain, features, nil, node("ReduceMean", in(), out, attr("axes", []int{2}), attr("keepdims", 0))),
		"greatest feature":       small(plain, ofAStep, nil, node("ReduceMax", in(), out, attr("axes", []int{1}))),
		"greatest step":          small(plain, features, nil, node("ReduceMax", in(), out, attr("axes", []int{1}), attr("keepdims", 0))),
		"length":                 small(plain, features, nil, node("ReduceL2", in(), out, attr("axes", []int{2}))),
		"divided by length":      small(plain, features, nil, node("ReduceL2", in(), list("n"), attr("axes", []int{2})), node("Div", in("n"), out)),
		"layer norm":             small(plain, features, tensors(w(4), b(4)), node("LayerNormalization", in("w", "b"), out)),
		"layer norm of a step":   small(plain, ofAStep, tensors(w(12), b(12)), node("LayerNormalization", in("w", "b"), out, attr("epsilon", float32(0.01)))),
		"layer norm of two axes": small(plain, ofAStep, tensors(w(4, 12)), node("LayerNormalization", in("w"), out, attr("axis", 1))),
		"instance norm":          small(plain, ofAStep, tensors(w(4), b(4)), node("InstanceNormalization", in("w", "b"), out)),
		"batch norm": small(plain, overTime, tensors(w(4), b(4), floats("mean", 4), positive(floats("variance", 4))),
			node("BatchNormalization", in("w", "b", "mean", "variance"), out)),
		"L2 norm":              small(plain, features, nil, node("LpNormalization", in(), out)),
		"softmax of features":  small(plain, features, nil, node("Softmax", in(), list("p")), node("Neg", list("p"), out)),
		"softmax of channels":  small(plain, ofAStep, nil, node("Softmax", in(), list("p"), attr("axis", 1)), node("Neg", list("p"), out)),
		"layer norm by itself": layerNormByItself(),

		// Arithmetic.
		"a sum with what is spread":    small(plain, ofAStep, tensors(w(4, 1)), node("Add", in("w"), out)),
		"a product with the last axis": small(plain, ofAStep, tensors(w(12)), node("Mul", in("w"), out)),
		"a product with a matrix":      small(plain, ofAStep, tensors(w(4, 12)), node("Mul", in("w"), out)),
		"zeros that spread it":         small(plain, []any{1, 4, 1}, tensors(onnxtest.Floats("w", []int{3}, make([]float32, 3))), sigmoid("x"), node("Add", list("s", "w"), out)),
		"a constant minus":             small(plain, features, tensors(w(4)), node("Sub", list("w", "x"), out)),
		"a quotient":                   small(plain, features, tensors(positive(w(4))), node("Div", in("w"), out)),
		"a gate":                       small(plain, features, nil, sigmoid("x"), node("Mul", in("s"), out)),
		"the greater":                  small(plain, features, nil, sigmoid("x"), node("Max", in("s"), out)),
		"square":                       small(plain, features, tensors(onnxtest.Floats("p", nil, []float32{2})), node("Pow", in("p"), out)),
		"cube":                         small(plain, features, tensors(onnxtest.Floats("p", nil, []float32{3})), node("Pow", in("p"), out)),
		"slopes of channels":           small(plain, overTime, tensors(w(4, 1)), node("PRelu", in("w"), out)),
		"gelu":                         small(20, features, nil, node("Gelu", in(), out)),
		"gelu by tanh":                 small(20, features, nil, node("Gelu", in(), out, attr("approximate", "tanh"))),
		"hard swish":                   small(plain, features, nil, node("HardSwish", in(), out)),
		"sine":                         small(plain, features, nil, node("Sin", in(), out)),
		"exponential":                  small(plain, features, nil, node("Exp", in(), out)),

		// Products.
		"dense":               small(plain, features, tensors(w(4, 5), b(5)), node("MatMul", in("w"), list("p")), node("Add", list("p", "b"), out)),
		"dense, unsqueezed":   small(plain, []any{1, 4}, tensors(w(4, 5), b(5), ints("0", 0)), node("MatMul", in("w"), list("p")), node("Unsqueeze", list("p", "0"), list("u")), node("Add", list("u", "b"), out)),
		"gemm":                small(plain, []any{1, 4}, tensors(w(5, 4), b(5)), node("Gemm", in("w", "b"), out, attr("transB", 1), attr("alpha", float32(0.5)), attr("beta", float32(2)))),
		"a matrix times":      small(plain, ofAStep, tensors(w(5, 4)), node("MatMul", list("w", "x"), out)),
		"of two streams":      small(plain, ofAStep, nil, node("Transpose", in(), list("t"), attr("perm", []int{0, 2, 1})), node("MatMul", in("t"), out)),
		"attention of a step": attentionOfAStep(),

		// Layouts.
		"turned":                          small(plain, ofAStep, nil, node("Transpose", in(), list("t"), attr("perm", []int{0, 2, 1})), node("Neg", list("t"), out)),
		"reshaped":                        small(plain, ofAStep, tensors(ints("s", 1, 6, 8)), node("Tanh", in(), list("a")), node("Reshape", list("a", "s"), list("r")), node("Softmax", list("r"), list("p")), node("Neg", list("p"), out)),
		"channels by steps":               small(plain, overTime, tensors(w(4, 3)), node("Transpose", in(), list("t"), attr("perm", []int{0, 2, 1})), node("MatMul", list("t", "w"), list("p")), node("Transpose", list("p"), out, attr("perm", []int{0, 2, 1}))),
		"steps and sequences":             small(plain, features, tensors(ints("s", -1, 4), ints("r", 1, -1, 5), w(4, 5)), node("Reshape", in("s"), list("a")), node("Gemm", list("a", "w"), list("g")), node("Reshape", list("g", "r"), out)),
		"halves":                          small(plain, features, nil, onnxtest.Node{Operator: "Split", Inputs: list("x"), Outputs: list("a", "s0"), Attributes: attrs{attr("axis", 2)}}, node("Sigmoid", list("s0"), list("s")), node("Mul", list("a", "s"), out)),
		"backward channels":               small(plain, ofAStep, tensors(ints("from", -1), ints("to", -100), ints("k", 2), ints("by", -1)), node("Slice", in("from", "to", "k", "by"), list("a")), node("Neg", list("a"), out)),
		"every other":                     small(plain, ofAStep, tensors(ints("from", 1), ints("to", 100), ints("k", 2), ints("by", 2)), node("Slice", in("from", "to", "k", "by"), list("a")), node("Neg", list("a"), out)),
		"joined with a constant":          small(plain, []any{1, 4}, tensors(w(1, 3)), node("Concat", in("w"), list("a"), attr("axis", 1)), node("Neg", list("a"), out)),
		"joined channels":                 small(plain, overTime, nil, sigmoid("x"), node("Concat", in("s"), out, attr("axis", 1))),
		"joined frames":                   small(plain, ofAStep, nil, sigmoid("x"), node("Concat", in("s"), out, attr("axis", 2))),
		"the last step":                   small(plain, features, tensors(onnxtest.Tensor{Name: "at", Type: onnxtest.Int64, Ints: []int64{-1}}), sigmoid("x"), node("Gather", list("s", "at"), out, attr("axis", 1))),
		"a branch that the shape decides": branchOfAShape(),
	} {
		t.Run(name, func(t *testing.T) { agrees(t, comparison{model: m}) })
	}
}

// layerNormByItself is a layer norm as exporters of old opsets write it.
func layerNormByItself() *model {
	one := func(name string, v float32) onnxtest.Tensor { return onnxtest.Floats(name, nil, []float32{v}) }
	return small(13, features, tensors(one("two", 2), one("eps", 1e-3), floats("w", 4), floats("b", 4)),
		node("ReduceMean", list("x"), list("mean"), attr("axes", []int{-1})),
		node("Sub", list("x", "mean"), list("d")),
		node("Pow", list("d", "two"), list("d2")),
		node("ReduceMean", list("d2"), list("v"), attr("axes", []int{-1})),
		node("Add", list("v", "eps"), list("ve")),
		node("Sqrt", list("ve"), list("s")),
		node("Div", list("d", "s"), list("n")),
		node("Mul", list("n", "w"), list("nw")),
		node("Add", list("nw", "b"), list("y")))
}

// attentionOfAStep weighs the frames of a step by one another.
func attentionOfAStep() *model {
	turn := attr("perm", []int{0, 2, 1})
	return small(13, []any{1, 6, 4}, tensors(floats("q", 4, 3), floats("k", 4, 3), floats("v", 4, 5)),
		node("MatMul", list("x", "q"), list("Q")), node("MatMul", list("x", "k"), list("K")), node("MatMul", list("x", "v"), list("V")),
		node("Transpose", list("K"), list("Kt"), turn), node("MatMul", list("Q", "Kt"), list("scores")),
		node("Softmax", list("scores"), list("p")), node("MatMul", list("p", "V"), list("y")))
}

// branchOfAShape takes a branch by the number of channels.
func branchOfAShape() *model {
	branch := func(operator, out string) *model {
		return &model{Nodes: []onnxtest.Node{node(operator, list("x"), list(out))}, Outputs: []onnxtest.Value{{Name: out, Type: onnxtest.Float}}}
	}
	return small(13, ofAStep, tensors(onnxtest.Ints("at", 1), onnxtest.Ints("four", 4)),
		node("Shape", list("x"), list("shape")), node("Gather", list("shape", "at"), list("n")), node("Equal", list("n", "four"), list("is four")),
		node("If", list("is four"), list("y"), attr("then_branch", branch("Tanh", "a")), attr("else_branch", branch("Sigmoid", "b"))))
}

// What has no meaning as a step of a model, or is not read, is refused by name.
func TestOperatorsOfGraphsThatAreRefused(t *testing.T) {
	ints := onnxtest.Ints
	w := func(shape ...int) onnxtest.Tensor { return floats("w", shape...) }
	in := func(names ...string) []string { return append([]string{"x"}, names...) }
	out := list("y")
	for _, c := range []struct {
		name    string
		m       *model
		err     error
		message string
	}{
		{"fewer steps", small(13, overTime, tensors(w(5, 4, 3)), node("Conv", in("w"), out)), network.ErrUnsupported, `node "y" (Conv): it makes 2 steps fewer than it reads`},
		{"more steps", small(13, overTime, tensors(w(5, 4, 1)), node("Conv", in("w"), out, attr("pads", []int{1, 0}))), network.ErrUnsupported, `node "y" (Conv): it makes 1 step more than it reads`},
		{"three axes", small(13, []any{1, 1, 6, 6, 6}, tensors(w(5, 1, 3, 3, 3)), node("Conv", in("w"), out)), network.ErrUnsupported, `node "y" (Conv): it slides along more than two axes of the shape [1 1 6 6 6]`},
		{"weights that do not fit", small(13, overTime, tensors(w(5, 3, 1)), node("Conv", in("w"), out)), network.ErrShape, `node "y" (Conv): 1 group of weights [5 3 1]`},
		{"weights that are computed", small(13, ofAStep, nil, node("Conv", list("x", "x"), out)), network.ErrUnsupported, `node "y" (Conv): W ("x") depends on the graph's inputs`},
		{"softmax over steps", small(13, features, nil, node("Softmax", in(), list("p"), attr("axis", 1)), node("Neg", list("p"), out)), network.ErrUnsupported, `node "p" (Softmax): over`},
		{"normalized over steps", small(13, overTime, tensors(w(4), floats("b", 4)), node("InstanceNormalization", in("w", "b"), out)), network.ErrUnsupported, `node "y" (InstanceNormalization): over the steps of a sequence`},
		{"the sum of steps", small(13, features, tensors(ints("k", 1)), node("ReduceSum", in("k"), out)), network.ErrUnsupported, `node "y" (ReduceSum): the sum of the steps of a sequence`},
		{"attention over steps", small(13, features, nil, node("Transpose", in(), list("t"), attr("perm", []int{0, 2, 1})), node("MatMul", in("t"), out)), network.ErrUnsupported, `node "y" (MatMul): it multiplies with the steps of a sequence`},
		{"steps one after the other", small(13, features, nil, node("Tanh", in(), list("a")), node("Concat", in("a"), out, attr("axis", 1))), network.ErrUnsupported, `node "y" (Concat): it joins steps of sequences one after the other`},
		{"steps in the middle", small(13, features, tensors(ints("at", 1)), node("Tanh", in(), list("a")), node("Gather", list("a", "at"), out, attr("axis", 1))), network.ErrUnsupported, `node "y" (Gather): it takes some steps`},
		{"the average of fewer steps", small(13, overTime, nil, node("AveragePool", in(), out, attr("kernel_shape", []int{3}), attr("pads", []int{1, 1}))), network.ErrUnsupported, `node "y" (AveragePool): it averages fewer frames at the ends`},
		{"a power of the input", small(13, features, nil, node("Pow", in("x"), out)), network.ErrUnsupported, `node "y" (Pow): the exponent ("x") depends`},
		{"another power", small(13, features, tensors(onnxtest.Floats("p", nil, []float32{1.5})), node("Pow", in("p"), out)), network.ErrUnsupported, `node "y" (Pow): the exponent is 1.5`},
		{"an L1 norm", small(13, features, nil, node("LpNormalization", in(), out, attr("p", 1))), network.ErrUnsupported, `node "y" (LpNormalization): with p 1`},
		{"shapes that do not fit", small(13, features, tensors(w(3)), node("Tanh", in(), list("a")), node("Add", list("a", "w"), out)), network.ErrShape, `node "y" (Add): the shapes`},
		{"tokens that are computed", small(13, features, tensors(w(5, 2)), node("Cast", in(), list("i"), attr("to", 7)), node("Gather", list("w", "i"), out)), network.ErrUnsupported, `node "i" (Cast): `},
		{"an input that is not read", func() *model {
			m := small(13, ofAStep, tensors(w(5, 4, 3)), node("Conv", in("w"), out), node("Shape", list("z"), list("s")), node("Reshape", list("y", "s"), list("r")))
			m.Inputs = append(m.Inputs, onnxtest.Value{Name: "z", Type: onnxtest.Float, Shape: []any{1, 5, 10}})
			m.Outputs[0].Name = "r"
			return m
		}(), network.ErrUnsupported, `tensor "z": no output of the graph depends on the numbers of this input`},
		{"an attribute that is not known", small(13, ofAStep, tensors(w(5, 4, 3)), node("Conv", in("w"), out, attr("quantum", 1))), network.ErrUnsupported, `node "y" (Conv): the attribute "quantum"`},
		{"what is sorted", small(13, ofAStep, nil, node("Tanh", in(), list("a")), node("CumSum", list("a", "a"), out)), network.ErrUnsupported, `node "y" (CumSum): an operator that is not supported`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := onnx.Read(c.m.Marshal())
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.message)
			require.True(t, typed(err))
		})
	}
}
