//go:build !purego

package avx2

import (
	"unsafe"

	"rnnrun/kernels/internal/generic"
)

// Bytes of a tile's units and sums.
const (
	unitBytes = 8 * 4
	sumBytes  = 32 * 4
)

// A walk goes over tiles from the first to the last, or in reverse.
type walk struct {
	first int // tile
	step  int // 1 or -1
}

func newWalk(tiles int, reverse bool) walk {
	if reverse {
		return walk{tiles - 1, -1}
	}
	return walk{0, 1}
}

// weights returns the weights of the first tile. They may be none.
func weights[W generic.Weight](k walk, w []W, stride int) *W {
	return unsafe.SliceData(w[k.first*stride:])
}

// Linear is generic.Linear.
func Linear(dst, start, w []float32, stride int, x, h []float32, reverse bool) {
	n := len(dst) / 32
	k := newWalk(n, reverse)
	linear(&dst[k.first*32], &start[k.first*32], k.step*sumBytes, weights(k, w, stride), k.step*stride*4,
		unsafe.SliceData(x), len(x), unsafe.SliceData(h), len(h), n)
}

// LinearHalf is generic.Linear.
func LinearHalf(dst, start []float32, w []uint16, stride int, x, h []float32, reverse bool) {
	n := len(dst) / 32
	k := newWalk(n, reverse)
	linearHalf(&dst[k.first*32], &start[k.first*32], k.step*sumBytes, weights(k, w, stride), k.step*stride*2,
		unsafe.SliceData(x), len(x), unsafe.SliceData(h), len(h), n)
}

// LSTMStep is generic.LSTMStep.
func LSTMStep(next, c, start []float32, w []float32, stride int, x, h []float32, reverse bool) {
	n := len(next) / 8
	k := newWalk(n, reverse)
	LSTMArgs(&generic.Args{
		Next: &next[k.first*8], Out: &next[k.first*8], C: &c[k.first*8], Start: &start[k.first*32], UnitStep: k.step * unitBytes,
		W: unsafe.Pointer(weights(k, w, stride)), Stride: k.step * stride * 4,
		X: unsafe.SliceData(x), Inputs: len(x), H: unsafe.SliceData(h), Hidden: len(h), Tiles: n,
	})
}

// LSTMArgs is [LSTMStep] with prepared arguments.
func LSTMArgs(a *generic.Args) { lstmStep((*byte)(unsafe.Pointer(a))) }

// LSTMStepHalf is generic.LSTMStep.
func LSTMStepHalf(next, c, start []float32, w []uint16, stride int, x, h []float32, reverse bool) {
	n := len(next) / 8
	k := newWalk(n, reverse)
	LSTMHalfArgs(&generic.Args{
		Next: &next[k.first*8], Out: &next[k.first*8], C: &c[k.first*8], Start: &start[k.first*32], UnitStep: k.step * unitBytes,
		W: unsafe.Pointer(weights(k, w, stride)), Stride: k.step * stride * 2,
		X: unsafe.SliceData(x), Inputs: len(x), H: unsafe.SliceData(h), Hidden: len(h), Tiles: n,
	})
}

// LSTMHalfArgs is [LSTMStepHalf] with prepared arguments.
func LSTMHalfArgs(a *generic.Args) { lstmStepHalf((*byte)(unsafe.Pointer(a))) }

// GRUStep is generic.GRUStep.
func GRUStep(next, h, start []float32, w []float32, stride int, x []float32, hidden int, reverse bool) {
	n := len(next) / 8
	k := newWalk(n, reverse)
	GRUArgs(&generic.Args{
		Next: &next[k.first*8], Out: &next[k.first*8], At: &h[k.first*8], Start: &start[k.first*32], UnitStep: k.step * unitBytes,
		W: unsafe.Pointer(weights(k, w, stride)), Stride: k.step * stride * 4,
		X: unsafe.SliceData(x), Inputs: len(x), H: &h[0], Hidden: hidden, Tiles: n,
	})
}

// GRUArgs is [GRUStep] with prepared arguments.
func GRUArgs(a *generic.Args) { gruStep((*byte)(unsafe.Pointer(a))) }

// GRUStepHalf is generic.GRUStep.
func GRUStepHalf(next, h, start []float32, w []uint16, stride int, x []float32, hidden int, reverse bool) {
	n := len(next) / 8
	k := newWalk(n, reverse)
	GRUHalfArgs(&generic.Args{
		Next: &next[k.first*8], Out: &next[k.first*8], At: &h[k.first*8], Start: &start[k.first*32], UnitStep: k.step * unitBytes,
		W: unsafe.Pointer(weights(k, w, stride)), Stride: k.step * stride * 2,
		X: unsafe.SliceData(x), Inputs: len(x), H: &h[0], Hidden: hidden, Tiles: n,
	})
}

// GRUHalfArgs is [GRUStepHalf] with prepared arguments.
func GRUHalfArgs(a *generic.Args) { gruStepHalf((*byte)(unsafe.Pointer(a))) }

// LinearTail is generic.LinearTail.
func LinearTail(dst, start, w []float32, stride int, last, x, h []float32) {
	tail := linearTail0x8
	switch len(dst) {
	case 16:
		tail = linearTail0x16
	case 24:
		tail = linearTail0x24
	case 32 + 8:
		tail = linearTail1x8
	case 32 + 16:
		tail = linearTail1x16
	case 32 + 24:
		tail = linearTail1x24
	case 64 + 8:
		tail = linearTail2x8
	case 64 + 16:
		tail = linearTail2x16
	case 64 + 24:
		tail = linearTail2x24
	}
	tail(&dst[0], &start[0], unsafe.SliceData(w), stride*4, unsafe.SliceData(last),
		unsafe.SliceData(x), len(x), unsafe.SliceData(h), len(h))
}

// LinearTailHalf is generic.LinearTail.
func LinearTailHalf(dst, start []float32, w []uint16, stride int, last []uint16, x, h []float32) {
	tail := linearTailHalf0x8
	switch len(dst) {
	case 16:
		tail = linearTailHalf0x16
	case 24:
		tail = linearTailHalf0x24
	case 32 + 8:
		tail = linearTailHalf1x8
	case 32 + 16:
		tail = linearTailHalf1x16
	case 32 + 24:
		tail = linearTailHalf1x24
	case 64 + 8:
		tail = linearTailHalf2x8
	case 64 + 16:
		tail = linearTailHalf2x16
	case 64 + 24:
		tail = linearTailHalf2x24
	}
	tail(&dst[0], &start[0], unsafe.SliceData(w), stride*2, unsafe.SliceData(last),
		unsafe.SliceData(x), len(x), unsafe.SliceData(h), len(h))
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
	var wide [packDepth * packRows]float32
	widen(&wide[0], &w[0], depth*rows)
	panel(&acc[0], ldacc, &wide[0], rows, rows, &x[0], ldx, 1, depth, cols)
}
