package onnx_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// A number that is a constant of no axes.
func scalar(name string, v float32) onnxtest.Tensor { return onnxtest.Floats(name, nil, []float32{v}) }

// What PyTorch exports for usual modules computes what ONNX says.
func TestWhatPyTorchExports(t *testing.T) {
	ints := onnxtest.Ints
	w := func(shape ...int) onnxtest.Tensor { return floats("w", shape...) }
	b := func(n int) onnxtest.Tensor { return floats("b", n) }
	in := func(names ...string) []string { return append([]string{"x"}, names...) }
	out := list("y")
	turn := attr("perm", []int{0, 2, 1})
	plane, planes := []any{1, 2, "T", 6}, []any{1, 4, "T", 6}
	image := []any{1, 2, 7, 6}
	for name, m := range map[string]*model{
		// Functions.
		"GELU": small(13, features, tensors(scalar("root", math.Sqrt2), scalar("one", 1), scalar("half", 0.5)),
			node("Div", in("root"), list("a")), node("Erf", list("a"), list("e")), node("Add", list("e", "one"), list("f")),
			node("Mul", in("f"), list("g")), node("Mul", list("g", "half"), out)),
		"GELU with the half first": small(13, features, tensors(scalar("root", math.Sqrt2/2), scalar("one", 1), scalar("half", 0.5)),
			node("Mul", in("root"), list("a")), node("Erf", list("a"), list("e")), node("Add", list("one", "e"), list("f")),
			node("Mul", in("half"), list("h")), node("Mul", list("h", "f"), out)),
		"SELU":                        small(13, features, nil, node("Selu", in(), out)),
		"CELU":                        small(13, features, nil, node("Celu", in(), out, attr("alpha", float32(0.75)))),
		"log of a softmax":            small(13, features, nil, node("LogSoftmax", in(), list("p")), node("Neg", list("p"), out)),
		"log of a softmax of a step":  small(11, ofAStep, nil, node("LogSoftmax", in(), list("p"), attr("axis", 2)), node("Neg", list("p"), out)),
		"log of one over the columns": small(13, ofAStep, nil, node("LogSoftmax", in(), list("p"), attr("axis", 1)), node("Neg", list("p"), out)),

		// Convolutions whose last frames are taken away, as temporal convolutional networks have them.
		"chomped": small(13, overTime, tensors(w(5, 4, 3), b(5), ints("from", 0), ints("to", -4), ints("k", 2)),
			node("Conv", in("w", "b"), list("c"), attr("pads", []int{4, 4}), attr("dilations", []int{2})), node("Slice", list("c", "from", "to", "k"), out)),
		"taken from the middle": small(13, overTime, tensors(w(5, 4, 3), ints("from", 1), ints("to", -1), ints("k", 2)),
			node("Conv", in("w"), list("c"), attr("pads", []int{2, 2})), node("Slice", list("c", "from", "to", "k"), out)),
		"transposed and chomped": small(13, overTime, tensors(w(4, 3, 5), b(3), ints("from", 0), ints("to", -3), ints("k", 2)),
			node("ConvTranspose", in("w", "b"), list("c"), attr("strides", []int{2})), node("Slice", list("c", "from", "to", "k"), out)),
		"transposed, looking ahead":  small(13, overTime, tensors(w(4, 3, 4), b(3)), node("ConvTranspose", in("w", "b"), out, attr("strides", []int{2}), attr("pads", []int{1, 1}))),
		"transposed, three times":    small(13, overTime, tensors(w(4, 3, 7), b(3)), node("ConvTranspose", in("w", "b"), out, attr("strides", []int{3}), attr("pads", []int{2, 2}))),
		"transposed in groups":       small(13, ofAStep, tensors(w(4, 3, 3), b(6)), node("ConvTranspose", in("w", "b"), out, attr("strides", []int{2}), attr("group", 2))),
		"transposed, with more":      small(13, ofAStep, tensors(w(4, 3, 3)), node("ConvTranspose", in("w"), out, attr("strides", []int{3}), attr("output_padding", []int{2}))),
		"stretched":                  small(13, ofAStep, tensors(onnxtest.Floats("s", []int{3}, []float32{1, 1, 2})), node("Resize", in("", "s"), out, nearest()...)),
		"stretched over time":        small(13, overTime, tensors(onnxtest.Floats("s", []int{3}, []float32{1, 1, 3})), node("Resize", in("", "s"), out, nearest()...)),
		"the mean of those there":    small(13, ofAStep, nil, node("AveragePool", in(), out, attr("kernel_shape", []int{3}), attr("pads", []int{1, 1}), attr("strides", []int{2}))),
		"frames repeated at the end": small(13, ofAStep, tensors(ints("from", 0), ints("to", 1), ints("k", 2)), node("Slice", in("from", "to", "k"), list("first")), node("Concat", list("x", "first"), list("both"), attr("axis", 2)), node("Neg", list("both"), out)),

		// Zeros before the steps, and the steps before those.
		"the step before": small(13, features, tensors(ints("p", 0, 2, 0, 0, 0, 0), ints("from", 0), ints("to", -2), ints("k", 1)),
			node("Pad", in("p"), list("a")), node("Slice", list("a", "from", "to", "k"), list("b")), node("Sub", in("b"), out)),
		"the step behind": small(13, features, tensors(ints("p", 0, 0, 0, 0, 1, 0), ints("from", 1), ints("to", 1000), ints("k", 1)),
			node("Pad", in("p"), list("a")), node("Slice", list("a", "from", "to", "k"), list("b")), node("Sub", in("b"), out)),
		"zeros that are joined":      small(13, []any{1, 4, "T"}, tensors(onnxtest.Floats("z", []int{1, 4, 2}, make([]float32, 8)), w(5, 4, 3)), node("Concat", list("z", "x"), list("a"), attr("axis", 2)), node("Conv", list("a", "w"), out)),
		"the mean of padded steps":   small(13, overTime, tensors(ints("p", 0, 0, 2, 0, 0, 0)), node("Pad", in("p"), list("a")), node("AveragePool", list("a"), out, attr("kernel_shape", []int{3}))),
		"the greatest, padded":       small(13, overTime, tensors(ints("p", 0, 0, 2, 0, 0, 0)), node("Pad", in("p"), list("a")), node("MaxPool", list("a"), out, attr("kernel_shape", []int{3}))),
		"the greatest of each step":  small(13, overTime, nil, node("Tanh", in(), list("a")), node("ReduceMax", list("a"), out, attr("axes", []int{1}))),
		"the greatest of two frames": small(13, overTime, tensors(w(3, 4, 2)), node("Conv", in("w"), list("a"), attr("strides", []int{2})), node("ReduceMax", list("a"), list("m"), attr("axes", []int{1})), node("Sub", list("a", "m"), out)),

		// Convolutions over time and frequency.
		"a plane": small(13, plane, tensors(w(3, 2, 3, 3), b(3)), node("Conv", in("w", "b"), out, attr("pads", []int{1, 1, 1, 1}))),
		"a plane, causal": small(13, plane, tensors(w(3, 2, 3, 3), b(3), ints("p", 0, 0, 2, 1, 0, 0, 0, 1)),
			node("Pad", in("p"), list("a")), node("Conv", list("a", "w", "b"), out, attr("strides", []int{1, 2}))),
		"a plane, dilated":                  small(13, plane, tensors(w(3, 2, 2, 3)), node("Conv", in("w"), out, attr("pads", []int{3, 2, 0, 2}), attr("dilations", []int{3, 2}))),
		"a plane of two steps":              small(13, plane, tensors(w(3, 2, 3, 3)), node("Conv", in("w"), out, attr("pads", []int{1, 0, 1, 1}), attr("strides", []int{2, 2}))),
		"a plane, of frequencies alone":     small(13, plane, tensors(w(3, 2, 1, 4)), node("Conv", in("w"), out, attr("pads", []int{0, 1, 0, 1}), attr("strides", []int{1, 3}))),
		"a plane, of steps alone":           small(13, plane, tensors(w(3, 2, 3, 1)), node("Conv", in("w"), out, attr("pads", []int{2, 0, 0, 0}))),
		"a plane, of each channel":          small(13, planes, tensors(w(4, 1, 3, 3), b(4)), node("Conv", in("w", "b"), out, attr("pads", []int{2, 1, 0, 1}), attr("group", 4))),
		"a plane, in groups":                small(13, planes, tensors(w(6, 2, 2, 3), b(6)), node("Conv", in("w", "b"), out, attr("pads", []int{1, 1, 0, 1}), attr("group", 2))),
		"a plane whose time is behind":      small(13, []any{1, 2, 6, "T"}, tensors(w(3, 2, 3, 2)), node("Conv", in("w"), out, attr("pads", []int{1, 1, 1, 0}))),
		"a plane of a step":                 small(13, image, tensors(w(3, 2, 3, 3), b(3)), node("Conv", in("w", "b"), out, attr("strides", []int{2, 2}), attr("pads", []int{1, 1, 1, 1}))),
		"a plane, transposed":               small(13, plane, tensors(w(2, 3, 1, 3), b(3)), node("ConvTranspose", in("w", "b"), out, attr("strides", []int{1, 2}))),
		"a plane, transposed and cut":       small(13, image, tensors(w(2, 3, 3, 4), b(3)), node("ConvTranspose", in("w", "b"), out, attr("strides", []int{2, 2}), attr("pads", []int{1, 1, 1, 1}))),
		"a plane, transposed in groups":     small(13, planes, tensors(w(4, 2, 1, 3), b(4)), node("ConvTranspose", in("w", "b"), out, attr("strides", []int{1, 2}), attr("group", 2), attr("pads", []int{0, 1, 0, 1}), attr("output_padding", []int{0, 1}))),
		"a plane, transposed with both":     small(13, plane, tensors(w(2, 3, 3, 3), ints("from", 0), ints("to", -2), ints("k", 2)), node("ConvTranspose", in("w"), list("c"), attr("strides", []int{1, 2})), node("Slice", list("c", "from", "to", "k"), out)),
		"the greatest of a plane":           small(13, image, nil, node("MaxPool", in(), out, attr("kernel_shape", []int{3, 2}), attr("strides", []int{2, 2}), attr("pads", []int{1, 0, 1, 0}))),
		"the mean of a plane":               small(13, image, nil, node("AveragePool", in(), out, attr("kernel_shape", []int{2, 3}), attr("strides", []int{2, 1}))),
		"the greatest of frequencies":       small(13, plane, nil, node("MaxPool", in(), out, attr("kernel_shape", []int{1, 2}), attr("strides", []int{1, 2}))),
		"a convolution of each step":        small(13, []any{"T", 3, 6}, tensors(w(4, 3, 3), b(4)), node("Conv", in("w", "b"), out, attr("strides", []int{2}))),
		"frequencies and channels, flat":    small(13, plane, tensors(w(3, 2, 1, 1), ints("s", 1, -1, 18)), node("Conv", in("w"), list("c")), node("Transpose", list("c"), list("t"), attr("perm", []int{0, 2, 1, 3})), node("Reshape", list("t", "s"), out)),
		"two frames as one":                 small(13, features, tensors(ints("s", 1, -1, 8), w(8, 3)), node("Reshape", in("s"), list("a")), node("MatMul", list("a", "w"), out)),
		"what a step has in another order":  small(13, []any{1, 3, 4, 5}, nil, node("Tanh", in(), list("a")), node("Transpose", list("a"), out, attr("perm", []int{0, 3, 1, 2}))),
		"steps of two frames, turned":       small(13, []any{1, 2, "T", 3}, tensors(w(2, 2, 2, 1)), node("Conv", in("w"), list("c"), attr("strides", []int{2, 1})), node("Transpose", list("c"), out, attr("perm", []int{0, 2, 1, 3}))),
		"products of the heads of a window": heads(),

		// Attention over the steps, and values of the sequence at each of them.
		"attention, as a sum": small(13, features, tensors(w(4, 1), ints("k", 1)), node("MatMul", in("w"), list("s")), node("Softmax", list("s"), list("a"), attr("axis", 1)),
			node("Mul", list("a", "x"), list("p")), node("ReduceSum", list("p", "k"), out, attr("keepdims", 0))),
		"attention, as a product": small(13, features, tensors(w(4, 1)), node("MatMul", in("w"), list("s")), node("Softmax", list("s"), list("a"), attr("axis", 1)),
			node("Transpose", list("a"), list("t"), turn), node("MatMul", list("t", "x"), out)),
		"attention, the other way": small(13, features, tensors(w(4, 1)), node("MatMul", in("w"), list("s")), node("Softmax", list("s"), list("a"), attr("axis", 1)),
			node("Transpose", in(), list("t"), turn), node("MatMul", list("t", "a"), out)),
		"attention, squeezed": small(13, features, tensors(w(4, 1), ints("last", 2), ints("k", 1)), node("MatMul", in("w"), list("s")), node("Squeeze", list("s", "last"), list("q")), node("Softmax", list("q"), list("a"), attr("axis", 1)),
			node("Unsqueeze", list("a", "last"), list("u")), node("Mul", list("x", "u"), list("p")), node("ReduceSum", list("p", "k"), out)),
		"without the mean": small(13, features, nil, node("ReduceMean", in(), list("m"), attr("axes", []int{1})), node("Sub", in("m"), out)),
		"channels weighed by their means": small(13, overTime, tensors(w(4, 4, 1)), node("GlobalAveragePool", in(), list("m")), node("Conv", list("m", "w"), list("c")),
			node("Sigmoid", list("c"), list("s")), node("Mul", in("s"), out)),
		"the mean beside each step": small(13, features, tensors(ints("at", 1), ints("one", 1), ints("zero", 0)),
			node("ReduceMean", in(), list("m"), attr("axes", []int{1})), node("Shape", in(), list("shape")), node("Gather", list("shape", "at"), list("steps")),
			node("Concat", list("one", "steps", "one"), list("target"), attr("axis", 0)), node("Expand", list("m", "target"), list("e")), node("Concat", list("x", "e"), out, attr("axis", 2))),
		"the mean, tiled": small(13, features, tensors(ints("at", 1), ints("one", 1)),
			node("ReduceMean", in(), list("m"), attr("axes", []int{1})), node("Shape", in(), list("shape")), node("Gather", list("shape", "at"), list("steps")),
			node("Concat", list("one", "steps", "one"), list("target"), attr("axis", 0)), node("Tile", list("m", "target"), list("e")), node("Tanh", list("e"), out)),
		"a length at every feature": small(13, features, tensors(ints("shape", 1, 1, 4)), node("ReduceL2", in(), list("n"), attr("axes", []int{2})), node("Expand", list("n", "shape"), list("e")), node("Div", in("e"), out)),
	} {
		t.Run(name, func(t *testing.T) { agrees(t, comparison{model: m, steps: 6}) })
	}
}

