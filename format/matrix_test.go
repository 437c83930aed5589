package format

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/binary16"
)

// The package comment's drawings, in numbers: where the weight of a row and a
// column lies.
func TestIndex(t *testing.T) {
	const in, state = 5, 6 // int8: 8 and 8
	for _, c := range []struct {
		dtype       DType
		rows, tile  int
		row, column int
		want        int
	}{
		{DTypeF32, 40, 32, 0, 0, 0},
		{DTypeF32, 40, 32, 31, 10, 10*32 + 31},
		{DTypeF32, 40, 32, 33, 10, 32*11 + 10*8 + 1}, // the last tile has 8 rows
		{DTypeF16, 40, 32, 33, 10, 32*11 + 10*8 + 1},
		{DTypeF16, 48, 24, 25, 3, 24*11 + 3*24 + 1},
		{DTypeInt8, 40, 32, 0, 0, 0},
		{DTypeInt8, 40, 32, 0, 3, 3},
		{DTypeInt8, 40, 32, 1, 0, 4},
		{DTypeInt8, 40, 32, 31, 4, 4*32 + 31*4},                   // the input's last column; then 3 of padding
		{DTypeInt8, 40, 32, 31, in, 8*32 + 31*4},                  // the state's first
		{DTypeInt8, 40, 32, 31, in + state - 1, 12*32 + 31*4 + 1}, // and its last; then 2 of padding
		{DTypeInt8, 40, 32, 33, in + 1, 32*16 + 8*8 + 1*4 + 1},
		{DTypeInt8, 48, 24, 26, 2, 24*16 + 2*4 + 2},
	} {
		t.Run(fmt.Sprintf("%v, row %d of %d, column %d", c.dtype, c.row, c.rows, c.column), func(t *testing.T) {
			m := Matrix{DType: c.dtype, Rows: c.rows, Depth: in + state, Tile: c.tile}
			if c.dtype == DTypeInt8 {
				m.Split = in
			}
			require.Equal(t, c.want, m.Index(c.row, c.column))
		})
	}
}

// Every weight has a place of its own, and the others are padding.
func TestIndexGivesEveryPlaceOnce(t *testing.T) {
	for _, tile := range []int{24, 32} {
		for _, rows := range []int{8, 24, 32, 40, 72, 96} {
			for _, split := range []int{1, 4, 7, 9} {
				m := Matrix{DType: DTypeInt8, Rows: rows, Depth: 9, Tile: tile, Split: split}
				if tile == 24 && rows%24 != 0 {
					continue
				}
				seen := make([]bool, rows*m.columns())
				for i := range rows {
					for k := range m.Depth {
						at := m.Index(i, k)
						require.False(t, seen[at], "row %d, column %d", i, k)
						seen[at] = true
					}
				}
			}
		}
	}
}

// What is packed is found again, in the bytes of any format.
func TestAt(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 0))
	weight := random(r, 70*7)
	d, err := PackDense(7, 70, weight, nil)
	require.NoError(t, err)
	half, q := d.Weight.convert(DTypeF16, 7), d.Weight.Quantize(7)
	e := Embedding{Tokens: 70, Size: 7, Table: weight}
	halfTable, int8Table := e.convert(DTypeF16), e.Quantize()
	for i := range 70 {
		for k := range 7 {
			w := weight[i*7+k]
			require.Equal(t, w, d.Weight.At(i, k))
			require.Equal(t, w, e.At(i, k))
			require.Equal(t, binary16.Value(binary16.Round(w)), half.At(i, k))
			require.Equal(t, binary16.Value(binary16.Round(w)), halfTable.At(i, k))
			require.InDelta(t, w, q.At(i, k), float64(q.Scale[i])/2)
			require.Equal(t, float32(q.Int8[q.Index(i, k)])*q.Scale[i], q.At(i, k))
			require.Equal(t, q.At(i, k), int8Table.At(i, k), "a row has one scale, in a matrix and in a table")
		}
	}
}
