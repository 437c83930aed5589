//go:build !purego

package vfpv4

import (
	"unsafe"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// Quantize is generic.Quantize.
func Quantize(dst []int8, src []float32, inverse float32) (nan bool) {
	n := len(src) &^ 7
	if n > 0 {
		nan = quantize(&dst[0], &src[0], n, inverse)
	}
	return generic.Quantize(dst[n:], src[n:], inverse) || nan
}

// LinearInt8 is generic.LinearInt8.
func LinearInt8(dst, start []float32, w []int8, stride, rows, ntiles int, _ []int32, scale []float32, step float32, x []int8, reverse bool) {
	for t := range generic.Tiles(ntiles, reverse) {
		linearInt8(&dst[t*tileRows], &start[t*tileRows], unsafe.SliceData(w[t*stride:]), rows, &scale[t*rows], step, unsafe.SliceData(x), len(x)/4)
	}
}

// quantize does the work of Quantize for n floats, a multiple of 8 and at least that.
//
//go:noescape
func quantize(dst *int8, src *float32, n int, inverse float32) (nan bool)

// linearInt8 does the work of LinearInt8 for one tile.
//
//go:noescape
func linearInt8(dst, start *float32, w *int8, rows int, scale *float32, step float32, x *int8, groups int)
