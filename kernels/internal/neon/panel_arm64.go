//go:build !purego

package neon

// Panel is generic.Panel.
func Panel(acc []float32, ldacc int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int) {
	if depth == 0 || cols == 0 {
		return
	}
	switch rows {
	case 8:
		panel8(&acc[0], ldacc, &w[0], ldw, &x[0], ldx, incx, depth, cols)
	case 16:
		panel16(&acc[0], ldacc, &w[0], ldw, &x[0], ldx, incx, depth, cols)
	case 24:
		panel24(&acc[0], ldacc, &w[0], ldw, &x[0], ldx, incx, depth, cols)
	case 32:
		panel32(&acc[0], ldacc, &w[0], ldw, &x[0], ldx, incx, depth, cols)
	}
}

// panel8 and its like do the work of Panel for panels of 8, 16, 24 and 32 rows.
// depth and cols are at least 1.

//go:noescape
func panel8(acc *float32, ldacc int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)

//go:noescape
func panel16(acc *float32, ldacc int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)

//go:noescape
func panel24(acc *float32, ldacc int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)

//go:noescape
func panel32(acc *float32, ldacc int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)
