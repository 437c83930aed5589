package onnx_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// applied makes a node's output the model's.
func applied(nodes ...onnxtest.Node) func(m *model) {
	return func(m *model) { after(m, nodes...) }
}

// Functions that a network does not have by themselves are an activation and
// what scales and shifts it.
func TestFunctionsOfTheOutputs(t *testing.T) {
	one := func(m *model) { constants(m, onnxtest.Floats("one", nil, []float32{1})) }
	for _, c := range []struct {
		name   string
		opset  int
		change func(m *model)
		want   func(x float64) float64
	}{
		{"softsign", 13, func(m *model) {
			one(m)
			after(m, node("Abs", list("y"), list("abs")), node("Add", list("one", "abs"), list("sum")), node("Div", list("y", "sum"), list("z")))
		}, func(x float64) float64 { return x / (1 + math.Abs(x)) }},
		{"selu", 13, applied(node("Selu", list("y"), list("z"))), func(x float64) float64 {
			if x < 0 {
				return 1.0507009873554805 * 1.6732632423543772 * math.Expm1(x)
			}
			return 1.0507009873554805 * x
		}},
		{"selu of other constants", 13, applied(node("Selu", list("y"), list("z"), attr("alpha", float32(2)), attr("gamma", float32(0.5)))), func(x float64) float64 {
			if x < 0 {
				return math.Expm1(x)
			}
			return x / 2
		}},
		{"celu", 13, applied(node("Celu", list("y"), list("z"))), func(x float64) float64 {
			if x < 0 {
				return math.Expm1(x)
			}
			return x
		}},
		{"prelu", 13, func(m *model) {
			constants(m, onnxtest.Floats("slope", []int{1}, []float32{0.25}))
			after(m, node("PRelu", list("y", "slope"), list("z")))
		}, func(x float64) float64 { return max(x, x/4) }},
		{"the logarithm of a sigmoid", 13, applied(node("Sigmoid", list("y"), list("p")), node("Log", list("p"), list("z"))),
			func(x float64) float64 { return -math.Log1p(math.Exp(-x)) }},
		{"clip, old", 10, applied(node("Clip", list("y"), list("z"), attr("min", float32(-0.25)), attr("max", float32(0.5)))),
			func(x float64) float64 { return min(max(x, -0.25), 0.5) }},
		{"clip", 13, func(m *model) {
			constants(m, onnxtest.Floats("low", nil, []float32{0}), onnxtest.Floats("high", nil, []float32{0.125}))
			after(m, node("Clip", list("y", "low", "high"), list("z")))
		}, func(x float64) float64 { return min(max(x, 0), 0.125) }},
		{"clip from below", 13, func(m *model) {
			constants(m, onnxtest.Floats("low", nil, []float32{0}))
			after(m, node("Clip", list("y", "low"), list("z")))
		}, func(x float64) float64 { return max(x, 0) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel("forward")
			m.Opset = c.opset
			x := [][]float64{{1, -2}, {-3, 4}, {5, 6}}
			plain := onnxtest.Evaluate(read(t, m), x)
			c.change(m)
			for i, step := range onnxtest.Evaluate(read(t, m), x) {
				for k, y := range step {
					require.InDelta(t, c.want(plain[i][k]), y, 1e-6)
				}
			}
		})
	}
}

func TestLastStepOfBothDirections(t *testing.T) {
	m := gruModel("bidirectional")
	constants(m, onnxtest.Ints("at", -1))
	before(m, "Transpose", node("Gather", list("Y", "at"), list("Y2")))
	require.Equal(t, format.PoolLastOutput, read(t, m).Pool)

	m = gruModel("bidirectional")
	constants(m, onnxtest.Ints("at", -1))
	after(m, node("Softmax", list("y"), list("p"), attr("axis", 2)), node("Gather", list("p", "at"), list("z")))
	n := read(t, m)
	require.Equal(t, format.PoolLastOutput, n.Pool, "after the layers above, too")
	require.Equal(t, format.OutputSoftmax, n.Output)
}

// The first inputs may be added to fewer outputs.
func TestSkipOfTheFirstInputs(t *testing.T) {
	part := func(m *model, from, to int64) {
		*tensor(m, "weight"), *tensor(m, "bias") = floats("weight", 3, 1), floats("bias", 1)
		constants(m, onnxtest.Ints("from", from), onnxtest.Ints("to", to), onnxtest.Ints("axis", 2))
		after(m, node("Slice", list("x", "from", "to", "axis"), list("first")), node("Add", list("first", "y"), list("z")))
	}
	m := gruModel("forward")
	part(m, 0, 1)
	n := read(t, m)
	require.True(t, n.Skip)
	x := [][]float64{{1, -2}, {-3, 4}}
	with := onnxtest.Evaluate(n, x)
	n.Skip = false
	for i, step := range onnxtest.Evaluate(n, x) {
		require.InDelta(t, step[0]+x[i][0], with[i][0], 1e-12)
	}
}

