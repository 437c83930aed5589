package kernels_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

// TestMatrixIndex: every weight has a place of its own, and a row of lanes
// stands side by side.
func TestMatrixIndex(t *testing.T) {
	shapes(func(rows, tile int) {
		const depth = 5
		m := newMatrix(rows, depth, tile)
		taken := make([]bool, rows*depth)
		for i := range rows {
			for k := range depth {
				at := m.Index(i, k)
				require.False(t, taken[at])
				taken[at] = true
				require.Equal(t, m.Index(i&^(kernels.Lanes-1), k)+i%kernels.Lanes, at)
			}
		}
		require.NotContains(t, taken, false)
	})
}

func TestPad(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 8, 7: 8, 8: 8, 9: 16, 64: 64} {
		require.Equal(t, want, kernels.Pad(n), n)
	}
}

func ExampleMatrix_Index() {
	// 40 rows in tiles of 32: the last tile has 8.
	m := kernels.Matrix{Rows: 40, Depth: 3, Tile: 32}
	fmt.Println(m.Tiles(), m.TileHeight(0), m.TileHeight(1))
	fmt.Println(m.Index(0, 0), m.Index(1, 0), m.Index(0, 1), m.Index(32, 0), m.Index(32, 1))
	// Output:
	// 2 32 8
	// 0 1 32 96 104
}
