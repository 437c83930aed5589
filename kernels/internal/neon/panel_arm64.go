//go:build !purego

package neon

// A panel is packed if its rows stand at least packStride apart, enough columns
// share the cost, packCols or more, and the rows are too many for the few ways
// of a cache: packMin or more. At most they are packDepth.
const (
	packStride = 256
	packCols   = 64
	packMin    = 64
	packDepth  = 128
)

// Panel is generic.Panel.
func Panel(acc []float32, ldacc int, start []float32, ldstart int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int) {
	if depth == 0 || cols == 0 {
		return
	}
	if ldw >= packStride && cols >= packCols && packMin <= depth && depth <= packDepth {
		packedPanel(acc, ldacc, start, ldstart, w, ldw, rows, x, ldx, incx, depth, cols)
		return
	}
	panel(&acc[0], ldacc, &start[0], ldstart, &w[0], ldw, rows, &x[0], ldx, incx, depth, cols)
}

// packedPanel copies w first, so that its rows stand side by side. Rows that
// stand far apart, often by a power of two, would drive each other from the
// cache while all columns pass over them. It is a function of its own because
// its frame is large.
//
//go:noinline
func packedPanel(acc []float32, ldacc int, start []float32, ldstart int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int) {
	var packed [packDepth * tileRows]float32
	for k := range depth {
		copy(packed[k*rows:][:rows], w[k*ldw:])
	}
	panel(&acc[0], ldacc, &start[0], ldstart, &packed[0], rows, rows, &x[0], ldx, incx, depth, cols)
}

// A panel of binary16 weights is widened in parts: of few columns in small ones,
// whose memory takes less time to clear.
const (
	widenCols  = 16
	widenDepth = 32
)

// PanelHalf is generic.PanelHalf.
func PanelHalf(acc []float32, ldacc int, start []float32, ldstart int, w []uint16, rows int, x []float32, ldx, depth, cols int) {
	if cols < widenCols {
		widenedParts(acc, ldacc, start, ldstart, w, rows, x, ldx, depth, cols)
	} else {
		widenedPanel(acc, ldacc, start, ldstart, w, rows, x, ldx, depth, cols)
	}
}

// widenedParts and widenedPanel are functions of their own because their frames are
// large.
//
//go:noinline
func widenedParts(acc []float32, ldacc int, start []float32, ldstart int, w []uint16, rows int, x []float32, ldx, depth, cols int) {
	var wide [widenDepth * tileRows]float32
	for k := 0; k < depth; k += widenDepth {
		d := min(widenDepth, depth-k)
		widen(&wide[0], &w[k*rows], d*rows)
		panel(&acc[0], ldacc, &start[0], ldstart, &wide[0], rows, rows, &x[k], ldx, 1, d, cols)
		start, ldstart = acc, ldacc
	}
}

//go:noinline
func widenedPanel(acc []float32, ldacc int, start []float32, ldstart int, w []uint16, rows int, x []float32, ldx, depth, cols int) {
	var wide [packDepth * tileRows]float32
	widen(&wide[0], &w[0], depth*rows)
	panel(&acc[0], ldacc, &start[0], ldstart, &wide[0], rows, rows, &x[0], ldx, 1, depth, cols)
}

func panel(acc *float32, ldacc int, start *float32, ldstart int, w *float32, ldw, rows int, x *float32, ldx, incx, depth, cols int) {
	switch rows {
	case 8:
		panel8(acc, ldacc, start, ldstart, w, ldw, x, ldx, incx, depth, cols)
	case 16:
		panel16(acc, ldacc, start, ldstart, w, ldw, x, ldx, incx, depth, cols)
	case 24:
		panel24(acc, ldacc, start, ldstart, w, ldw, x, ldx, incx, depth, cols)
	case 32:
		panel32(acc, ldacc, start, ldstart, w, ldw, x, ldx, incx, depth, cols)
	}
}

// panel8 and its like do the work of Panel for panels of 8, 16, 24 and 32 rows.
// depth and cols are at least 1.

//go:noescape
func panel8(acc *float32, ldacc int, start *float32, ldstart int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)

//go:noescape
func panel16(acc *float32, ldacc int, start *float32, ldstart int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)

//go:noescape
func panel24(acc *float32, ldacc int, start *float32, ldstart int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)

//go:noescape
func panel32(acc *float32, ldacc int, start *float32, ldstart int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)
