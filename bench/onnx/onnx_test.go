package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx/proto"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

func TestQuantized(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Tokens: 9, Input: 2, Hidden: 3, Outputs: 9}
	for steps, inputs := range map[int][]string{
		0: {"x", "W0", "R0", "B0", "", "h0", "c0", "", "W0_scale", "W0_zero", "R0_scale", "R0_zero"},
		5: {"x", "W0", "R0", "B0", "", "", "", "", "W0_scale", "W0_zero", "R0_scale", "R0_zero"},
	} {
		g := Quantized(s, steps, 1)
		var operators []string
		for _, n := range g.Nodes {
			operators = append(operators, n.Operator)
			if n.Operator == "DynamicQuantizeLSTM" {
				require.Equal(t, inputs, n.Inputs)
			}
		}
		require.Contains(t, operators, "DynamicQuantizeLSTM")
		require.Contains(t, operators, "DynamicQuantizeMatMul")
		for _, c := range g.Constants {
			if c.Type != proto.Int8 {
				continue
			}
			for _, v := range c.Ints {
				require.LessOrEqual(t, max(v, -v), int64(quantizedMost))
			}
		}
	}
}

func TestTranspose(t *testing.T) {
	require.Equal(t, []float32{1, 4, 2, 5, 3, 6}, transpose([]float32{1, 2, 3, 4, 5, 6}, 3))
}

func TestReorder(t *testing.T) {
	require.Equal(t, []float32{1, 4, 2, 3}, reorder(format.CellLSTM, []float32{1, 2, 3, 4}, 1))
	require.Equal(t, []float32{3, 4, 1, 2, 5, 6}, reorder(format.CellGRU, []float32{1, 2, 3, 4, 5, 6}, 2))
}

func TestNetworkNamesItsStates(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 3, Layers: 2}
	var got []string
	for _, v := range Network(s, 0, 1).Inputs {
		got = append(got, v.Name)
	}
	require.Equal(t, []string{"x", "h0", "c0", "h1", "c1"}, got)
	g := Network(s, 5, 1)
	require.Len(t, g.Inputs, 1)
	require.Equal(t, []any{5, 1, 1, 3}, g.Outputs[0].Shape)
}
