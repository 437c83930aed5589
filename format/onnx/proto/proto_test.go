package proto

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
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
	g := Model{
		Opset:     17,
		Nodes:     []Node{{Operator: "Gemm", Inputs: []string{"x", "w"}, Outputs: []string{"y"}, Attributes: []Attribute{{"transB", 1}}}},
		Constants: []Tensor{Floats("w", []int{1, 2}, []float32{1, -2})},
		Inputs:    []Value{{"x", Float, []any{"batch", 2}}},
		Outputs:   []Value{{"y", Float, []any{"batch", 1}}},
		Metadata:  []Property{{"task", "tag"}},
	}
	model := fields(t, g.Marshal())
	require.Equal(t, []any{uint64(IRVersion)}, model[1])
	require.Equal(t, []any{uint64(17)}, fields(t, model[8][0].([]byte))[2])
	graph := fields(t, model[7][0].([]byte))
	node := fields(t, graph[1][0].([]byte))
	require.Equal(t, []any{[]byte("x"), []byte("w")}, node[1])
	require.Equal(t, []any{[]byte("Gemm")}, node[4])
	require.Equal(t, []any{uint64(1)}, fields(t, node[5][0].([]byte))[3])
	tensor := fields(t, graph[5][0].([]byte))
	require.Equal(t, []any{uint64(1), uint64(2)}, tensor[1])
	require.Equal(t, []any{[]byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}}, tensor[9])
	require.Len(t, graph[11], 1)
	property := fields(t, model[14][0].([]byte))
	require.Equal(t, [][]any{{[]byte("task")}, {[]byte("tag")}}, [][]any{property[1], property[2]})
	require.Len(t, graph[12], 1)
}

func TestMarshalNamesTheDomainOfAnOperator(t *testing.T) {
	const domain = "com.microsoft"
	g := Model{
		Imports:   []Import{{domain, 1}},
		Nodes:     []Node{{Operator: "DynamicQuantizeLSTM", Domain: domain}},
		Constants: []Tensor{{Name: "w", Type: Int8, Ints: []int64{-1, 2}}, {Name: "h", Type: Float16, Floats: []float32{1.5}}},
	}
	model := fields(t, g.Marshal())
	require.Len(t, model[8], 2)
	require.Equal(t, []any{[]byte(domain)}, fields(t, model[8][1].([]byte))[1])
	graph := fields(t, model[7][0].([]byte))
	require.Equal(t, []any{[]byte(domain)}, fields(t, graph[1][0].([]byte))[7])
	tensor := fields(t, graph[5][0].([]byte))
	require.Equal(t, []any{uint64(Int8)}, tensor[2])
	require.Equal(t, []any{[]byte{0xff, 2}}, tensor[9])
	require.Equal(t, []any{[]byte{0, 0x3e}}, fields(t, graph[5][1].([]byte))[9])
}
