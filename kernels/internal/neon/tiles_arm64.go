//go:build !purego

package neon

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

// tiles8 and its like do the work of Tiles for tiles of 8, 16, 24 and 32 rows.
// depth and ntiles are at least 1.

//go:noescape
func tiles8(acc, w *float32, stride int, x *float32, depth, ntiles int)

//go:noescape
func tiles16(acc, w *float32, stride int, x *float32, depth, ntiles int)

//go:noescape
func tiles24(acc, w *float32, stride int, x *float32, depth, ntiles int)

//go:noescape
func tiles32(acc, w *float32, stride int, x *float32, depth, ntiles int)
