package onnx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// lengthModel returns a GRU over sequences of different lengths with a dense
// layer on its final state. If it sorts, it does as PyTorch does for
// pack_padded_sequence(…, enforce_sorted=False).
func lengthModel(sorts bool) *model {
	x, lengths, state := "x", "lengths", "Y_h"
	m := &model{
		Opset: 13,
		Constants: []onnxtest.Tensor{
			floats("W", 1, 9, 2), floats("R", 1, 9, 3), floats("weight", 3, 2),
			onnxtest.Ints("zero", 0), onnxtest.Ints("one", 1), onnxtest.Ints("first", 0),
		},
		Inputs: []onnxtest.Value{
			{Name: "x", Type: onnxtest.Float, Shape: []any{"T", "N", 2}},
			{Name: "lengths", Type: onnxtest.Int64, Shape: []any{"N"}},
		},
		Outputs: []onnxtest.Value{{Name: "y", Type: onnxtest.Float, Shape: []any{"N", 2}}},
	}
	if sorts {
		m.Nodes = []onnxtest.Node{
			node("Shape", list("lengths"), list("count")),
			node("TopK", list("lengths", "count"), list("sorted", "by"), attr("axis", -1), attr("largest", 1)),
			node("Cast", list("by"), list("by64"), attr("to", 7)),
			node("Gather", list("x", "by64"), list("xs"), attr("axis", 1)),
			node("Range", list("zero", "count", "one"), list("numbers")),
			node("ConstantOfShape", list("count"), list("zeros")),
			node("ScatterElements", list("zeros", "by64", "numbers"), list("inverse"), attr("axis", 0)),
		}
		x, lengths, state = "xs", "sorted", "back"
	}
	m.Nodes = append(m.Nodes,
		node("Cast", list(lengths), list("lengths32"), attr("to", 6)),
		onnxtest.Node{Name: "gru", Operator: "GRU", Inputs: list(x, "W", "R", "", "lengths32"), Outputs: list("", "Y_h"),
			Attributes: attrs{attr("hidden_size", 3), attr("linear_before_reset", 1)}})
	if sorts {
		m.Nodes = append(m.Nodes, node("Gather", list("Y_h", "inverse"), list("back"), attr("axis", 1)))
	}
	m.Nodes = append(m.Nodes,
		node("Squeeze", list(state, "first"), list("features")),
		onnxtest.Node{Name: "fc", Operator: "MatMul", Inputs: list("features", "weight"), Outputs: list("y")})
	return m
}

// To sort the sequences of a batch and to put the answers back changes nothing.
func TestSortedSequencesArePutBack(t *testing.T) {
	plain := lengthModel(false)
	want, err := onnx.Read(plain.Marshal())
	require.NoError(t, err)
	got, err := onnx.Read(lengthModel(true).Marshal())
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestRefusesSequencesThatStaySorted(t *testing.T) {
	at := func(m *model, output string) *onnxtest.Node {
		for i := range m.Nodes {
			if m.Nodes[i].Outputs[len(m.Nodes[i].Outputs)-1] == output {
				return &m.Nodes[i]
			}
		}
		panic(output)
	}
	for _, c := range []struct {
		name, message string
		change        func(m *model)
	}{
		{"outputs that are sorted", "has its sequences sorted by their lengths", func(m *model) {
			m.Nodes = append(m.Nodes, node("Squeeze", list("Y_h", "first"), list("sortedState")))
			m.Outputs = append(m.Outputs, onnxtest.Value{Name: "sortedState", Type: onnxtest.Float, Shape: []any{"N", 3}})
		}},
		{"lengths that are not sorted", "it reads some inputs sorted by the lengths of sequences, and others not", func(m *model) {
			at(m, "lengths32").Inputs[0] = "lengths"
		}},
		{"sequences that are not sorted", "or restores the order of sequences that are not", func(m *model) { at(m, "xs").Inputs[1] = "inverse" }},
		{"sequences sorted twice", "it sorts sequences that are sorted", func(m *model) {
			m.Nodes = append(m.Nodes, node("Gather", list("Y_h", "by64"), list("twice"), attr("axis", 1)), node("Gather", list("twice", "inverse"), list("once"), attr("axis", 1)))
			at(m, "features").Inputs[0] = "once"
			at(m, "back").Outputs[0] = "also"
			m.Outputs = append(m.Outputs, onnxtest.Value{Name: "also", Type: onnxtest.Float, Shape: []any{1, "N", 3}})
		}},
		{"another axis", "it sorts an axis that is not that of the sequences", func(m *model) { at(m, "xs").Attributes[0].Value = 0 }},
		{"some of the lengths", "it takes some of the d2 lengths", func(m *model) { at(m, "by").Inputs[1] = "one" }},
		{"an order as a number", "input 0 is an order of the sequences of a batch", func(m *model) {
			m.Nodes = append(m.Nodes, node("Neg", list("by64"), list("n")))
			at(m, "xs").Inputs[1] = "n"
		}},
		{"an inverse of other numbers", "other than to invert an order", func(m *model) {
			m.Nodes = append(m.Nodes, node("Range", list("zero", "three", "one"), list("few")))
			m.Constants = append(m.Constants, onnxtest.Ints("three", 3))
			at(m, "inverse").Inputs[2] = "few"
			at(m, "numbers").Outputs[0] = "lost"
			m.Nodes = append(m.Nodes, node("Shape", list("lost"), list("again")))
			at(m, "zeros").Inputs[0] = "again"
		}},
		{"numbers from 1 on", "but not from 0 by 1", func(m *model) { at(m, "numbers").Inputs[0] = "one" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := lengthModel(true)
			c.change(m)
			_, err := onnx.Read(m.Marshal())
			require.Error(t, err)
			require.ErrorIs(t, err, network.ErrUnsupported)
			require.ErrorContains(t, err, c.message)
		})
	}
}
