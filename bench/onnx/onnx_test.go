package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// fields returns the contents of a message's fields by their numbers.
func fields(t *testing.T, m []byte) map[protowire.Number][]any {
	all := map[protowire.Number][]any{}
	for len(m) > 0 {
		field, kind, n := protowire.ConsumeTag(m)
		require.Positive(t, n)
		m = m[n:]
		switch kind {
		case protowire.VarintType:
			v, n := protowire.ConsumeVarint(m)
			require.Positive(t, n)
			all[field] = append(all[field], v)
			m = m[n:]
		default:
			require.Equal(t, protowire.BytesType, kind)
			v, n := protowire.ConsumeBytes(m)
			require.Positive(t, n)
			all[field] = append(all[field], v)
			m = m[n:]
		}
	}
	return all
}

func TestMarshal(t *testing.T) {
	g := Graph{
		Nodes:     []Node{{"Gemm", "", []string{"x", "w"}, []string{"y"}, []Attribute{{"transB", 1}}}},
		Constants: []Tensor{{Name: "w", Shape: []int{1, 2}, Float: []float32{1, -2}}},
		Inputs:    []Value{{"x", Float32, []int{3, 2}}},
		Outputs:   []Value{{"y", Float32, []int{3, 1}}},
	}
	model := fields(t, g.Marshal())
	require.Equal(t, []any{uint64(irVersion)}, model[1])
	require.Equal(t, []any{uint64(opsetVersion)}, fields(t, model[8][0].([]byte))[2])
	graph := fields(t, model[7][0].([]byte))
	node := fields(t, graph[1][0].([]byte))
	require.Equal(t, []any{[]byte("x"), []byte("w")}, node[1])
	require.Equal(t, []any{[]byte("Gemm")}, node[4])
	require.Equal(t, []any{uint64(1)}, fields(t, node[5][0].([]byte))[3])
	tensor := fields(t, graph[5][0].([]byte))
	require.Equal(t, []any{uint64(1), uint64(2)}, tensor[1])
	require.Equal(t, []any{[]byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}}, tensor[9])
	require.Len(t, graph[11], 1)
	require.Len(t, graph[12], 1)
}

func TestMarshalNamesTheDomainOfAnOperator(t *testing.T) {
	g := Graph{Nodes: []Node{{Operator: "DynamicQuantizeLSTM", Domain: Microsoft}}, Constants: []Tensor{{Name: "w", Int8: []int8{-1, 2}}}}
	model := fields(t, g.Marshal())
	require.Len(t, model[8], 2)
	require.Equal(t, []any{[]byte(Microsoft)}, fields(t, model[8][1].([]byte))[1])
	graph := fields(t, model[7][0].([]byte))
	require.Equal(t, []any{[]byte(Microsoft)}, fields(t, graph[1][0].([]byte))[7])
	tensor := fields(t, graph[5][0].([]byte))
	require.Equal(t, []any{uint64(Int8)}, tensor[2])
	require.Equal(t, []any{[]byte{0xff, 2}}, tensor[9])
}

func TestQuantized(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Tokens: 9, Input: 2, Hidden: 3, Outputs: 9}
	for steps, inputs := range map[int][]string{
		0: {"x", "W0", "R0", "B0", "", "h0", "c0", "", "W0_scale", "W0_zero", "R0_scale", "R0_zero"},
		5: {"x", "W0", "R0", "B0", "", "", "", "", "W0_scale", "W0_zero", "R0_scale", "R0_zero"},
	} {
		g := Quantized(s, steps)
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
			for _, v := range c.Int8 {
				require.LessOrEqual(t, max(v, -v), int8(quantizedMost))
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
	for _, v := range Network(s, 0).Inputs {
		got = append(got, v.Name)
	}
	require.Equal(t, []string{"x", "h0", "c0", "h1", "c1"}, got)
	g := Network(s, 5)
	require.Len(t, g.Inputs, 1)
	require.Equal(t, []int{5, 1, 1, 3}, g.Outputs[0].Shape)
}