func nearest() attrs {
	return attrs{attr("mode", "nearest"), attr("nearest_mode", "floor"), attr("coordinate_transformation_mode", "asymmetric")}
}

// heads is attention of two heads among the frames of a step.
func heads() *model {
	perm := func(p ...int) onnxtest.Attribute { return attr("perm", p) }
	return small(13, []any{1, 5, 4}, tensors(floats("q", 4, 6), floats("k", 4, 6), floats("v", 4, 6), onnxtest.Ints("split", 1, 5, 2, 3), onnxtest.Ints("joined", 1, 5, 6)),
		node("MatMul", list("x", "q"), list("q1")), node("Reshape", list("q1", "split"), list("q2")), node("Transpose", list("q2"), list("Q"), perm(0, 2, 1, 3)),
		node("MatMul", list("x", "k"), list("k1")), node("Reshape", list("k1", "split"), list("k2")), node("Transpose", list("k2"), list("K"), perm(0, 2, 3, 1)),
		node("MatMul", list("x", "v"), list("v1")), node("Reshape", list("v1", "split"), list("v2")), node("Transpose", list("v2"), list("V"), perm(0, 2, 1, 3)),
		node("MatMul", list("Q", "K"), list("s")), node("Softmax", list("s"), list("a")), node("MatMul", list("a", "V"), list("c")),
		node("Transpose", list("c"), list("t"), perm(0, 2, 1, 3)), node("Reshape", list("t", "joined"), list("y")))
}