// What a graph takes of features, or of the steps of what dense layers make, is
// a layer or a pool.
func TestParts(t *testing.T) {
	x := [][]float64{{1, -2}, {-3, 4}, {5, 6}}
	mean := func(y [][]float64) []float64 {
		m := make([]float64, len(y[0]))
		for _, step := range y {
			for i, v := range step {
				m[i] += v / float64(len(y))
			}
		}
		return m
	}
	last := func(y [][]float64) []float64 { return y[len(y)-1] }
	for _, c := range []struct {
		name   string
		change func(m *model)
		want   func(plain [][]float64) []float64 // the last, or the only outputs
	}{
		{"one of the outputs", func(m *model) {
			constants(m, onnxtest.Ints("at", 1))
			after(m, node("Gather", list("y", "at"), list("z"), attr("axis", 2)))
		}, func(y [][]float64) []float64 { return last(y)[1:] }},
		{"some units", func(m *model) {
			constants(m, onnxtest.Ints("from", 0), onnxtest.Ints("to", 2), onnxtest.Ints("axis", 3))
			replace(m, "Transpose")
			replace(m, "Reshape")
			replace(m, "MatMul")
			replace(m, "Add", node("Slice", list("Y", "from", "to", "axis"), list("y")))
			drop(m, "flat", "weight", "bias")
		}, nil},
		{"the mean of the outputs", func(m *model) {
			after(m, node("ReduceMean", list("y"), list("z"), attr("axes", []int{0}), attr("keepdims", 0)))
		}, mean},
		{"a window of all steps", func(m *model) {
			m.Inputs[0].Shape[0] = 3
			constants(m, onnxtest.Ints("pads", 0, 0, 0, 0, 0, 0))
			after(m, node("Transpose", list("y"), list("t"), attr("perm", []int{1, 2, 0})), node("Pad", list("t", "pads"), list("p")),
				node("AveragePool", list("p"), list("z"), attr("kernel_shape", []int{3}), attr("strides", []int{3})))
		}, mean},
		{"the negative", applied(node("Neg", list("y"), list("z"))), func(y [][]float64) []float64 {
			return []float64{-last(y)[0], -last(y)[1]}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel("forward")
			plain := onnxtest.Evaluate(read(t, m), x)
			c.change(m)
			n := read(t, m)
			y := onnxtest.Evaluate(n, x)
			if c.want == nil {
				require.Equal(t, 2, n.OutputSize())
				return
			}
			require.InDeltaSlice(t, c.want(plain), y[len(y)-1], 1e-6)
		})
	}
}

// A graph may read some features of its input, which the model then reads all.
func TestSomeInputs(t *testing.T) {
	for _, c := range []struct{ from, to int64 }{{1, 3}, {0, 2}, {3, 5}} {
		m := gruModel("forward")
		want := onnxtest.Evaluate(read(t, m), [][]float64{{1, -2}, {-3, 4}})
		m.Inputs[0].Shape[2] = 5
		constants(m, onnxtest.Ints("from", c.from), onnxtest.Ints("to", c.to), onnxtest.Ints("axis", 2))
		add(m, node("Slice", list("x", "from", "to", "axis"), list("part")))
		find(m, "GRU").Inputs[0] = "part"
		n := read(t, m)
		require.Equal(t, 5, n.InputSize())
		x := [][]float64{{9, 9, 9, 9, 9}, {8, 8, 8, 8, 8}}
		copy(x[0][c.from:], []float64{1, -2})
		copy(x[1][c.from:], []float64{-3, 4})
		require.InDeltaSlice(t, want[1], onnxtest.Evaluate(n, x)[1], 1e-12)
	}
}

// Learned initial states may be what a function makes of constants.
func TestStateOfAFunction(t *testing.T) {
	m := gruModel("forward")
	constants(m, onnxtest.Floats("h", []int{1, 1, 3}, []float32{0.5, -1, 0}))
	add(m, node("Tanh", list("h"), list("tanh")))
	find(m, "GRU").Inputs = list("x", "W", "R", "B", "", "tanh")
	m.Inputs[0].Shape[1] = 1
	require.InDeltaSlice(t, []float64{math.Tanh(0.5), math.Tanh(-1), 0}, onnxtest.Widened(read(t, m).Layers[0].Directions[0].H0), 1e-7)
}
