//go:build !purego

package avx2

const (
	lanes    = 8
	tileRows = 32
)

type tilesKernel func(acc, w *float32, stride int, x *float32, depth, blocks int)

// tiles holds the kernel for a number of vectors of rows and of tiles, each
// less 1.
var tiles = [4][]tilesKernel{
	{tiles8x1},
	{tiles16x1},
	{tiles24x1, tiles24x2, tiles24x3, tiles24x4},
	{tiles32x1, tiles32x2, tiles32x3},
}

// Tiles is generic.Tiles.
func Tiles(acc []float32, w []float32, tileStride, ntiles, rows int, x []float32, depth int) {
	if depth == 0 || ntiles == 0 {
		return
	}
	kernels := tiles[rows/lanes-1]
	narrow, nnarrow, nwide := split(ntiles, len(kernels))
	if nwide > 0 {
		kernels[narrow](&acc[0], &w[0], tileStride, &x[0], depth, nwide)
		done := nwide * (narrow + 1)
		acc, w = acc[done*tileRows:], w[done*tileStride:]
	}
	kernels[narrow-1](&acc[0], &w[0], tileStride, &x[0], depth, nnarrow)
}
