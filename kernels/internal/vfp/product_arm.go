//go:build !purego

package vfp

import "github.com/rnnrun/rnnrun/kernels/internal/generic"

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
		generic.LSTM(next[t*lanes:][:lanes], c, c, acc[:])
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
		generic.GRU(next[t*lanes:][:lanes], h[t*lanes:], acc[:])
	}
}

// Panel is generic.Panel.
func Panel(acc []float32, ldacc int, start []float32, ldstart int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int) {
	for c := range cols {
		for r := 0; r < rows && depth > 0; r += lanes {
			sums := acc[c*ldacc+r:]
			copy(sums[:lanes], start[c*ldstart+r:])
			chains(sums, w[r:], ldw, x[c*ldx:], incx, depth)
		}
	}
}

// tile sets the sums of one tile of len(dst) rows.
func tile(dst, start, w, x, h []float32) {
	rows := len(dst)
	copy(dst, start)
	Panel(dst, rows, dst, rows, w, rows, rows, x, len(x), 1, len(x), 1)
	if len(h) > 0 {
		Panel(dst, rows, dst, rows, w[len(x)*rows:], rows, rows, h, len(h), 1, len(h), 1)
	}
}

// chains continues the sums of eight neighbouring rows:
//
//	for r := range 8 {
//		for k := range depth {
//			acc[r] = fma(w[k*ldw+r], x[k*incx], acc[r])
//		}
//	}
func chains(acc, w []float32, ldw int, x []float32, incx, depth int) {
	for k := 0; k < depth; k++ {
		w, x := w[k*ldw:], x[k*incx:]
		done := chains8(&acc[0], &w[0], ldw, &x[0], incx, depth-k)
		if done < 0 {
			generic.Panel(acc, 0, acc, 0, w, ldw, lanes, x, 0, incx, depth-k, 1)
			return
		}
		if k += done; k < depth {
			generic.Panel(acc, 0, acc, 0, w[done*ldw:], ldw, lanes, x[done*incx:], 0, incx, 1, 1)
		}
	}
}

// chains8 does the work of chains until a column needs more than float64, and
// returns the number of columns before it. If a sum was so small that it has fewer
// bits than others, it leaves all as it was and returns -1. depth is at least 1.
//
//go:noescape
func chains8(acc, w *float32, ldw int, x *float32, incx, depth int) (done int)
