package onnx_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"rnnrun/format"
	"rnnrun/format/network"
	"rnnrun/format/onnx"
	"rnnrun/format/statedict"
	"rnnrun/internal/onnxtest"
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
	require.Equal(t, network.OutputSoftmax, n.Output)
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

	m = gruModel("forward")
	part(m, 1, 2)
	_, err := onnx.Read(m.Marshal())
	require.ErrorContains(t, err, "a network adds its first inputs to its outputs, and nothing else")
}

func TestFunctionsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, message string
		change        func(m *model)
	}{
		{"an absolute value", `input 0 is the absolute value of what depends on the graph's inputs, which is read in x / (1 + |x|) only`,
			applied(node("Abs", list("y"), list("abs")), node("Relu", list("abs"), list("z")))},
		{"another denominator", "of an absolute value", func(m *model) {
			constants(m, onnxtest.Floats("two", nil, []float32{2}))
			after(m, node("Abs", list("y"), list("abs")), node("Add", list("abs", "two"), list("sum")), node("Div", list("y", "sum"), list("z")))
		}},
		{"another alpha", "with an alpha of 2", applied(node("Celu", list("y"), list("z"), attr("alpha", float32(2))))},
		{"several slopes", "with a slope for every feature", func(m *model) {
			constants(m, onnxtest.Floats("slope", []int{2}, []float32{0.25, 0.5}))
			after(m, node("PRelu", list("y", "slope"), list("z")))
		}},
		{"a bound from above", "to the range from -Inf to 1", func(m *model) {
			constants(m, onnxtest.Floats("high", nil, []float32{1}))
			after(m, node("Clip", list("y", "", "high"), list("z")))
		}},
		{"an absolute value as the output", `it is an output of the graph, but constant`, applied(node("Abs", list("y"), list("z")))},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel("forward")
			c.change(m)
			_, err := onnx.Read(m.Marshal())
			require.ErrorIs(t, err, statedict.ErrUnsupported)
			require.ErrorContains(t, err, c.message)
		})
	}
}
