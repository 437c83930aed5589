//go:build !purego

package neon

import (
	"rnnrun/kernels/internal/generic"
)

// A step takes two tiles at a time, so that there are chains enough to hide the
// latency of an FMLA: their sums stand in a few lines of the first-level cache
// from the bias to the new state.
const (
	together = 2
	lanes    = 8
	tileRows = 32
)

// eachGroup calls do for the tiles [t, t+n), a group at a time.
func eachGroup(tiles int, reverse bool, do func(t, n int)) {
	for first := 0; first < tiles; first += together {
		n := min(together, tiles-first)
		if t := tiles - first - n; reverse {
			do(t, n)
		} else {
			do(first, n)
		}
	}
}

// add adds the products of n tiles of rows with x and h to sums that stand 32
// apart.
func add(acc []float32, w []float32, stride, n, rows int, x, h []float32) {
	if len(x) > 0 {
		tiles(&acc[0], &w[0], stride, rows, x, n)
	}
	if len(h) > 0 {
		tiles(&acc[0], &w[len(x)*rows], stride, rows, h, n)
	}
}

func tiles(acc, w *float32, stride, rows int, x []float32, n int) {
	switch rows {
	case 8:
		tiles8(acc, w, stride, &x[0], len(x), n)
	case 16:
		tiles16(acc, w, stride, &x[0], len(x), n)
	case 24:
		tiles24(acc, w, stride, &x[0], len(x), n)
	case 32:
		tiles32(acc, w, stride, &x[0], len(x), n)
	}
}

// addHalf is add for binary16 weights, a few columns at a time.
func addHalf(acc []float32, w []uint16, stride, n, rows int, x, h []float32) {
	const columns = 16
	var wide [together * columns * tileRows]float32
	column := 0
	for _, v := range [...][]float32{x, h} {
		for len(v) > 0 {
			k := min(columns, len(v))
			for t := range n {
				widen(&wide[t*columns*rows], &w[t*stride+column*rows], k*rows)
			}
			tiles(&acc[0], &wide[0], columns*rows, rows, v[:k], n)
			v, column = v[k:], column+k
		}
	}
}

func copyUnless(dst, start []float32) {
	if &dst[0] != &start[0] {
		copy(dst, start)
	}
}

// Linear is generic.Linear.
func Linear(dst, start, w []float32, stride int, x, h []float32, reverse bool) {
	copyUnless(dst, start)
	eachGroup(len(dst)/tileRows, reverse, func(t, n int) {
		add(dst[t*tileRows:], w[t*stride:], stride, n, tileRows, x, h)
	})
}

// LinearHalf is generic.Linear.
func LinearHalf(dst, start []float32, w []uint16, stride int, x, h []float32, reverse bool) {
	copyUnless(dst, start)
	eachGroup(len(dst)/tileRows, reverse, func(t, n int) {
		addHalf(dst[t*tileRows:], w[t*stride:], stride, n, tileRows, x, h)
	})
}

// LinearTail is generic.LinearTail.
func LinearTail(dst, start, w []float32, stride int, last, x, h []float32) {
	copyUnless(dst, start)
	full := len(dst) / tileRows
	if full > 0 {
		add(dst, w, stride, full, tileRows, x, h)
	}
	add(dst[full*tileRows:], last, 0, 1, len(dst)%tileRows, x, h)
}

// LinearTailHalf is generic.LinearTail.
func LinearTailHalf(dst, start []float32, w []uint16, stride int, last []uint16, x, h []float32) {
	copyUnless(dst, start)
	full := len(dst) / tileRows
	if full > 0 {
		addHalf(dst, w, stride, full, tileRows, x, h)
	}
	addHalf(dst[full*tileRows:], last, 0, 1, len(dst)%tileRows, x, h)
}

// LSTMStep is generic.LSTMStep.
func LSTMStep(next, c, start, w []float32, stride int, x, h []float32, reverse bool) {
	eachGroup(len(next)/lanes, reverse, func(t, n int) {
		var acc [together * tileRows]float32
		copy(acc[:], start[t*tileRows:][:n*tileRows])
		add(acc[:], w[t*stride:], stride, n, tileRows, x, h)
		state := c[t*lanes:][:n*lanes]
		LSTM(next[t*lanes:][:n*lanes], state, state, acc[:n*tileRows])
	})
}

// LSTMStepHalf is generic.LSTMStep.
func LSTMStepHalf(next, c, start []float32, w []uint16, stride int, x, h []float32, reverse bool) {
	eachGroup(len(next)/lanes, reverse, func(t, n int) {
		var acc [together * tileRows]float32
		copy(acc[:], start[t*tileRows:][:n*tileRows])
		addHalf(acc[:], w[t*stride:], stride, n, tileRows, x, h)
		state := c[t*lanes:][:n*lanes]
		LSTM(next[t*lanes:][:n*lanes], state, state, acc[:n*tileRows])
	})
}

// GRUStep is generic.GRUStep.
func GRUStep(next, h, start, w []float32, stride int, x []float32, hidden int, reverse bool) {
	const rows = 3 * lanes
	eachGroup(len(next)/lanes, reverse, func(t, n int) {
		var acc [together * tileRows]float32
		copy(acc[:], start[t*tileRows:][:n*tileRows])
		w := w[t*stride:]
		add(acc[:], w, stride, n, rows, x, nil)
		if hidden > 0 {
			add(acc[lanes:], w[len(x)*rows:], stride, n, rows, h[:hidden], nil)
		}
		GRU(next[t*lanes:][:n*lanes], h[t*lanes:][:n*lanes], acc[:n*tileRows])
	})
}

// GRUStepHalf is generic.GRUStep.
func GRUStepHalf(next, h, start []float32, w []uint16, stride int, x []float32, hidden int, reverse bool) {
	const rows = 3 * lanes
	eachGroup(len(next)/lanes, reverse, func(t, n int) {
		var acc [together * tileRows]float32
		copy(acc[:], start[t*tileRows:][:n*tileRows])
		w := w[t*stride:]
		addHalf(acc[:], w, stride, n, rows, x, nil)
		if hidden > 0 {
			addHalf(acc[lanes:], w[len(x)*rows:], stride, n, rows, h[:hidden], nil)
		}
		GRU(next[t*lanes:][:n*lanes], h[t*lanes:][:n*lanes], acc[:n*tileRows])
	})
}

// Widen is generic.Widen.
func Widen(dst []float32, src []uint16) {
	n := len(dst) &^ 7
	if n > 0 {
		widen(&dst[0], &src[0], n)
	}
	generic.Widen(dst[n:], src[n:])
}

// PanelHalf is generic.PanelHalf. It is a function of its own because its frame
// is large.
//
//go:noinline
func PanelHalf(acc []float32, ldacc int, w []uint16, rows int, x []float32, ldx, depth, cols int) {
	var wide [128 * tileRows]float32
	widen(&wide[0], &w[0], depth*rows)
	Panel(acc, ldacc, wide[:], rows, rows, x, ldx, 1, depth, cols)
}

// widen does the work of Widen for n numbers, a multiple of 8 and at least that.
//
//go:noescape
func widen(dst *float32, src *uint16, n int)
