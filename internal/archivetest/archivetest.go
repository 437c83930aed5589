// Package archivetest compares models with the inputs and outputs in an .npz file.
package archivetest

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// RequireAnswers requires that a model's outputs for the sequences in the first array of
// an .npz file equal the second array. The tolerance is 2e-5, relative for numbers above
// 1.
func RequireAnswers(t *testing.T, d *format.Model, check []byte) {
	t.Helper()
	arrays, err := npy.ReadArchive(check)
	require.NoError(t, err)
	x, y := arrays[0], arrays[1]
	m, err := runtime.New(d)
	require.NoError(t, err)
	defer m.Close()
	s := m.NewSession()
	for i := range x.Shape[0] {
		s.Reset()
		var got []float32
		if x.DType.Integer() {
			n := len(x.Integers) / x.Shape[0]
			got, err = s.RunTokens(x.Integers[i*n:][:n])
		} else {
			n := len(x.Floats) / x.Shape[0]
			got, err = s.Run(x.Floats[i*n:][:n])
		}
		require.NoError(t, err)
		n := len(y.Floats) / y.Shape[0]
		require.Len(t, got, n)
		for k, want := range y.Floats[i*n:][:n] {
			require.LessOrEqual(t, math.Abs(float64(got[k]-want)), 2e-5*max(1, math.Abs(float64(want))), "sequence %d, number %d: %v, want %v", i, k, got[k], want)
		}
	}
}