// withCache is a model that keeps the last frames of an input.
func withCache(shape, cache []any, axis int, constants []onnxtest.Tensor, nodes ...onnxtest.Node) *model {
	m := small(13, shape, constants, append([]onnxtest.Node{node("Concat", list("cache", "x"), list("both"), attr("axis", axis))}, nodes...)...)
	m.Inputs = append(m.Inputs, onnxtest.Value{Name: "cache", Type: onnxtest.Float, Shape: cache})
	m.Outputs = append(m.Outputs, onnxtest.Value{Name: "kept", Type: onnxtest.Float})
	return m
}

// The frames that a streaming model keeps for its next call are the session's own.
func TestCachesOfFrames(t *testing.T) {
	ints := onnxtest.Ints
	w := func(shape ...int) onnxtest.Tensor { return floats("w", shape...) }
	conv := node("Conv", list("both", "w"), list("y"))
	keep := func(from int64) []onnxtest.Tensor {
		return tensors(ints("from", from), ints("to", math.MaxInt32), ints("k", 2))
	}
	kept := node("Slice", list("both", "from", "to", "k"), list("kept"))
	for name, c := range map[string]struct {
		model *model
		cache []int
	}{
		"one frame":     {withCache([]any{1, 3, 1}, []any{1, 3, 2}, 2, append(keep(-2), w(4, 3, 3)), conv, kept), []int{1, 3, 2}},
		"several":       {withCache([]any{1, 3, 4}, []any{1, 3, 2}, 2, append(keep(-2), w(4, 3, 3)), conv, kept), []int{1, 3, 2}},
		"by its length": {withCache([]any{1, 3, 4}, []any{1, 3, 2}, 2, append(keep(4), w(4, 3, 3)), conv, kept), []int{1, 3, 2}},
		"of samples": {withCache([]any{1, 8}, []any{1, 3}, 1, tensors(w(3, 11), ints("from", 8), ints("to", 100), ints("k", 1)),
			node("Gemm", list("both", "w"), list("y"), attr("transB", 1)), kept), []int{1, 3}},
		"in another order": {withCache([]any{1, 2, 3}, []any{1, 2, 3}, 1, tensors(w(4, 3, 3), ints("from", -2), ints("to", 100), ints("k", 1)), kept,
			node("Transpose", list("both"), list("t"), attr("perm", []int{0, 2, 1})), node("Conv", list("t", "w"), list("y"))), []int{1, 2, 3}},
		"kept whole": {withCache([]any{1, 1, 3}, []any{1, 4, 3}, 1, tensors(ints("from", 1), ints("to", 100), ints("k", 1)), kept,
			node("Transpose", list("kept"), list("t"), attr("perm", []int{0, 2, 1})), node("MatMul", list("x", "t"), list("y"))), []int{1, 4, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			n := agrees(t, comparison{model: c.model, states: map[string]string{"cache": "kept"}, given: map[string]onnxtest.Array{"cache": onnxtest.Filled(c.cache, func([]int) float64 { return 0 })}})
			require.Len(t, n.Graph.Inputs, 1)
			require.Len(t, n.Graph.Outputs, 1)
			require.Contains(t, ops(n.Graph), "*format.Window")
		})
	}
}

