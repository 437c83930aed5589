//go:build !purego

package avx512vnni

import (
	"unsafe"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// Steps of prepared arguments, of int8 weights.

func LinearInt8Args(a *generic.Args) { linearStepInt8((*byte)(unsafe.Pointer(a))) }
func LSTMInt8Args(a *generic.Args)   { lstmStepInt8((*byte)(unsafe.Pointer(a))) }
func GRUInt8Args(a *generic.Args)    { gruStepInt8((*byte)(unsafe.Pointer(a))) }

// LinearInt8 is generic.LinearInt8.
func LinearInt8(dst, start []float32, w []int8, stride, rows, ntiles int, offset []int32, scale []float32, step float32, x []int8, reverse bool) {
	if ntiles == 0 {
		return
	}
	const accStep = 32 * 4
	scaleStep := rows * 4
	accFirst, wFirst, scaleFirst := 0, 0, 0
	acc := accStep
	if reverse {
		last := ntiles - 1
		accFirst, wFirst, scaleFirst = last*32, last*stride, last*rows
		acc, stride, scaleStep = -accStep, -stride, -scaleStep
	}
	linear := linearInt8x32
	switch rows {
	case 8:
		linear = linearInt8x8
	case 16:
		linear = linearInt8x16
	case 24:
		linear = linearInt8x24
	}
	linear(&dst[accFirst], &start[accFirst], acc, unsafe.SliceData(w[wFirst:]), stride, &offset[scaleFirst], &scale[scaleFirst], scaleStep,
		step, unsafe.SliceData(x), len(x)/4, ntiles)
}

// UnsignedInt8 prepares a vector for [PanelInt8]: it sets each number of x, as an
// unsigned one, to that of q plus 128. The length of q is a multiple of 16. Nothing
// is lacking that the offsets of rows do not have.
func UnsignedInt8(x, q []int8) (lacking int32) {
	if len(q) > 0 {
		unsignedInt8(&x[0], &q[0], len(q)/16)
	}
	return 0
}

// QuantizeUnsigned is generic.Quantize and then [UnsignedInt8]. Zeros follow src in a
// block of 16 numbers that it does not fill.
func QuantizeUnsigned(x []int8, src []float32, inverse float32) (lacking int32, nan bool) {
	const block = 16
	n := len(src) &^ (block - 1)
	if n > 0 {
		nan = quantizeUnsigned(&x[0], &src[0], n/block, inverse)
	}
	if n < len(src) {
		var rest [block]float32
		copy(rest[:], src[n:])
		nan = quantizeUnsigned(&x[n], &rest[0], 1, inverse) || nan
	}
	return 0, nan
}

// PanelInt8 is generic.PanelInt8 of vectors that [UnsignedInt8] prepared: the sums of
// rows begin with their offsets, as in [LinearInt8].
func PanelInt8(acc []float32, ldacc int, start []float32, ldstart int, w []int8, rows int, offset []int32, scale, step []float32, _ []int32, x []int8, ldx, groups, cols int) {
	if groups == 0 || cols == 0 {
		return
	}
	panel := panelInt8x32
	switch rows {
	case 8:
		panel = panelInt8x8
	case 16:
		panel = panelInt8x16
	case 24:
		panel = panelInt8x24
	}
	panel(&acc[0], ldacc, &start[0], ldstart, &w[0], &offset[0], &scale[0], &step[0], &x[0], ldx, groups, cols)
}

// PanelInt8Pair is [PanelInt8] for two tiles of 24 rows, whose weights stand wnext apart,
// their sums next and what these start with startNext. The offsets and scales of the
// second tile follow those of the first.
func PanelInt8Pair(acc []float32, ldacc, next int, start []float32, ldstart, startNext int, w []int8, wnext int, offset []int32, scale, step []float32, x []int8, ldx, groups, cols int) {
	if groups > 0 && cols > 0 {
		panelInt8Pair(&acc[0], ldacc, next, &start[0], ldstart, startNext, &w[0], wnext, &offset[0], &scale[0], &step[0], &x[0], ldx, groups, cols)
	}
}
