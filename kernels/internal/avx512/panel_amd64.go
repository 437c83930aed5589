//go:build !purego

package avx512

// A panel is packed if its rows stand at least packStride apart and enough
// columns share the cost: packCols or more. It has at most packDepth × packRows
// weights.
const (
	packStride = 256
	packCols   = 64
	packDepth  = 128
	packRows   = 32
)

// Panel is generic.Panel.
func Panel(acc []float32, ldacc int, start []float32, ldstart int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int) {
	if depth == 0 || cols == 0 {
		return
	}
	if ldw >= packStride && cols >= packCols && depth <= packDepth {
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
	var packed [packDepth * packRows]float32
	pack(&packed[0], &w[0], ldw, rows, depth)
	panel(&acc[0], ldacc, &start[0], ldstart, &packed[0], rows, rows, &x[0], ldx, incx, depth, cols)
}

// PanelHalf is generic.PanelHalf. The weights are widened for each block of columns, since
// the sums leave the time for it.
func PanelHalf(acc []float32, ldacc int, start []float32, ldstart int, w []uint16, rows int, x []float32, ldx, depth, cols int) {
	if depth == 0 || cols == 0 {
		return
	}
	switch rows {
	case 8:
		panelHalf8(&acc[0], ldacc, &start[0], ldstart, &w[0], rows, &x[0], ldx, 1, depth, cols)
	case 16:
		panelHalf16(&acc[0], ldacc, &start[0], ldstart, &w[0], rows, &x[0], ldx, 1, depth, cols)
	case 24:
		panelHalf24(&acc[0], ldacc, &start[0], ldstart, &w[0], rows, &x[0], ldx, 1, depth, cols)
	case 32:
		panelHalf32(&acc[0], ldacc, &start[0], ldstart, &w[0], rows, &x[0], ldx, 1, depth, cols)
	}
}

// PanelPair is generic.Panel for two tiles of 24 rows, whose weights stand wnext apart,
// their sums next and what these start with startNext.
func PanelPair(acc []float32, ldacc, next int, start []float32, ldstart, startNext int, w []float32, wnext int, x []float32, ldx, depth, cols int) {
	if depth > 0 && cols > 0 {
		panelPair(&acc[0], ldacc, next, &start[0], ldstart, startNext, &w[0], wnext, &x[0], ldx, depth, cols)
	}
}

// PanelPairHalf is generic.PanelHalf, as [PanelPair] is generic.Panel.
func PanelPairHalf(acc []float32, ldacc, next int, start []float32, ldstart, startNext int, w []uint16, wnext int, x []float32, ldx, depth, cols int) {
	if depth > 0 && cols > 0 {
		panelPairHalf(&acc[0], ldacc, next, &start[0], ldstart, startNext, &w[0], wnext, &x[0], ldx, depth, cols)
	}
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

func pack(dst, src *float32, ld, rows, depth int) {
	switch rows {
	case 8:
		pack8(dst, src, ld, depth)
	case 16:
		pack16(dst, src, ld, depth)
	case 24:
		pack24(dst, src, ld, depth)
	case 32:
		pack32(dst, src, ld, depth)
	}
}