// A cache before the steps of a sequence starts with zeros, as it does in the first call.
func TestCacheBeforeASequence(t *testing.T) {
	m := withCache([]any{1, 3, "T"}, []any{1, 3, 2}, 2, tensors(floats("w", 4, 3, 3), onnxtest.Ints("from", -2), onnxtest.Ints("to", math.MaxInt32), onnxtest.Ints("k", 2)),
		node("Conv", list("both", "w"), list("y")), node("Slice", list("both", "from", "to", "k"), list("kept")))
	n := agrees(t, comparison{model: m, given: map[string]onnxtest.Array{"cache": onnxtest.Filled([]int{1, 3, 2}, func([]int) float64 { return 0 })}})
	require.Len(t, n.Graph.Inputs, 1)
}

// An input before others that no output keeps is any input.
func TestWhatIsNoCache(t *testing.T) {
	ints := onnxtest.Ints
	for name, m := range map[string]*model{
		"not kept":       withCache([]any{1, 3, 4}, []any{1, 3, 2}, 2, tensors(floats("w", 4, 3, 3)), node("Conv", list("both", "w"), list("y")), node("Tanh", list("both"), list("kept"))),
		"others kept":    withCache([]any{1, 3, 4}, []any{1, 3, 2}, 2, tensors(floats("w", 4, 3, 3), ints("from", 1), ints("to", 3), ints("k", 2)), node("Conv", list("both", "w"), list("y")), node("Slice", list("both", "from", "to", "k"), list("s")), node("Tanh", list("s"), list("kept"))),
		"read otherwise": withCache([]any{1, 3, 4}, []any{1, 3, 2}, 2, tensors(floats("w", 4, 3, 3)), node("Conv", list("both", "w"), list("y")), node("Neg", list("cache"), list("kept"))),
	} {
		t.Run(name, func(t *testing.T) {
			n := agrees(t, comparison{model: m})
			require.Len(t, n.Graph.Inputs, 2)
			require.NotContains(t, ops(n.Graph), "*format.Window")
		})
	}
}

