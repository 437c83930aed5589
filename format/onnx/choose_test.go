package onnx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// An output that is chosen is the network's, and what only others depend on is
// left out, even what is not read.
func TestChosenOutput(t *testing.T) {
	want := read(t, gruModel("forward"))
	surplus := func() *model {
		m := gruModel("forward")
		add(m, node("Relu", list("Y"), list("r")), node("Unknown", list("r", "other"), list("z")))
		m.Inputs = append(m.Inputs, onnxtest.Value{Name: "other", Type: onnxtest.Float, Shape: []any{1}})
		m.Outputs = append(m.Outputs, onnxtest.Value{Name: "z", Type: onnxtest.Float}, onnxtest.Value{Name: "Y_h", Type: onnxtest.Float})
		return m
	}
	_, err := onnx.Read(surplus().Marshal())
	require.ErrorIs(t, err, network.ErrUnsupported)
	require.ErrorContains(t, err, `choose an output that does not depend on it (--output): "y", "Y_h"`)

	o := onnx.Options{Output: "y"}
	n, err := o.Read(surplus().Marshal())
	require.NoError(t, err)
	require.Equal(t, []string{`left out, as the output "y" does not depend on them: the output "z", the output "Y_h", the input "other", 2 nodes`}, n.Notes)
	n.Notes, n.Provenance = nil, nil
	for i := range n.Layers {
		n.Layers[i].Name = ""
	}
	require.Equal(t, want, n)

	o.Output = "Y_h"
	n, err = o.Read(surplus().Marshal())
	require.NoError(t, err)
	require.Len(t, n.Layers, 1, "the final state, without the layer after Y")

	o.Output = "product"
	_, err = o.Read(surplus().Marshal())
	require.True(t, typed(err))
	require.ErrorContains(t, err, `tensor "product": the graph has no output of this name, but "y", "z", "Y_h"`)

	m := gruModel("forward")
	add(m, node("Relu", list("y"), list("z")))
	m.Outputs = append(m.Outputs, onnxtest.Value{Name: "z", Type: onnxtest.Float})
	n, err = onnx.Read(m.Marshal())
	require.NoError(t, err)
	require.Len(t, n.Graph.Outputs, 2, "without a choice, all of them")
	for name, layers := range map[string]int{"y": 2, "z": 2} {
		o := onnx.Options{Output: name}
		n, err := o.Read(m.Marshal())
		require.NoError(t, err)
		require.Len(t, n.Layers, layers)
	}
}

// A model that works at two rates has an input for the rate, and branches.
func TestInputsThatAreNumbers(t *testing.T) {
	want := read(t, gruModel("forward"))
	rated := func(kind int, shape ...any) *model {
		m := gruModel("forward")
		if shape == nil {
			shape = []any{}
		}
		m.Inputs = append(m.Inputs, onnxtest.Value{Name: "sr", Type: kind, Shape: shape})
		if kind == onnxtest.Bool {
			add(m, node("Identity", list("sr"), list("is 16000")))
		} else {
			due := onnxtest.Tensor{Name: "due", Type: kind, Shape: []int{}, Ints: []int64{16000}}
			if kind == onnxtest.Float {
				due = onnxtest.Floats("due", []int{}, []float32{16000})
			}
			constants(m, due)
			add(m, node("Equal", list("sr", "due"), list("is 16000")))
		}
		yes := &model{Nodes: []onnxtest.Node{node("Identity", list("y"), list("inner"))}, Outputs: []onnxtest.Value{{Name: "inner", Type: onnxtest.Float}}}
		no := &model{Nodes: []onnxtest.Node{node("Unknown", list("y", "only here"), list("inner"))}, Outputs: []onnxtest.Value{{Name: "inner", Type: onnxtest.Float}},
			Constants: []onnxtest.Tensor{floats("only here", 2)}}
		add(m, node("If", list("is 16000"), list("z"), attr("then_branch", yes), attr("else_branch", no)))
		m.Outputs[0].Name = "z"
		return m
	}
	for _, c := range []struct {
		name    string
		m       *model
		number  string
		message string // empty: it is read
	}{
		{"int64", rated(onnxtest.Int64), "16000", ""},
		{"int32 of one element", rated(onnxtest.Int32, 1), "16000", ""},
		{"float", rated(onnxtest.Float), "1.6e4", ""},
		{"an open dimension", rated(onnxtest.Int64, "N"), "16000", ""},
		{"bool", rated(onnxtest.Bool), "true", ""},
		{"the other branch", rated(onnxtest.Int64), "8000", "(Unknown): an operator that is not supported"},
		{"a fraction", rated(onnxtest.Int64), "16000.5", `tensor "sr": the input is of the type int64, which "16000.5" is not`},
		{"a word", rated(onnxtest.Float), "true", `the input is of the type float, which "true" is not`},
		{"infinity", rated(onnxtest.Float), "inf", `which "inf" is not`},
		{"too large", rated(onnxtest.Int32), "3000000000", `the input is of the type int32`},
		{"many elements", rated(onnxtest.Int64, 1<<20), "16000", "or more than 65536 elements"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := onnx.Read(c.m.Marshal(), onnx.Constant{Name: "sr", Number: c.number})
			if c.message != "" {
				require.True(t, typed(err))
				require.ErrorContains(t, err, c.message)
				return
			}
			require.NoError(t, err)
			n.Provenance, n.Layers[0].Name, n.Layers[1].Name = nil, "", ""
			require.Equal(t, want, n)
		})
	}
}

