//go:build wasmsimd && !purego

package wasmsimd

import "unsafe"

// Linear is generic.Linear.
func (s Set) Linear(dst, start, w []float32, stride int, x, h []float32, reverse bool) {
	if n := len(dst) / tileRows; n > 0 {
		t, forward := order(n, reverse)
		linear(s, &dst[t*tileRows], &start[t*tileRows], unsafe.SliceData(w[t*stride:]), forward*4*int32(stride), tileRows, int32(n), forward*4*tileRows,
			unsafe.SliceData(x), int32(len(x)), unsafe.SliceData(h), int32(len(h)))
	}
}

// LinearTail is generic.LinearTail.
func (s Set) LinearTail(dst, start, w []float32, stride int, last, x, h []float32) {
	full := len(dst) / tileRows * tileRows
	s.Linear(dst[:full], start, w, stride, x, h, false)
	linear(s, &dst[full], &start[full], unsafe.SliceData(last), 0, int32(len(dst)-full), 1, 0,
		unsafe.SliceData(x), int32(len(x)), unsafe.SliceData(h), int32(len(h)))
}

// LSTMStep is generic.LSTMStep.
func (s Set) LSTMStep(next, c, start, w []float32, stride int, x, h []float32, reverse bool) {
	if n := len(next) / lanes; n > 0 {
		t, forward := order(n, reverse)
		lstmStep(s, &next[t*lanes], &c[t*lanes], &start[t*tileRows], unsafe.SliceData(w[t*stride:]), forward*4*int32(stride), int32(n), forward*4*lanes,
			unsafe.SliceData(x), int32(len(x)), unsafe.SliceData(h), int32(len(h)))
	}
}

// GRUStep is generic.GRUStep.
func (s Set) GRUStep(next, h, start, w []float32, stride int, x []float32, hidden int, reverse bool) {
	if n := len(next) / lanes; n > 0 {
		t, forward := order(n, reverse)
		gruStep(s, &next[t*lanes], &h[t*lanes], &start[t*tileRows], unsafe.SliceData(w[t*stride:]), forward*4*int32(stride), int32(n), forward*4*lanes,
			unsafe.SliceData(x), int32(len(x)), &h[0], int32(hidden))
	}
}

// Panel is generic.Panel.
func (s Set) Panel(acc []float32, ldacc int, start []float32, ldstart int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int) {
	if depth > 0 && cols > 0 {
		if &acc[0] != &start[0] {
			for c := range cols {
				copy(acc[c*ldacc:][:rows], start[c*ldstart:])
			}
		}
		panel(s, &acc[0], 4*int32(ldacc), &w[0], 4*int32(ldw), int32(rows), &x[0], 4*int32(ldx), 4*int32(incx), int32(depth), int32(cols))
	}
}

//go:wasmimport rnnrun linear
//go:noescape
func linear(s Set, dst, start, w *float32, stride, rows, tiles, forward int32, x *float32, inputs int32, h *float32, hidden int32)

//go:wasmimport rnnrun lstm_step
//go:noescape
func lstmStep(s Set, next, c, start, w *float32, stride, tiles, forward int32, x *float32, inputs int32, h *float32, hidden int32)

//go:wasmimport rnnrun gru_step
//go:noescape
func gruStep(s Set, next, before, start, w *float32, stride, tiles, forward int32, x *float32, inputs int32, h *float32, hidden int32)

//go:wasmimport rnnrun panel
//go:noescape
func panel(s Set, acc *float32, ldacc int32, w *float32, ldw, rows int32, x *float32, ldx, incx, depth, cols int32)