// A model that was exported for some number of steps reads any.
func TestFixedNumberOfSteps(t *testing.T) {
	m := small(13, []any{1, 5, 4}, tensors(floats("w", 4, 4, 3), floats("W", 1, 9, 4), floats("R", 1, 9, 3), onnxtest.Ints("k", 1)),
		node("Transpose", list("x"), list("t"), attr("perm", []int{0, 2, 1})), node("Conv", list("t", "w"), list("c"), attr("pads", []int{2, 0})),
		node("Transpose", list("c"), list("s"), attr("perm", []int{2, 0, 1})), node("GRU", list("s", "W", "R"), list("Y"), attr("hidden_size", 3), attr("linear_before_reset", 1)),
		node("Squeeze", list("Y", "k"), list("y")))
	n := read(t, m)
	require.Equal(t, format.Input{Name: "x", Frames: 1, Channels: 4}, n.Graph.Inputs[0])
	require.Contains(t, n.Notes, `the input "x" has 5 steps in the file; the model reads sequences of any length`)
	m.Inputs[0].Shape[1] = "T"
	agrees(t, comparison{model: m})
}

// ops returns the types of a graph's nodes.
func ops(g *format.Graph) (list []string) {
	for _, n := range g.Nodes {
		list = append(list, fmt.Sprintf("%T", n.Op))
	}
	return list
}

