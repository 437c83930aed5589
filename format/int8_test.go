package format

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuantize(t *testing.T) {
	tiny, huge := float32(math.SmallestNonzeroFloat32), float32(math.MaxFloat32)
	for _, c := range []struct {
		name  string
		row   []float32
		want  []int8
		scale float32
	}{
		{"zeros", []float32{0, 0, 0}, []int8{0, 0, 0}, 1},
		{"-0", []float32{float32(math.Copysign(0, -1)), 0, 0}, []int8{0, 0, 0}, 1},
		{"the greatest is 127", []float32{254, 2, -4}, []int8{127, 1, -2}, 2},
		{"the least is -127", []float32{-127, 127, 1}, []int8{-127, 127, 1}, 1},
		{"half to even", []float32{127, 0.5, 1.5}, []int8{127, 0, 2}, 1},
		{"and below 0", []float32{127, -0.5, -2.5}, []int8{127, 0, -2}, 1},
		{"nearest", []float32{127, 0.51, -0.51}, []int8{127, 1, -1}, 1},
		{"too small for a scale with an inverse", []float32{tiny, 0, leastScale}, []int8{0, 0, 1}, leastScale},
		{"too great for a scale", []float32{huge, -huge, huge / 2}, []int8{127, -127, 64}, greatestScale},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := NewMatrix(1, 3, tileRows)
			for k, v := range c.row {
				m.Data[m.Index(0, k)] = v
			}
			q := m.Quantize(3)
			require.Len(t, q.Scale, 8)
			require.Equal(t, c.scale, q.Scale[0])
			require.Equal(t, append(c.want, 0), q.Int8[:4])
			require.Equal(t, make([]int8, 28), q.Int8[4:], "rows of padding")
			require.Equal(t, []float32{1, 1, 1, 1, 1, 1, 1}, q.Scale[1:])

			e := Embedding{Tokens: 1, Size: 3, Table: c.row}
			row := e.Quantize()
			require.Equal(t, Embedding{Tokens: 1, Size: 3, DType: DTypeInt8, Int8: append(c.want, 0), Scale: []float32{c.scale}}, row)
		})
	}
}

// The parts of a row have scales of their own, and stand in columns of their
// own.
func TestQuantizeInTwoParts(t *testing.T) {
	m := NewMatrix(8, 5, tileRows)
	for k, v := range []float32{127, -1, 63.5, 1, 0.5} {
		m.Data[m.Index(1, k)] = v
	}
	q := m.Quantize(2)
	require.Equal(t, 2, q.Split)
	require.Len(t, q.Int8, 8*8)
	require.Equal(t, []int8{127, -1, 0, 0}, q.Int8[4:8])
	require.Equal(t, []int8{127, 2, 1, 0}, q.Int8[32+4:32+8])
	require.Equal(t, []float32{1, 1, 1, 1, 1, 1, 1, 1}, q.Scale[:8])
	require.Equal(t, []float32{1, 0.5, 1, 1, 1, 1, 1, 1}, q.Scale[8:])
	require.Equal(t, []float32{127, -1, 63.5, 1, 0.5}, []float32{q.At(1, 0), q.At(1, 1), q.At(1, 2), q.At(1, 3), q.At(1, 4)})
}

// No weight is further from its number than half a step, whatever its size.
func TestQuantizeIsNear(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 0))
	for exponent := -120; exponent <= 120; exponent += 8 {
		m := NewMatrix(32, 16, tileRows)
		for i, v := range random(r, len(m.Data)) {
			m.Data[i] = float32(math.Ldexp(float64(v), exponent))
		}
		q := m.Quantize(3)
		for i := range m.Rows {
			for k := range m.Depth {
				scale := q.Scale[i]
				if k >= 3 {
					scale = q.Scale[m.Rows+i]
				}
				require.InDelta(t, m.At(i, k), q.At(i, k), float64(scale)*0.500001)
			}
		}
	}
}