// Constant states are those before the first step, zero or not, given as a file, a
// number, or an initializer for every sequence of a batch.
func TestConstantStates(t *testing.T) {
	state := func() *model {
		m := gruModel("forward")
		m.Inputs = append(m.Inputs, onnxtest.Value{Name: "h", Type: onnxtest.Float, Shape: []any{1, "N", 3}})
		find(m, "GRU").Inputs = append(find(m, "GRU").Inputs, "", "h")
		return m
	}
	learned := []float32{0.5, -0.25, 1}
	fixed := state()
	fixed.Inputs = fixed.Inputs[:1]
	constants(fixed, onnxtest.Floats("h", []int{1, 2, 3}, append(learned, learned...)))
	for _, c := range []struct {
		name  string
		m     *model
		given []onnx.Constant
		h0    []float32
	}{
		{"zeros", state(), []onnx.Constant{{Name: "h", Number: "0"}}, nil},
		{"a number", state(), []onnx.Constant{{Name: "h", Number: "0.5"}}, []float32{0.5, 0.5, 0.5}},
		{"an array", state(), []onnx.Constant{{Name: "h", Shape: []int{1, 1, 3}, Floats: learned}}, learned},
		{"an array for a batch", state(), []onnx.Constant{{Name: "h", Shape: []int{1, 2, 3}, Floats: append(learned, learned...)}}, learned},
		{"an initializer", fixed, nil, learned},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := onnx.Read(c.m.Marshal(), c.given...)
			require.NoError(t, err)
			require.Equal(t, c.h0, n.Layers[0].Directions[0].H0)
			require.False(t, n.TakesStates)
		})
	}
}

// Lengths that an exporter wrote for its example mean whole sequences, if the
// number of steps is open.
func TestConstantLengths(t *testing.T) {
	want := read(t, gruModel("bidirectional"))
	for _, c := range []struct {
		name    string
		steps   any
		lengths []int64
		notes   int
		message string
	}{
		{"all steps", 7, []int64{7, 7}, 0, ""},
		{"open steps", "T", []int64{7, 7}, 1, ""},
		{"fewer steps", 7, []int64{5, 5}, 0, "is constant, but not the number of steps, 7"},
		{"different ones", "T", []int64{7, 5}, 0, "is constant, but not the number of steps"},
		{"none", "T", []int64{0, 0}, 0, "is constant, but not the number of steps"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel("bidirectional")
			m.Inputs[0].Shape[0] = c.steps
			constants(m, onnxtest.Tensor{Name: "lengths", Type: onnxtest.Int32, Shape: []int{2}, Ints: c.lengths})
			find(m, "GRU").Inputs = append(find(m, "GRU").Inputs, "lengths")
			n, err := onnx.Read(m.Marshal())
			if c.message != "" {
				require.True(t, typed(err))
				require.ErrorContains(t, err, c.message)
				return
			}
			require.NoError(t, err)
			require.Len(t, n.Notes, c.notes)
			if c.notes > 0 {
				require.Contains(t, n.Notes[0], "constant in the node \"gru\", 7 steps")
			}
			n.Notes, n.Provenance, n.Layers[0].Name, n.Layers[1].Name = nil, nil, "", ""
			require.Equal(t, want, n)
		})
	}
}

// A state may be changed in an output that is left out, which a note says.
func TestChosenOutputWithoutItsState(t *testing.T) {
	m := gruModel("forward")
	constants(m, floats("factor", 1, 1, 3))
	m.Inputs = append(m.Inputs, onnxtest.Value{Name: "h", Type: onnxtest.Float, Shape: []any{1, "N", 3}})
	gru := find(m, "GRU")
	for len(gru.Inputs) < 5 {
		gru.Inputs = append(gru.Inputs, "")
	}
	gru.Inputs, gru.Outputs = append(gru.Inputs[:5:5], "h"), list("Y", "Y_h")
	add(m, times("Y_h", "factor", "hn"))
	m.Outputs = append(m.Outputs, named("hn")...)
	n, err := (&onnx.Options{Output: "y"}).Read(m.Marshal())
	require.NoError(t, err)
	require.Contains(t, n.Notes, "a state passes to the next step as its layer leaves it: if one of the outputs that are left out changes a state for the next call, the model computes something else")
}
