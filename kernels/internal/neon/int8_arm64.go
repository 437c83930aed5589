//go:build !purego

package neon

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

// An int8Kernel does the work of LinearInt8 for tiles of 8, 16, 24 or 32 rows,
// with strides in bytes from tile to tile: negative if the last one comes
// first. ntiles is at least 1.
type int8Kernel func(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)

// LinearInt8 is generic.LinearInt8.
func LinearInt8(dst, start []float32, w []int8, stride, rows, ntiles int, _ []int32, scale []float32, step float32, x []int8, reverse bool) {
	kernel := linearInt8x32
	switch rows {
	case 8:
		kernel = linearInt8x8
	case 16:
		kernel = linearInt8x16
	case 24:
		kernel = linearInt8x24
	}
	walkInt8(kernel, dst, start, w, stride, rows, ntiles, scale, step, x, reverse)
}

// DotInt8 is generic.LinearInt8 for a CPU with SDOT.
func DotInt8(dst, start []float32, w []int8, stride, rows, ntiles int, _ []int32, scale []float32, step float32, x []int8, reverse bool) {
	kernel := dotInt8x32
	switch rows {
	case 8:
		kernel = dotInt8x8
	case 16:
		kernel = dotInt8x16
	case 24:
		kernel = dotInt8x24
	}
	walkInt8(kernel, dst, start, w, stride, rows, ntiles, scale, step, x, reverse)
}

func walkInt8(kernel int8Kernel, dst, start []float32, w []int8, stride, rows, ntiles int, scale []float32, step float32, x []int8, reverse bool) {
	if ntiles == 0 {
		return
	}
	first, direction := 0, 1
	if reverse {
		first, direction = ntiles-1, -1
	}
	kernel(&dst[first*tileRows], &start[first*tileRows], direction*tileRows*4, unsafe.SliceData(w[first*stride:]), direction*stride,
		&scale[first*rows], direction*rows*4, step, unsafe.SliceData(x), len(x)/4, ntiles)
}

//go:noescape
func quantize(dst *int8, src *float32, n int, inverse float32) (nan bool)

//go:noescape
func linearInt8x8(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)

//go:noescape
func linearInt8x16(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)

//go:noescape
func linearInt8x24(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)

//go:noescape
func linearInt8x32(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)

//go:noescape
func dotInt8x8(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)

//go:noescape
func dotInt8x16(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)

//go:noescape
func dotInt8x24(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)

//go:noescape
func dotInt8x32(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)
