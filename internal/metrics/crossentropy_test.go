package metrics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCrossEntropyIsExactFarFromTheTarget(t *testing.T) {
	for _, test := range []struct {
		logits []float32
		class  int
		want   float64
	}{
		{[]float32{0, 0}, 0, math.Ln2},
		{[]float32{18, 0}, 1, 18.000000015229979},
		{[]float32{18, 0}, 0, 1.5229979e-8},
		{[]float32{500, 0, 0}, 1, 500},
		{[]float32{-3, -1}, 1, 0.1269280110429725},
		{[]float32{7}, 0, 0},
	} {
		require.InDelta(t, test.want, CrossEntropy(test.logits, test.class), 1e-12, "%v", test)
	}
}

func TestBinaryCrossEntropyIsExactFarFromTheTarget(t *testing.T) {
	for _, test := range []struct {
		logit float32
		one   bool
		want  float64
	}{
		{0, true, math.Ln2},
		{18, false, 18.000000015229979},
		{18, true, 1.5229979e-8},
		{-200, true, 200},
		{-200, false, 0},
	} {
		require.InDelta(t, test.want, BinaryCrossEntropy(test.logit, test.one), 1e-12, "%v", test)
	}
}
