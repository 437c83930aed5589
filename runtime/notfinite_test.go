package runtime_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// numberShapes returns the shapes whose models read numbers in a number format.
func numberShapes(dtype format.DType) (list []modeltest.Spec) {
	for _, s := range shapes() {
		if s.Tokens == 0 && s.DType == dtype {
			list = append(list, s)
		}
	}
	return list
}

// spoilt returns the inputs of a sequence, with x in one column of a step.
func spoilt(s modeltest.Spec, steps, step int, x float32) input {
	in := inputOf(s, steps)
	in.xs[step*s.InputSize()+step%s.InputSize()] = x
	return in
}

// TestInt8KeepsNaN requires that outputs that are NaN in float32 are NaN in
// int8.
func TestInt8KeepsNaN(t *testing.T) {
	t.Parallel()
	const steps, bad = 7, 3
	for _, s := range numberShapes(format.DTypeInt8) {
		for set, opt := range kernelSets() {
			t.Run(s.String()+"/"+set, func(t *testing.T) {
				in := spoilt(s, steps, bad, float32(math.NaN()))
				float := s
				float.DType, float.InputScale = format.DTypeF32, 0
				want, err := in.run(model(t, float, opt).NewSession())
				require.NoError(t, err)
				session := model(t, s, opt).NewSession()
				got, err := in.run(session)
				require.NoError(t, err)
				require.Equal(t, isNaN(want), isNaN(got))
				require.Contains(t, isNaN(got), true)

				clean := inputOf(s, steps)
				want, err = clean.run(model(t, s, opt).NewSession())
				require.NoError(t, err)
				session.Reset()
				got, err = clean.run(session)
				require.NoError(t, err)
				require.Equal(t, bits(want), bits(got), "after Reset")
			})
		}
	}
}

func isNaN(v []float32) []bool {
	list := make([]bool, len(v))
	for i, x := range v {
		list[i] = x != x
	}
	return list
}

// TestInt8SaturatesInfinities requires that an infinity counts as the greatest
// number of its sign, whose outputs are close to those of float32.
func TestInt8SaturatesInfinities(t *testing.T) {
	t.Parallel()
	const steps, bad = 7, 3
	for _, s := range numberShapes(format.DTypeInt8) {
		if s.Normalized {
			continue // it may make infinities of the greatest numbers
		}
		for set, opt := range kernelSets() {
			t.Run(s.String()+"/"+set, func(t *testing.T) {
				for sign := -1; sign <= 1; sign += 2 {
					got := outputs(t, model(t, s, opt), spoilt(s, steps, bad, float32(math.Inf(sign))))
					greatest := float32(sign) * math.MaxFloat32
					require.Equal(t, bits(outputs(t, model(t, s, opt), spoilt(s, steps, bad, greatest))), bits(got))
				}
			})
		}
	}
	for _, s := range modeltest.Cells() {
		if s.Variant == format.VariantReLU {
			continue // its states are not bounded
		}
		s.Input, s.Hidden = 3, 24
		float := model(t, s)
		s.DType = format.DTypeInt8
		for sign := -1; sign <= 1; sign += 2 {
			in := spoilt(s, steps, bad, float32(math.Inf(sign)))
			want, got := outputs(t, float, in), outputs(t, model(t, s), in)
			for i, w := range want {
				require.InDelta(t, w, got[i], 0.1, "%v, output %d", s, i)
			}
		}
	}
}

func outputs(t *testing.T, m *rnn.Model, in input) []float32 {
	t.Helper()
	y, err := in.run(m.NewSession())
	require.NoError(t, err)
	return y
}
