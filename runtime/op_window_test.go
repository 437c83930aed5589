package runtime_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Windows give the same outputs in one long run and in any sequence of shorter
// calls.
func TestWindowsOfPiecesOfAStream(t *testing.T) {
	m, err := rnn.New(modeltest.Dilated(1, 8, false, 2, 3, 16))
	require.NoError(t, err)
	const steps = 700
	xs := ones(steps)
	want, err := m.NewSession().Run(xs)
	require.NoError(t, err)
	s := m.NewSession()
	s.Grow(steps)
	r := rand.New(rand.NewPCG(1, 2))
	var got []float32
	for at := 0; at < steps; {
		n := min(1+r.IntN(60), steps-at)
		if r.IntN(2) == 0 {
			y, err := s.Run(xs[at:][:n])
			require.NoError(t, err)
			got = append(got, y...)
		} else {
			for _, x := range xs[at:][:n] {
				y, err := s.Step([]float32{x})
				require.NoError(t, err)
				got = append(got, y...)
			}
		}
		at += n
	}
	require.Equal(t, want, got)
}

// After the end of a sequence there are zeros, whatever the memory held before.
func TestWindowsBeyondTheEnd(t *testing.T) {
	m, err := rnn.New(modeltest.Dilated(1, 8, true, 2, 5))
	require.NoError(t, err)
	xs := ones(40)
	want, err := m.NewSession().Run(xs[:9])
	require.NoError(t, err)
	s := m.NewSession()
	_, err = s.Run(xs)
	require.NoError(t, err)
	got, err := s.Run(xs[:9])
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// ones returns numbers within ±1.
func ones(n int) []float32 {
	r := rand.New(rand.NewPCG(3, 4))
	list := make([]float32, n)
	for i := range list {
		list[i] = 2*r.Float32() - 1
	}
	return list
}
