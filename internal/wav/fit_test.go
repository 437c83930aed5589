package wav_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/wav"
)

func TestFit(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []float32
		n    int
		want []float32
	}{
		{"as long", []float32{1, 2, 3}, 3, []float32{1, 2, 3}},
		{"shorter", []float32{1, 2}, 5, []float32{0, 1, 2, 0, 0}},
		{"empty", nil, 2, []float32{0, 0}},
		{"longer", []float32{1, 0, -3, 2, 1}, 2, []float32{-3, 2}},
		{"silent", []float32{0, 0, 0}, 2, []float32{0, 0}},
		{"the first of equals", []float32{1, 0, 0, -1}, 1, []float32{1}},
		{"the end", []float32{0, 0, 1, 1}, 2, []float32{1, 1}},
	} {
		require.Equal(t, c.want, wav.Fit(c.in, c.n), c.name)
	}
}

func TestFitSteps(t *testing.T) {
	sound := []float32{1, 2, 3}
	require.Equal(t, []float32{1, 2, 3, 0}, wav.FitSteps(sound[:3:3], 2, 0))
	require.Equal(t, []float32{1, 2}, wav.FitSteps(sound[:2], 2, 0))
	require.Equal(t, []float32{1, 2, 3}, sound)
	require.Equal(t, []float32{2, 3}, wav.FitSteps(sound, 2, 1))
	require.Equal(t, []float32{0, 1, 2, 3, 0, 0}, wav.FitSteps(sound, 2, 3))
}
