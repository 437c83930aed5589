//go:build !purego

package vfpv4

import "github.com/rnnrun/rnnrun/kernels/internal/generic"

// Weights of binary16 are widened a few columns at a time, so that they stay in the
// first-level cache.
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
		widen(&wide[0], &w[k*rows], n*rows)
		Panel(acc, ldacc, start, ldstart, wide[:], rows, rows, x[k:], ldx, 1, n, cols)
		start, ldstart = acc, ldacc
	}
}

// tileHalf sets the sums of one tile of len(dst) rows.
func tileHalf(dst, start []float32, w []uint16, x, h []float32) {
	copy(dst, start)
	rows := len(dst)
	if len(x) > 0 {
		PanelHalf(dst, rows, dst, rows, w, rows, x, len(x), len(x), 1)
	}
	if len(h) > 0 {
		PanelHalf(dst, rows, dst, rows, w[len(x)*rows:], rows, h, len(h), len(h), 1)
	}
}

// Widen is generic.Widen.
func Widen(dst []float32, src []uint16) {
	n := len(dst) &^ 7
	if n > 0 {
		widen(&dst[0], &src[0], n)
	}
	generic.Widen(dst[n:], src[n:])
}

// widen does the work of Widen for n numbers, a multiple of 8 and at least that.
//
//go:noescape
func widen(dst *float32, src *uint16, n int)
