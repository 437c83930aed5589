//go:build !purego

package rvv

import (
	"unsafe"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

const (
	lanes    = 8
	tileRows = 32
)

// Linear is generic.Linear.
func Linear(dst, start, w []float32, stride int, x, h []float32, reverse bool) {
	for t := range generic.Tiles(len(dst)/tileRows, reverse) {
		tile(dst[t*tileRows:][:tileRows], start[t*tileRows:], w[t*stride:], x, h)
	}
}

// LinearTail is generic.LinearTail.
func LinearTail(dst, start, w []float32, stride int, last, x, h []float32) {
	full := len(dst) / tileRows
	for t := range full {
		tile(dst[t*tileRows:][:tileRows], start[t*tileRows:], w[t*stride:], x, h)
	}
	tile(dst[full*tileRows:], start[full*tileRows:], last, x, h)
}

// LSTMStep is generic.LSTMStep.
func LSTMStep(next, c, start, w []float32, stride int, x, h []float32, reverse bool) {
	var acc [tileRows]float32
	for t := range generic.Tiles(len(next)/lanes, reverse) {
		tile(acc[:], start[t*tileRows:], w[t*stride:], x, h)
		c := c[t*lanes:]
		LSTM(next[t*lanes:][:lanes], c, c, acc[:])
	}
}

// GRUStep is generic.GRUStep.
func GRUStep(next, h, start, w []float32, stride int, x []float32, hidden int, reverse bool) {
	const rows = 3 * lanes
	var acc [tileRows]float32
	for t := range generic.Tiles(len(next)/lanes, reverse) {
		copy(acc[:], start[t*tileRows:])
		w := w[t*stride:]
		tile(acc[:rows], acc[:], w, x, nil)
		tile(acc[lanes:], acc[lanes:], w[len(x)*rows:], h[:hidden], nil)
		GRU(next[t*lanes:][:lanes], h[t*lanes:], acc[:])
	}
}

// Panel is generic.Panel.
func Panel(acc []float32, ldacc int, start []float32, ldstart int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int) {
	if depth > 0 && cols > 0 {
		panel(&acc[0], ldacc, &start[0], ldstart, &w[0], ldw, rows, &x[0], ldx, incx, depth, cols)
	}
}

// tile sets the sums of one tile of len(dst) rows.
func tile(dst, start, w, x, h []float32) {
	rows := len(dst)
	chains(&dst[0], &start[0], unsafe.SliceData(w), rows, rows, unsafe.SliceData(x), 1, len(x))
	if len(h) > 0 {
		chains(&dst[0], &dst[0], &w[len(x)*rows], rows, rows, &h[0], 1, len(h))
	}
}

// chains continues the sums of rows that stand side by side: 8, 16, 24 or 32 of
// them.
//
//	for r := range rows {
//		dst[r] = start[r]
//		for k := range depth {
//			dst[r] = fma(w[k*ldw+r], x[k*incx], dst[r])
//		}
//	}
//
//go:noescape
func chains(dst, start, w *float32, ldw, rows int, x *float32, incx, depth int)

// panel does the work of Panel. There is a column at least, and a vector.
//
//go:noescape
func panel(acc *float32, ldacc int, start *float32, ldstart int, w *float32, ldw, rows int, x *float32, ldx, incx, depth, cols int)
