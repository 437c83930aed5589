package kernels

import (
	"fmt"
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
		{"in each place", []float32{1, 1, 1, 127, 1, 1, 1}, 1},
		{"the last", []float32{1, 1, 1, 1, 1, -127}, 1},
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
}

func TestAQuantizerOfNumbersThatAreNotFinite(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	const greatest = math.MaxFloat32
	for _, c := range []struct {
		name  string
		fixed float32 // scale; 0: chosen
		x     []float32
		q     []int8 // nil: the scale is NaN
		scale float32
	}{
		{"NaN", 0, []float32{1, nan, 2}, nil, 0},
		{"NaN beside an infinity", 0, []float32{inf, nan, 2}, nil, 0},
		{"NaN by a fixed scale", UnitScale, []float32{1, 0, 1, 0, 1, nan, 0, 0, 1}, nil, 0},
		{"infinities", 0, []float32{inf, -inf, 1, -greatest}, []int8{127, -127, 0, -127}, greatest / 127},
		{"infinities by a fixed scale", 0.5, []float32{inf, -inf, 1, -greatest}, []int8{127, -127, 2, -127}, 0.5},
		{"the greatest numbers", 0, []float32{greatest, -greatest / 2, 0, 0}, []int8{127, -64, 0, 0}, greatest / 127},
	} {
		for _, s := range Available() {
			t.Run(c.name+"/"+s.Name(), func(t *testing.T) {
				z := s.NewQuantizer(len(c.x), c.fixed)
				q, scale := z.Quantize(c.x)
				if c.q == nil {
					require.True(t, math.IsNaN(float64(scale)))
					return
				}
				require.Equal(t, c.q, q)
				require.Equal(t, c.scale, scale)
			})
		}
	}
}

// TestScaleOfTheGreatestInEveryPlace is for sets that look at several numbers at once.
func TestScaleOfTheGreatestInEveryPlace(t *testing.T) {
	for _, s := range Available() {
		t.Run(s.Name(), func(t *testing.T) {
			for n := 1; n <= 40; n++ {
				x := make([]float32, n)
				z := s.NewQuantizer(n, 0)
				for i := range n {
					for _, c := range []struct{ greatest, scale float32 }{{-254, 2}, {127, 1}, {float32(math.NaN()), float32(math.NaN())}} {
						for j := range x {
							x[j] = float32(j%3) - 1
						}
						x[i] = c.greatest
						_, scale := z.Quantize(x)
						require.Equal(t, fmt.Sprint(c.scale), fmt.Sprint(scale), "%v in place %d of %d", c.greatest, i, n) // NaN is NaN
					}
				}
			}
		})
	}
}
