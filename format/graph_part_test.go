package format_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/runtime"
)

// whole returns the part of a model as a model that is nothing else.
func whole(t *testing.T, m *format.Model) *format.Model {
	t.Helper()
	g, err := m.Part()
	require.NoError(t, err)
	n := &format.Model{InputSize: g.NumberWidth(), Graph: g}
	if stack, ok := n.AsStack(); ok {
		n = stack
	}
	require.NoError(t, n.Validate())
	return n
}

// outputs returns what a model gives of random numbers.
func outputs(t *testing.T, d *format.Model) []float32 {
	t.Helper()
	m, err := runtime.New(d)
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(1, 0))
	xs := make([]float32, 7*d.InputSize)
	for i := range xs {
		xs[i] = r.Float32() - 0.5
	}
	y, err := m.NewSession().RunInputs(xs, nil)
	require.NoError(t, err)
	return y
}

// A part gives what the model does, bit for bit, with all that a model has beyond a graph.
func TestPart(t *testing.T) {
	for name, s := range map[string]modeltest.Spec{
		"a stack":                {Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 3, Hidden: 5, Outputs: 2},
		"a normalized regressor": {Cell: format.CellLSTM, Input: 3, Hidden: 5, Outputs: 2, Normalized: true},
		"a tagger":               {Cell: format.CellLSTM, Input: 3, Hidden: 5, Outputs: 4, Output: format.OutputSoftmax},
		"a switch":               {Cell: format.CellLSTM, Input: 3, Hidden: 5, Outputs: 4, Output: format.OutputSigmoid},
		"a sum":                  {Cell: format.CellLSTM, Input: 3, Hidden: 5, Outputs: 2, Skip: true},
	} {
		m := s.Model()
		require.Equal(t, outputs(t, m), outputs(t, whole(t, m)), name)
	}
}

func TestPartRefuses(t *testing.T) {
	m := modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 5, Outputs: 4, Output: format.OutputArgMax}.Model()
	_, err := m.Part()
	require.ErrorIs(t, err, format.ErrInvalid)
	require.ErrorContains(t, err, "argmax")
}

// Only what the outputs depend on is appended.
func TestAppend(t *testing.T) {
	g := &format.Graph{
		Inputs: []format.Input{{Name: "a", Frames: 1, Channels: 2}, {Name: "b", Frames: 1, Channels: 2}},
		Nodes: []format.Node{
			{Op: &format.Transpose{}, Inputs: []int{0}},
			{Op: &format.Binary{Function: format.BinarySub}, Inputs: []int{1, 0}},
			{Op: &format.Binary{Function: format.BinaryMul}, Inputs: []int{3, 1}},
		},
		Outputs: []format.Port{{Name: "y", Value: 4}, {Name: "d", Value: 3}},
	}
	to := &format.Graph{Inputs: []format.Input{{Name: "x", Frames: 1, Channels: 4}}}
	left := to.Add(&format.Slice{Axis: format.AxisChannels, Count: 2, Step: 1}, 0)
	right := to.Add(&format.Slice{Axis: format.AxisChannels, Start: 2, Count: 2, Step: 1}, 0)
	require.Equal(t, []int{4, 3}, to.Append(g, []int{left, right}))
	require.Equal(t, []format.Node{
		{Op: &format.Binary{Function: format.BinarySub}, Inputs: []int{right, left}},
		{Op: &format.Binary{Function: format.BinaryMul}, Inputs: []int{3, right}},
	}, to.Nodes[2:])
}