// cellByGemm is PyTorch's LSTMCell: its gates are cut from the sum of two Gemms.
func cellByGemm(more ...onnxtest.Node) *model {
	gate := func(function, from, to string) onnxtest.Node { return node(function, list(from), list(to)) }
	m := small(13, []any{1, 3}, tensors(floats("W", 8, 3), floats("R", 8, 2), floats("b", 8), floats("c0", 8)), append([]onnxtest.Node{
		node("Gemm", list("x", "W", "b"), list("wx"), attr("transB", 1)), node("Gemm", list("h", "R", "c0"), list("rh"), attr("transB", 1), attr("beta", float32(0.5))),
		node("Add", list("wx", "rh"), list("sums")),
		{Operator: "Split", Inputs: list("sums"), Outputs: list("si", "sf", "sg", "so"), Attributes: attrs{attr("axis", 1)}},
		gate("Sigmoid", "si", "i"), gate("Sigmoid", "sf", "f"), gate("Tanh", "sg", "g"), gate("Sigmoid", "so", "o"),
		node("Mul", list("f", "c"), list("fc")), node("Mul", list("i", "g"), list("ig")), node("Add", list("fc", "ig"), list("cn")),
		node("Tanh", list("cn"), list("tc")), node("Mul", list("o", "tc"), list("hn")), node("Neg", list("hn"), list("y")),
	}, more...)...)
	for _, name := range list("h", "c") {
		m.Inputs = append(m.Inputs, onnxtest.Value{Name: name, Type: onnxtest.Float, Shape: []any{1, 2}})
		m.Outputs = append(m.Outputs, onnxtest.Value{Name: name + "n", Type: onnxtest.Float})
	}
	return m
}

