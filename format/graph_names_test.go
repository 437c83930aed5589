package format_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

func TestNodeNames(t *testing.T) {
	g := &format.Graph{
		Inputs: []format.Input{{Name: "slice0"}},
		Nodes: []format.Node{
			{Op: &format.Layer{Cell: format.CellLSTM}}, {Op: &format.Layer{Cell: format.CellDense}}, {Op: &format.Slice{}},
			{Op: &format.Layer{Cell: format.CellDense}}, {Op: &format.Slice{}}, {Op: &format.FramePool{}}, {Op: &format.OverlapAdd{}},
		},
		Outputs: []format.Port{{Name: "lstm", Value: 1}},
	}
	require.Equal(t, []string{"lstm0", "linear0", "slice1", "linear1", "slice2", "frame_pool", "overlap_add"}, g.NodeNames())
}
