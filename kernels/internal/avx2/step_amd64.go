//go:build !purego

package avx2

import (
	"unsafe"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// Steps of prepared arguments: generic.Linear with an activation, or
// generic.LinearTail if LastRows is not 0, generic.LSTMStep and
// generic.GRUStep.

func LinearArgs(a *generic.Args)     { linear((*byte)(unsafe.Pointer(a))) }
func LinearHalfArgs(a *generic.Args) { linearHalf((*byte)(unsafe.Pointer(a))) }
func LSTMArgs(a *generic.Args)       { lstmStep((*byte)(unsafe.Pointer(a))) }
func LSTMHalfArgs(a *generic.Args)   { lstmStepHalf((*byte)(unsafe.Pointer(a))) }
func GRUArgs(a *generic.Args)        { gruStep((*byte)(unsafe.Pointer(a))) }
func GRUHalfArgs(a *generic.Args)    { gruStepHalf((*byte)(unsafe.Pointer(a))) }

// The same for float32 weights that the third-level cache holds, and not the second.

func LSTMFarArgs(a *generic.Args) { lstmStepFar((*byte)(unsafe.Pointer(a))) }
func GRUFarArgs(a *generic.Args)  { gruStepFar((*byte)(unsafe.Pointer(a))) }

func LinearFarArgs(a *generic.Args) {
	if a.LastRows != 0 {
		LinearArgs(a) // of three tiles at most
		return
	}
	linearFar((*byte)(unsafe.Pointer(a)))
}

// Linear is generic.Linear.
func Linear(dst, start, w []float32, stride int, x, h []float32, reverse bool) {
	a := linearArgs(dst, start, w, stride, x, h, reverse)
	LinearArgs(&a)
}

// LinearHalf is generic.Linear.
func LinearHalf(dst, start []float32, w []uint16, stride int, x, h []float32, reverse bool) {
	a := linearArgs(dst, start, w, stride, x, h, reverse)
	LinearHalfArgs(&a)
}

// LinearTail is generic.LinearTail.
func LinearTail(dst, start, w []float32, stride int, last, x, h []float32) {
	a := tailArgs(dst, start, w, stride, last, x, h)
	LinearArgs(&a)
}

// LinearTailHalf is generic.LinearTail.
func LinearTailHalf(dst, start []float32, w []uint16, stride int, last []uint16, x, h []float32) {
	a := tailArgs(dst, start, w, stride, last, x, h)
	LinearHalfArgs(&a)
}

// LSTMStep is generic.LSTMStep.
func LSTMStep(next, c, start, w []float32, stride int, x, h []float32, reverse bool) {
	a := lstmArgs(next, c, start, w, stride, x, h, reverse)
	LSTMArgs(&a)
}

// LSTMStepHalf is generic.LSTMStep.
func LSTMStepHalf(next, c, start []float32, w []uint16, stride int, x, h []float32, reverse bool) {
	a := lstmArgs(next, c, start, w, stride, x, h, reverse)
	LSTMHalfArgs(&a)
}

// GRUStep is generic.GRUStep.
func GRUStep(next, h, start, w []float32, stride int, x []float32, hidden int, reverse bool) {
	a := gruArgs(next, h, start, w, stride, x, hidden, reverse)
	GRUArgs(&a)
}

// GRUStepHalf is generic.GRUStep.
func GRUStepHalf(next, h, start []float32, w []uint16, stride int, x []float32, hidden int, reverse bool) {
	a := gruArgs(next, h, start, w, stride, x, hidden, reverse)
	GRUHalfArgs(&a)
}

func linearArgs[W generic.Weight](dst, start []float32, w []W, stride int, x, h []float32, reverse bool) generic.Args {
	a, first := walk(dst, 32, start, w, stride, x, h, reverse)
	a.Next, a.Out = &dst[first*32], &dst[first*32]
	return a
}

func tailArgs[W generic.Weight](dst, start []float32, w []W, stride int, last []W, x, h []float32) generic.Args {
	const tileRows = 32
	a, _ := walk(dst, tileRows, start, w, stride, x, h, false)
	a.Next, a.Out = &dst[0], &dst[0]
	a.Last, a.LastRows = unsafe.Pointer(unsafe.SliceData(last)), len(dst)%tileRows
	return a
}

func lstmArgs[W generic.Weight](next, c, start []float32, w []W, stride int, x, h []float32, reverse bool) generic.Args {
	a, first := walk(next, 8, start, w, stride, x, h, reverse)
	a.Next, a.Out, a.C = &next[first*8], &next[first*8], &c[first*8]
	return a
}

func gruArgs[W generic.Weight](next, h, start []float32, w []W, stride int, x []float32, hidden int, reverse bool) generic.Args {
	a, first := walk(next, 8, start, w, stride, x, h[:hidden], reverse)
	a.Next, a.Out, a.At = &next[first*8], &next[first*8], &h[first*8]
	return a
}

// walk returns the arguments that all steps have, and the tile that comes
// first. A tile has that many of the results.
func walk[W generic.Weight](results []float32, ofTile int, start []float32, w []W, stride int, x, h []float32, reverse bool) (a generic.Args, first int) {
	a = generic.Args{
		UnitStep: ofTile * 4,
		Stride:   stride * int(unsafe.Sizeof(w[0])),
		X:        unsafe.Pointer(unsafe.SliceData(x)),
		Inputs:   len(x),
		H:        unsafe.Pointer(unsafe.SliceData(h)),
		Hidden:   len(h),
		Tiles:    len(results) / ofTile,
	}
	if reverse {
		first = a.Tiles - 1
		a.UnitStep, a.Stride = -a.UnitStep, -a.Stride
	}
	a.Start = &start[first*32]
	a.W = unsafe.Pointer(unsafe.SliceData(w[first*stride:])) // weights may be none
	return a, first
}
