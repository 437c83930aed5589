package kernels

import (
	"fmt"
	"math/bits"
)

// Assembly checks no bounds, so every argument is checked before a kernel runs.
// A wrong argument is a mistake of the caller and panics, as an index out of
// range does.

// checkSpan panics unless a slice of have floats has room for count pieces of
// width floats that stand stride apart. count is at least 1.
func checkSpan(name string, have, count, stride, width int) {
	// In double width, so that no product wraps around.
	hi, lo := bits.Mul(uint(count-1), uint(stride))
	if stride < 0 || width < 0 || width > have || hi != 0 || lo > uint(have-width) {
		panic(fmt.Sprintf("kernels: %s holds %d floats, too few for %d × %d that stand %d apart",
			name, have, count, width, stride))
	}
}

// checkColumns panics unless m is a whole packed matrix with columns
// [from, to).
func (m *Matrix) checkColumns(from, to int) {
	if m.Half != nil {
		m.checkShape(len(m.Half))
	} else {
		m.checkShape(len(m.Data))
	}
	if from < 0 || from > to || to > m.Depth {
		panic(fmt.Sprintf("kernels: columns [%d, %d) of a matrix with %d", from, to, m.Depth))
	}
}

// checkShape panics unless m has the shape of a packed matrix of that many
// weights or fewer.
func (m *Matrix) checkShape(weights int) {
	if m.Rows < 0 || m.Rows%Lanes != 0 || m.Tile != TileRows && (m.Tile != 3*Lanes || m.Rows%(3*Lanes) != 0) {
		panic(fmt.Sprintf("kernels: matrix of %d rows in tiles of %d; a tile has 32 rows, or 24 in a matrix of a multiple of 24",
			m.Rows, m.Tile))
	}
	if m.Depth < 0 {
		panic(fmt.Sprintf("kernels: matrix with depth %d", m.Depth))
	}
	if hi, lo := bits.Mul(uint(m.Rows), uint(m.Depth)); hi != 0 || lo > uint(weights) {
		panic(fmt.Sprintf("kernels: matrix holds %d weights, too few for %d × %d", weights, m.Rows, m.Depth))
	}
}

// prefix returns the first n elements of s. Unlike a slice expression, it does
// not reach beyond the length of s into its capacity.
func prefix(s []float32, n int) []float32 { return s[:len(s):len(s)][:n] }

// checkUnits panics unless n, a number of units, is a multiple of [Lanes].
func checkUnits(n int) {
	if n%Lanes != 0 {
		panic(fmt.Sprintf("kernels: %d units, not padded to a multiple of %d", n, Lanes))
	}
}
