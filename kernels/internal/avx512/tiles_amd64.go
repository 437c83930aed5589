//go:build !purego

package avx512

// Tiles is generic.Tiles.
func Tiles(acc []float32, w []float32, tileStride, ntiles, rows int, x []float32, depth int) {
	if depth == 0 || ntiles == 0 {
		return
	}
	switch rows {
	case 8:
		tiles8(&acc[0], &w[0], tileStride, &x[0], depth, ntiles)
	case 16:
		tiles16(&acc[0], &w[0], tileStride, &x[0], depth, ntiles)
	case 24:
		tiles24(&acc[0], &w[0], tileStride, &x[0], depth, ntiles)
	case 32:
		tiles32(&acc[0], &w[0], tileStride, &x[0], depth, ntiles)
	}
}
