package format

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each node takes its own format. Nodes without weights that can be in others take
// none, and an embedding has no int4.
func TestConvertNodes(t *testing.T) {
	m := graphModel()
	require.NoError(t, m.Validate())
	dtypes := make([]DType, len(m.Graph.Nodes))
	for i := range dtypes {
		dtypes[i] = DType(i % dtypeNames.len())
	}
	c, err := m.ConvertNodes(dtypes)
	require.NoError(t, err)
	found := 0
	for i := range c.Graph.Nodes {
		alone := &Model{Graph: &Graph{Nodes: c.Graph.Nodes[i : i+1]}}
		want := dtypes[i]
		if _, table := c.Graph.Nodes[i].Op.(*Embedding); table && want == DTypeInt4 {
			want = DTypeInt8
		}
		if !c.Graph.Nodes[i].Convertible() {
			require.Equal(t, m.Graph.Nodes[i], c.Graph.Nodes[i], "node %d stays", i)
			continue
		}
		found++
		require.Positive(t, alone.WeightBytes(want), "node %d in %v", i, want)
	}
	require.Equal(t, 4, found, "an embedding, a convolution and two layers")

	_, err = m.ConvertNodes(dtypes[1:])
	require.ErrorIs(t, err, ErrInvalid)
	dtypes[0] = 9
	_, err = m.ConvertNodes(dtypes)
	require.ErrorIs(t, err, ErrUnsupported)
}

// A graph that is none without the scale of an upper layer's inputs becomes the stack
// that it then is.
func TestConvertGivesAStack(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 0))
	below, above := randomLayer(r, CellDense, VariantStandard, 3, 4, 1), randomLayer(r, CellLSTM, VariantStandard, 4, 2, 1)
	above.convert(DTypeInt8)
	above.Directions[0].InputScale = 0.25
	m := &Model{InputSize: 3, Graph: &Graph{
		Inputs:  []Input{{"x", 1, 3, 0}},
		Nodes:   []Node{{&below, []int{0}}, {&above, []int{1}}},
		Outputs: []Port{{"y", 2}},
	}}
	require.NoError(t, m.Validate())
	c, err := m.Convert(DTypeF16)
	require.NoError(t, err)
	require.Nil(t, c.Graph)
	require.Len(t, c.Layers, 2)
}