func TestCellByGemm(t *testing.T) {
	zeros := onnxtest.Filled([]int{1, 2}, func([]int) float64 { return 0 })
	c := comparison{model: cellByGemm(), states: map[string]string{"h": "hn", "c": "cn"}, given: map[string]onnxtest.Array{"h": zeros, "c": zeros}}
	n := agrees(t, c)
	require.Len(t, n.Graph.Inputs, 1)
	require.Contains(t, ops(n.Graph), "*format.Layer")
}

// What is no cell after all is computed as it is written, and its states are given.
func TestWhatIsNoCell(t *testing.T) {
	for name, change := range map[string]func(m *model){
		"a difference":        func(m *model) { m.Nodes[len(m.Nodes)-4].Operator = "Sub" },
		"a part of the state": func(m *model) { m.Nodes[len(m.Nodes)-3].Inputs[0] = "fc" },
	} {
		t.Run(name, func(t *testing.T) {
			m := cellByGemm()
			change(m)
			n := agrees(t, comparison{model: m})
			require.Greater(t, len(n.Graph.Inputs), 1)
			require.NotContains(t, ops(n.Graph), "*format.Window")
		})
	}
}

// A cell whose first state is a constant is a cell without a state.
func TestFirstStepOfACell(t *testing.T) {
	agrees(t, comparison{model: small(13, []any{1, 3}, tensors(floats("W", 4, 3), floats("R", 4, 2), floats("b", 4), floats("h", 1, 2)),
		node("Gemm", list("x", "W", "b"), list("wx"), attr("transB", 1)), node("Gemm", list("h", "R", "b"), list("rh"), attr("transB", 1), attr("alpha", float32(2))),
		node("Add", list("wx", "rh"), list("s")), node("Tanh", list("s"), list("y")))})
}

// A function of x that is multiplied with x turned is no GELU.
func TestWhatIsNoGELU(t *testing.T) {
	m := small(13, []any{1, 4, 4}, tensors(scalar("root", math.Sqrt2), scalar("one", 1)),
		node("Tanh", list("x"), list("t")), node("Transpose", list("t"), list("turned"), attr("perm", []int{0, 2, 1})),
		node("Div", list("t", "root"), list("a")), node("Erf", list("a"), list("e")), node("Add", list("e", "one"), list("f")), node("Mul", list("turned", "f"), list("y")))
	_, err := onnx.Read(m.Marshal())
	require.ErrorIs(t, err, network.ErrUnsupported)
	require.ErrorContains(t, err, `node "y" (Mul): it uses Erf, but not as in GELU`)
}
