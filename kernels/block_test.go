package kernels_test

import (
	"testing"

	"github.com/rnnrun/rnnrun/kernels"
)

// maxBlocks is enough tiles or vectors for two whole blocks of any set and a
// rest of any size.
const maxBlocks = 40

// TestEveryNumberOfTiles and TestEveryNumberOfVectors hold in short tests too:
// kernels take tiles and vectors in blocks, and a block of each size is code of
// its own.
func TestEveryNumberOfTiles(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		const depth = 3
		x := make([]float32, depth)
		r.weights(x)
		for _, tile := range []int{24, 32} {
			for tiles := 1; tiles <= maxBlocks; tiles++ {
				m := newMatrix(tiles*tile, depth, tile)
				r.weights(m.Data)
				expected := make([]float32, tiles*kernels.TileRows)
				r.corners(expected)
				got := append([]float32(nil), expected...)
				want.Product(expected, 0, m, 0, depth, x, 0, 1)
				s.Product(got, 0, m, 0, depth, x, 0, 1)
				requireBits(t, expected, got, "%d tiles of %d", tiles, tile)
			}
		}
	})
}

func TestEveryNumberOfVectors(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		const depth = 3
		for _, rows := range []int{8, 16, 24, 32} {
			for n := 1; n <= maxBlocks; n++ {
				m := newMatrix(rows, depth, 32)
				r.weights(m.Data)
				expected, x := make([]float32, n*rows), make([]float32, n*depth)
				r.corners(expected)
				r.weights(x)
				got := append([]float32(nil), expected...)
				want.Product(expected, rows, m, 0, depth, x, depth, n)
				s.Product(got, rows, m, 0, depth, x, depth, n)
				requireBits(t, expected, got, "%d rows, %d vectors", rows, n)

				gram, gotGram := newMatrix(rows, n, 32), newMatrix(rows, n, 32)
				r.weights(gram.Data)
				copy(gotGram.Data, gram.Data)
				d := make([]float32, depth*rows)
				r.weights(d)
				want.Gram(gram, 0, n, d, rows, rows, x, n, depth)
				s.Gram(gotGram, 0, n, d, rows, rows, x, n, depth)
				requireBits(t, gram.Data, gotGram.Data, "%d rows, %d columns", rows, n)
			}
		}
	})
}
