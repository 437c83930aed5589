package onnx_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
	"github.com/rnnrun/rnnrun/runtime"
)

// A comparison runs a model with package runtime, and beside it the graph as ONNX
// defines it, in float64. An open dimension "T" is time, "N" a batch of one.
type comparison struct {
	model   *model
	options onnx.Options
	states  map[string]string // a final state by the input that takes it, of a model of one step
	tokens  int               // below which those of integer inputs are
	given   map[string]onnxtest.Array
	steps   int // 0: 5

	read *runtime.Model
}

// agrees requires that a model which is read computes what its graph says, and returns
// what was read.
func agrees(t *testing.T, c comparison) *network.Network {
	t.Helper()
	n, err := c.options.Read(c.model.Marshal())
	require.NoError(t, err)
	description, err := n.Model()
	require.NoError(t, err)
	c.read, err = runtime.New(description)
	require.NoError(t, err)
	defer c.read.Close()
	if c.steps == 0 {
		c.steps = 5
	}
	if slices.ContainsFunc(c.model.Inputs, func(v onnxtest.Value) bool { return slices.Contains(v.Shape, any("T")) }) {
		c.sequence(t)
	} else {
		c.eachStep(t)
	}
	return n
}

// shape returns an input's shape for so many frames of time.
func (c *comparison) shape(v onnxtest.Value, frames int) []int {
	var shape []int
	for _, d := range v.Shape {
		switch d {
		case "T":
			shape = append(shape, frames)
		case "N":
			shape = append(shape, 1)
		default:
			n, ok := d.(int)
			if !ok {
				n = c.options.Dimensions[d.(string)]
			}
			shape = append(shape, n)
		}
	}
	return shape
}

// framesOf returns how many frames of time a step has.
func (c *comparison) framesOf(v onnxtest.Value, port format.Input) int {
	n := port.Frames * port.Channels
	for _, d := range c.shape(v, 1) {
		n /= d
	}
	return n
}

func (c *comparison) random(v onnxtest.Value, salt string, frames int) onnxtest.Array {
	shape := c.shape(v, frames)
	a := onnxtest.Filled(shape, func([]int) float64 { return 0 })
	for i, x := range onnxtest.Random(v.Name+salt, len(a.Data)) {
		if a.Data[i] = float64(x); v.Type != onnxtest.Float {
			a.Data[i] = float64(int(x*1e4) & 0xffff % c.tokens)
		}
	}
	return a
}

// port returns the input of the graph that a port of the model is.
func (c *comparison) port(i int) onnxtest.Value {
	for _, v := range c.model.Inputs {
		if v.Name == c.read.Inputs()[i].Name {
			return v
		}
	}
	return c.model.Inputs[i]
}

// byTime returns the numbers of an array frame by frame of an axis.
func byTime(a onnxtest.Array, axis int) onnxtest.Array {
	if axis < 0 {
		return onnxtest.Array{Shape: append([]int{1}, a.Shape...), Data: a.Data}
	}
	shape := append([]int{a.Shape[axis]}, slices.Delete(slices.Clone(a.Shape), axis, axis+1)...)
	return onnxtest.Filled(shape, func(index []int) float64 {
		return a.At(slices.Insert(slices.Clone(index[1:]), axis, index[0])...)
	})
}

// sequence compares a whole sequence.
func (c *comparison) sequence(t *testing.T) {
	inputs, longer := map[string]onnxtest.Array{}, map[string]onnxtest.Array{}
	for name, a := range c.given {
		inputs[name], longer[name] = a, a
	}
	var parts []onnxtest.Array
	for i, port := range c.read.Inputs() {
		v := c.port(i)
		frames := c.framesOf(v, port) * c.steps
		inputs[v.Name], longer[v.Name] = c.random(v, "", frames), c.random(v, "", 2*frames)
		parts = append(parts, byTime(inputs[v.Name], slices.Index(v.Shape, any("T"))))
	}
	for _, v := range c.model.Inputs {
		if _, ok := inputs[v.Name]; !ok {
			zeros := onnxtest.Filled(c.shape(v, 1), func([]int) float64 { return 0 })
			inputs[v.Name], longer[v.Name] = zeros, zeros
		}
	}
	var xs []float32
	var tokens []int32
	for step := range c.steps {
		for i, port := range c.read.Inputs() {
			n := port.Frames * port.Channels
			for _, x := range parts[i].Data[step*n:][:n] {
				if port.Tokens > 0 {
					tokens = append(tokens, int32(x))
				} else {
					xs = append(xs, float32(x))
				}
			}
		}
	}
	s := c.read.NewSession()
	y, err := s.RunInputs(xs, tokens)
	require.NoError(t, err)
	want, twice := onnxtest.Interpret(c.model, inputs), onnxtest.Interpret(c.model, longer)
	got := map[string][]float32{}
	for k, out := range c.read.Outputs() {
		if out.Sequence && len(c.read.Outputs()) > 1 {
			got[c.output(k)] = s.Output(out.Name)
		}
	}
	for len(y) > 0 {
		before := len(y)
		for k, out := range c.read.Outputs() {
			if n := out.Frames * out.Channels; !out.Sequence || len(c.read.Outputs()) == 1 {
				got[c.output(k)], y = append(got[c.output(k)], y[:n]...), y[n:]
			}
		}
		require.Less(t, len(y), before)
	}
	for name, y := range got {
		time := -1
		for axis, n := range want[name].Shape {
			if twice[name].Shape[axis] != n {
				time = axis
			}
		}
		near(t, byTime(want[name], time).Data, y)
	}
}

// output returns the name of the graph's output that an output of the model is.
func (c *comparison) output(k int) string {
	for _, v := range c.model.Outputs {
		if v.Name == c.read.Outputs()[k].Name {
			return v.Name
		}
	}
	if c.options.Output != "" {
		return c.options.Output
	}
	return c.model.Outputs[k].Name
}

// eachStep compares a model of one step, whose states go from step to step.
func (c *comparison) eachStep(t *testing.T) {
	s := c.read.NewSession()
	inputs := map[string]onnxtest.Array{}
	for _, v := range c.model.Inputs {
		inputs[v.Name] = onnxtest.Filled(c.shape(v, 1), func([]int) float64 { return 0 })
	}
	for name, a := range c.given {
		inputs[name] = a
	}
	for step := range c.steps {
		for i, port := range c.read.Inputs() {
			v := c.port(i)
			inputs[v.Name] = c.random(v, string(rune('0'+step)), 1)
			for k, x := range inputs[v.Name].Data {
				if port.Tokens > 0 {
					s.InputTokens(port.Name)[k] = int32(x)
				} else {
					s.Input(port.Name)[k] = float32(x)
				}
			}
		}
		require.NoError(t, s.Advance())
		want := onnxtest.Interpret(c.model, inputs)
		for k, out := range c.read.Outputs() {
			near(t, want[c.output(k)].Data, s.Output(out.Name))
		}
		for in, out := range c.states {
			inputs[in] = want[out]
		}
	}
}

func near(t *testing.T, want []float64, got []float32) {
	t.Helper()
	require.Len(t, got, len(want))
	require.NotEmpty(t, want)
	varied := 0
	for i, w := range want {
		require.InDelta(t, w, got[i], 2e-6*max(1, w, -w), "number %d", i)
		if w != want[0] {
			varied++
		}
	}
	if len(want) > 2 {
		require.NotZero(t, varied, "the test's numbers are all the same")
	}
}
