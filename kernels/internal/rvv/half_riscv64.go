//go:build !purego

package rvv

import (
	"unsafe"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// Weights of binary16 are widened a few columns at a time for the products with many
// vectors, so that they stay in the first-level cache.
const widenColumns = 16

// LinearHalf is generic.Linear.
func LinearHalf(dst, start []float32, w []uint16, stride int, x, h []float32, reverse bool) {
	for t := range generic.Tiles(len(dst)/tileRows, reverse) {
		tileHalf(dst[t*tileRows:][:tileRows], start[t*tileRows:], w[t*stride:], x, h)
	}
}

// LinearTailHalf is generic.LinearTail.
func LinearTailHalf(dst, start []float32, w []uint16, stride int, last []uint16, x, h []float32) {
	full := len(dst) / tileRows
	for t := range full {
		tileHalf(dst[t*tileRows:][:tileRows], start[t*tileRows:], w[t*stride:], x, h)
	}
	tileHalf(dst[full*tileRows:], start[full*tileRows:], last, x, h)
}

// LSTMStepHalf is generic.LSTMStep.
func LSTMStepHalf(next, c, start []float32, w []uint16, stride int, x, h []float32, reverse bool) {
	var acc [tileRows]float32
	for t := range generic.Tiles(len(next)/lanes, reverse) {
		tileHalf(acc[:], start[t*tileRows:], w[t*stride:], x, h)
		c := c[t*lanes:]
		LSTM(next[t*lanes:][:lanes], c, c, acc[:])
	}
}

// GRUStepHalf is generic.GRUStep.
func GRUStepHalf(next, h, start []float32, w []uint16, stride int, x []float32, hidden int, reverse bool) {
	const rows = 3 * lanes
	var acc [tileRows]float32
	for t := range generic.Tiles(len(next)/lanes, reverse) {
		copy(acc[:], start[t*tileRows:])
		w := w[t*stride:]
		tileHalf(acc[:rows], acc[:], w, x, nil)
		tileHalf(acc[lanes:], acc[lanes:], w[len(x)*rows:], h[:hidden], nil)
		GRU(next[t*lanes:][:lanes], h[t*lanes:], acc[:])
	}
}

// PanelHalf is generic.PanelHalf.
func PanelHalf(acc []float32, ldacc int, start []float32, ldstart int, w []uint16, rows int, x []float32, ldx, depth, cols int) {
	var wide [widenColumns * tileRows]float32
	for k := 0; k < depth; k += widenColumns {
		n := min(widenColumns, depth-k)
		Widen(wide[:n*rows], w[k*rows:])
		Panel(acc, ldacc, start, ldstart, wide[:], rows, rows, x[k:], ldx, 1, n, cols)
		start, ldstart = acc, ldacc
	}
}

// tileHalf sets the sums of one tile of len(dst) rows.
func tileHalf(dst, start []float32, w []uint16, x, h []float32) {
	rows := len(dst)
	chainsHalf(&dst[0], &start[0], unsafe.SliceData(w), rows, unsafe.SliceData(x), len(x))
	if len(h) > 0 {
		chainsHalf(&dst[0], &dst[0], &w[len(x)*rows], rows, &h[0], len(h))
	}
}

// chainsHalf continues the sums of rows as chains does, with weights that stand side by
// side.
//
//	for r := range rows {
//		dst[r] = start[r]
//		for k := range depth {
//			dst[r] = fma(widen(w[k*rows+r]), x[k], dst[r])
//		}
//	}
//
//go:noescape
func chainsHalf(dst, start *float32, w *uint16, rows int, x *float32, depth int)

// Widen is generic.Widen.
//
//go:noescape
func Widen(dst []float32, src []uint16)
