package runtime_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

func TestFinite(t *testing.T) {
	nan := float32(math.NaN())
	for _, s := range modeltest.Cells() {
		s.Input, s.Hidden, s.Layers, s.Outputs = 2, 9, 2, 1
		session := model(t, s).NewSession()
		require.True(t, session.Finite(), "at the start")
		_, err := session.Run([]float32{1, 2, 3, 4})
		require.NoError(t, err)
		require.True(t, session.Finite())

		_, err = session.Step([]float32{nan, 0})
		require.NoError(t, err)
		require.False(t, session.Finite(), "after NaN: %v", s)
		y, err := session.Step([]float32{1, 1})
		require.NoError(t, err)
		require.True(t, math.IsNaN(float64(y[0])), "NaN stays")
		require.False(t, session.Finite())
		session.Reset()
		require.True(t, session.Finite(), "after Reset")
	}
}

func TestFiniteLooksAtEveryNumber(t *testing.T) {
	inf := float32(math.Inf(-1))
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Hidden: 9, Layers: 2, Bidirectional: true, Between: 4}
	session := model(t, s).NewSession()
	for _, layer := range []int{0, 2} {
		for direction := range 2 {
			h, c := session.State(layer, direction)
			for _, state := range [][]float32{h, c} {
				for i, was := range state {
					state[i] = inf
					require.False(t, session.Finite(), "layer %d, direction %d, number %d", layer, direction, i)
					state[i] = was
					require.True(t, session.Finite())
				}
			}
		}
	}
	require.Zero(t, testing.AllocsPerRun(5, func() {
		if !session.Finite() {
			t.Fatal("not finite")
		}
	}))
}
