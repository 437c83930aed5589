package runtime_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A masked step gives the outputs of the step before, and does not affect the steps
// after it.
func TestMaskedStepsAreLeftOut(t *testing.T) {
	for _, c := range modeltest.Cells() {
		c.Input, c.Hidden, c.Seed, c.InitialState = 3, 9, 4, true
		t.Run(fmt.Sprint(c.Cell, " ", c.Variant), func(t *testing.T) { testMask(t, c.Model()) })
		c.Clip = 0.5
		t.Run(fmt.Sprint(c.Cell, " ", c.Variant, ", special"), func(t *testing.T) { testMask(t, c.Model()) })
	}
}

// masked reads a mask and inputs through the layer of a model.
func masked(d *format.Model) *format.Model {
	l := &d.Layers[0]
	return &format.Model{InputSize: 1 + l.InputSize, Graph: &format.Graph{
		Inputs: []format.Input{{Name: "mask", Frames: 1, Channels: 1}, {Name: "x", Frames: 1, Channels: l.InputSize}},
		Nodes: []format.Node{
			{Op: l, Inputs: []int{1, 0}},
			{Op: &format.Map{Function: format.Activation{Kind: format.ActivationSquare}}, Inputs: []int{2}},
			{Op: &format.Binary{Function: format.BinaryAdd}, Inputs: []int{2, 3}},
		},
		Outputs: []format.Port{{Name: "y", Value: 4}, {Name: "h", Value: 2}},
	}}
}

func testMask(t *testing.T, d *format.Model) {
	alone, err := rnn.New(d)
	require.NoError(t, err)
	m, err := rnn.New(masked(d))
	require.NoError(t, err)
	const steps = 300
	xs, units, width := ones(steps*d.InputSize), d.Layers[0].HiddenSize, m.InputSize()
	last := append([]float32(nil), d.Layers[0].Directions[0].H0[:units]...)
	var in, want []float32
	plain := alone.NewSession()
	for i := range steps {
		x, mask := xs[i*d.InputSize:][:d.InputSize], float32(0)
		if i%7 > 1 && i%11 > 2 { // the first steps are masked
			mask = 0.5
			y, err := plain.Step(x)
			require.NoError(t, err)
			copy(last, y)
		}
		in = append(append(in, mask), x...)
		for _, h := range last {
			want = append(want, h+float32(h*h))
		}
		want = append(want, last...)
	}
	s := m.NewSession()
	ys, err := s.Run(in)
	require.NoError(t, err)
	require.Equal(t, want, ys)
	s.Reset()
	for i := range steps {
		if i == 8 {
			b, err := s.AppendBinary(nil)
			require.NoError(t, err)
			s = m.NewSession()
			require.NoError(t, s.UnmarshalBinary(b))
		}
		y, err := s.Step(in[i*width:][:width])
		require.NoError(t, err)
		require.Equal(t, want[2*i*units:][:2*units], y, "step %d", i)
	}
	require.Zero(t, testing.AllocsPerRun(3, func() { _, err = s.Step(in[:width]) }))
	require.Zero(t, testing.AllocsPerRun(3, func() { _, err = s.Run(in) }), "run")
	require.NoError(t, err)
}
