//go:build !purego

package avx2

import (
	"math"
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

// Magnitude is generic.Magnitude.
func Magnitude(x []float32) float32 {
	n := len(x) &^ 7
	if n == 0 {
		return generic.Magnitude(x)
	}
	most := magnitude(&x[0], n)
	if n == len(x) {
		return math.Float32frombits(most)
	}
	return math.Float32frombits(max(most, math.Float32bits(generic.Magnitude(x[n:]))))
}

// Steps of prepared arguments, of int8 weights.

func LinearInt8Args(a *generic.Args) { linearStepInt8((*byte)(unsafe.Pointer(a))) }
func LSTMInt8Args(a *generic.Args)   { lstmStepInt8((*byte)(unsafe.Pointer(a))) }
func GRUInt8Args(a *generic.Args)    { gruStepInt8((*byte)(unsafe.Pointer(a))) }

// LinearInt8 is generic.LinearInt8.
func LinearInt8(dst, start []float32, w []int8, stride, rows, ntiles int, _ []int32, scale []float32, step float32, x []int8, reverse bool) {
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
	linear(&dst[accFirst], &start[accFirst], acc, unsafe.SliceData(w[wFirst:]), stride, &scale[scaleFirst], scaleStep,
		step, unsafe.SliceData(x), len(x)/4, ntiles)
}

// SpreadInt8 is generic.SpreadInt8.
func SpreadInt8(x, q []int8) (lacking int32) {
	if len(q) == 0 {
		return 0
	}
	return spreadInt8(&x[0], &q[0], len(q)/16)
}

// QuantizeSpread is generic.QuantizeSpread.
func QuantizeSpread(x []int8, src []float32, inverse float32) (lacking int32, nan bool) {
	const block = 16
	n := len(src) &^ (block - 1)
	if n > 0 {
		lacking, nan = quantizeSpread(&x[0], &src[0], n/block, inverse)
	}
	if n < len(src) {
		var rest [block]float32
		copy(rest[:], src[n:])
		more, found := quantizeSpread(&x[2*n], &rest[0], 1, inverse)
		return lacking + more, nan || found
	}
	return lacking, nan
}

// PanelInt8 is generic.PanelInt8.
func PanelInt8(acc []float32, ldacc int, start []float32, ldstart int, w []int8, rows int, _ []int32, scale, step []float32, lacking []int32, x []int8, ldx, groups, cols int) {
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
	panel(&acc[0], ldacc, &start[0], ldstart, &w[0], &scale[0], &step[0], &lacking[0], &x[0], ldx, groups, cols)
}
