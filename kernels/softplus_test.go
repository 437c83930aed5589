package kernels_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/kerneltest"
)

func TestSoftplusAccuracy(t *testing.T) {
	for _, set := range kerneltest.Sets() {
		worst := 0.0
		for bits := uint64(0); bits < 1<<32; bits += 40009 {
			x := []float32{math.Float32frombits(uint32(bits))}
			if x[0] != x[0] {
				continue
			}
			y := make([]float32, 1)
			set.Softplus(y, x)
			v := float64(x[0])
			want := max(v, 0) + math.Log1p(math.Exp(-math.Abs(v)))
			if math.IsInf(want, 1) {
				require.Equal(t, want, float64(y[0]))
				continue
			}
			worst = max(worst, math.Abs(float64(y[0])-want)/max(1, want))
		}
		require.Less(t, worst, 1.5e-7)
	}
}
