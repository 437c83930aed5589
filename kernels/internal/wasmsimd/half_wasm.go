//go:build wasmsimd && !purego

package wasmsimd

import (
	"unsafe"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// LinearHalf is generic.Linear.
func (s Set) LinearHalf(dst, start []float32, w []uint16, stride int, x, h []float32, reverse bool) {
	if n := len(dst) / tileRows; n > 0 {
		t, forward := order(n, reverse)
		linearHalf(s, &dst[t*tileRows], &start[t*tileRows], unsafe.SliceData(w[t*stride:]), forward*2*int32(stride), tileRows, int32(n), forward*4*tileRows,
			unsafe.SliceData(x), int32(len(x)), unsafe.SliceData(h), int32(len(h)))
	}
}

// LinearTailHalf is generic.LinearTail.
func (s Set) LinearTailHalf(dst, start []float32, w []uint16, stride int, last []uint16, x, h []float32) {
	full := len(dst) / tileRows * tileRows
	s.LinearHalf(dst[:full], start, w, stride, x, h, false)
	linearHalf(s, &dst[full], &start[full], unsafe.SliceData(last), 0, int32(len(dst)-full), 1, 0,
		unsafe.SliceData(x), int32(len(x)), unsafe.SliceData(h), int32(len(h)))
}

// LSTMStepHalf is generic.LSTMStep.
func (s Set) LSTMStepHalf(next, c, start []float32, w []uint16, stride int, x, h []float32, reverse bool) {
	if n := len(next) / lanes; n > 0 {
		t, forward := order(n, reverse)
		lstmStepHalf(s, &next[t*lanes], &c[t*lanes], &start[t*tileRows], unsafe.SliceData(w[t*stride:]), forward*2*int32(stride), int32(n), forward*4*lanes,
			unsafe.SliceData(x), int32(len(x)), unsafe.SliceData(h), int32(len(h)))
	}
}

// GRUStepHalf is generic.GRUStep.
func (s Set) GRUStepHalf(next, h, start []float32, w []uint16, stride int, x []float32, hidden int, reverse bool) {
	if n := len(next) / lanes; n > 0 {
		t, forward := order(n, reverse)
		gruStepHalf(s, &next[t*lanes], &h[t*lanes], &start[t*tileRows], unsafe.SliceData(w[t*stride:]), forward*2*int32(stride), int32(n), forward*4*lanes,
			unsafe.SliceData(x), int32(len(x)), &h[0], int32(hidden))
	}
}

// widenDepth is the greatest depth of PanelHalf.
const widenDepth = 128

// PanelHalf is generic.PanelHalf.
func (s Set) PanelHalf(acc []float32, ldacc int, start []float32, ldstart int, w []uint16, rows int, x []float32, ldx, depth, cols int) {
	var wide [widenDepth * tileRows]float32
	s.Widen(wide[:depth*rows], w)
	s.Panel(acc, ldacc, start, ldstart, wide[:], rows, rows, x, ldx, 1, depth, cols)
}

// Widen is generic.Widen.
func (s Set) Widen(dst []float32, src []uint16) {
	n := len(dst) / vector
	if n > 0 {
		widen(s, &dst[0], &src[0], int32(n))
	}
	generic.Widen(dst[n*vector:], src[n*vector:])
}

//go:wasmimport rnnrun linear_half
//go:noescape
func linearHalf(s Set, dst, start *float32, w *uint16, stride, rows, tiles, forward int32, x *float32, inputs int32, h *float32, hidden int32)

//go:wasmimport rnnrun lstm_step_half
//go:noescape
func lstmStepHalf(s Set, next, c, start *float32, w *uint16, stride, tiles, forward int32, x *float32, inputs int32, h *float32, hidden int32)

//go:wasmimport rnnrun gru_step_half
//go:noescape
func gruStepHalf(s Set, next, before, start *float32, w *uint16, stride, tiles, forward int32, x *float32, inputs int32, h *float32, hidden int32)

//go:wasmimport rnnrun widen
//go:noescape
func widen(s Set, dst *float32, src *uint16, vectors int32)
