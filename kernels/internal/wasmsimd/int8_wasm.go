//go:build wasmsimd && !purego

package wasmsimd

import (
	"unsafe"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// Quantize is generic.Quantize.
func (s Set) Quantize(dst []int8, src []float32, inverse float32) (nan bool) {
	n := len(src) / vector
	if n > 0 {
		nan = quantize(s, &dst[0], &src[0], int32(n), inverse) != 0
	}
	return generic.Quantize(dst[n*vector:], src[n*vector:], inverse) || nan
}

// LinearInt8 is generic.LinearInt8.
func (s Set) LinearInt8(dst, start []float32, w []int8, stride, rows, ntiles int, _ []int32, scale []float32, step float32, x []int8, reverse bool) {
	if ntiles > 0 {
		t, forward := order(ntiles, reverse)
		linearInt8(s, &dst[t*tileRows], &start[t*tileRows], unsafe.SliceData(w[t*stride:]), forward*int32(stride), int32(rows), int32(ntiles), forward*4*tileRows,
			&scale[t*rows], forward*4*int32(rows), step, unsafe.SliceData(x), int32(len(x)/4))
	}
}

//go:wasmimport rnnrun quantize
//go:noescape
func quantize(s Set, dst *int8, src *float32, vectors int32, inverse float32) (nan int32)

//go:wasmimport rnnrun linear_int8
//go:noescape
func linearInt8(s Set, dst, start *float32, w *int8, stride, rows, tiles, forward int32, scale *float32, forwardScale int32, step float32, x *int8, groups int32)
