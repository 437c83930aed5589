package format

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestQuantizeInt4 tries parts of every width around a group's: each weight is
// within half a step of what it was, or beyond the greatest integer, which the
// best scale may cut off.
func TestQuantizeInt4(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 0))
	for _, size := range [][2]int{{1, 1}, {31, 33}, {32, 32}, {33, 31}, {0, 40}, {70, 0}, {64, 96}} {
		m := NewMatrix(40, size[0]+size[1], 32)
		for i := range m.Data {
			m.Data[i] = float32(r.NormFloat64())
		}
		for k := range m.Depth {
			m.Data[m.Index(3, k)] = 0 // a row of zeros
		}
		q := m.QuantizeInt4(size[0])
		require.Len(t, q.Int4, m.Rows*(padGroup(size[0])+padGroup(size[1]))/32*18)
		squares, errors := 0.0, 0.0
		for i := range m.Rows {
			for k := range m.Depth {
				want, got := m.At(i, k), q.At(i, k)
				squares += float64(want) * float64(want)
				errors += math.Pow(float64(got-want), 2)
			}
			require.Zero(t, q.At(3, min(i, m.Depth-1)))
		}
		require.Less(t, math.Sqrt(errors/squares), 0.1, "%v", size)
		once := q.convert(DTypeF32, size[0])
		twice := once.QuantizeInt4(size[0])
		twice = twice.convert(DTypeF32, size[0])
		require.Equal(t, once.Data, twice.Data, "what int4 holds is its own nearest")
	}
}

func TestInt4Hostile(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(m *Matrix)
		says   string
	}{
		{"an integer of -8", func(m *Matrix) { m.Int4[2] = m.Int4[2]&0xf0 | 8 }, "-8 as number 0"},
		{"a scale of 0", func(m *Matrix) { m.Int4[0], m.Int4[1] = 0, 0 }, "not above 0"},
		{"a scale below 0", func(m *Matrix) { m.Int4[1] |= 0x80 }, "not above 0"},
		{"an infinite scale", func(m *Matrix) { m.Int4[0], m.Int4[1] = 0, 0x7c }, "not finite"},
		{"a weight in the padding", func(m *Matrix) { m.Int4[17] = 0x10 }, "in its padding"},
		{"a byte too few", func(m *Matrix) { m.Int4 = m.Int4[1:] }, "numbers, but the architecture gives"},
		{"a group too few", func(m *Matrix) { m.Int4 = m.Int4[18:] }, "numbers, but the architecture gives"},
		{"floats besides", func(m *Matrix) { m.Data = []float32{1} }, "numbers of another format"},
		{"no parts", func(m *Matrix) { m.Split = 0 }, "split at column 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := int4Model()
			require.NoError(t, m.Validate())
			c.change(&m.Layers[0].Directions[0].Gates)
			err := m.Validate()
			require.ErrorIs(t, err, ErrInvalid)
			require.ErrorContains(t, err, c.says)
		})
	}
	m := numberModel()
	m.Embedding = &Embedding{Tokens: 1, Size: m.InputSize, DType: DTypeInt4}
	require.ErrorIs(t, m.Validate(), ErrUnsupported, "a table")
}
