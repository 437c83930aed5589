package kernels

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStepOf(t *testing.T) {
	for _, c := range []struct {
		name string
		x    []float32
		want float32
	}{
		{"none", nil, 0},
		{"zeros", []float32{0, 0}, 0},
		{"too small", []float32{0x1p-101}, 0},
		{"the greatest", []float32{1, 254, -3}, 2},
		{"the least", []float32{1, 3, -127}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			step, inverse := ScaleOf(c.x)
			require.Equal(t, c.want, step)
			if step != 0 {
				require.Equal(t, 1/c.want, inverse)
			}
		})
	}
	require.Equal(t, float32(127), 1/UnitScale)
	step, _ := ScaleOf([]float32{float32(math.NaN())})
	require.True(t, math.IsNaN(float64(step)))
}
