package generic

import "math"

// Quantize sets dst[i] to src[i]*inverse rounded to the nearest integer, ties
// to even, within ±127:
//
//	dst[i] = round(min(max(src[i]*inverse, -127), 127))
//
// NaN becomes -127. It reports whether src holds a NaN.
func Quantize(dst []int8, src []float32, inverse float32) (nan bool) {
	for i, x := range src {
		dst[i] = nearest(x * inverse)
		nan = nan || x != x
	}
	return nan
}

// nearest returns the integer within ±127 that is nearest to x, ties to even, and -127
// for NaN.
func nearest(x float32) int8 {
	switch {
	case !(x > -127):
		x = -127
	case x > 127:
		x = 127
	}
	return int8(math.RoundToEven(float64(x)))
}

// QuantizeFour is [Quantize] of at most four numbers. It returns them in the bytes of
// a word, the first in the lowest, and zeros behind them.
func QuantizeFour(src []float32, inverse float32) (four uint32, nan bool) {
	for i, x := range src {
		four |= uint32(uint8(nearest(x*inverse))) << (8 * i)
		nan = nan || x != x
	}
	return four, nan
}

// Magnitude returns the greatest magnitude of x, 0 if there is none; NaN if one is NaN.
// Without their signs, numbers are in the order of their bits, and NaN is above all.
func Magnitude(x []float32) float32 {
	const sign = 1 << 31
	var most [4]uint32 // in four chains
	for ; len(x) >= len(most); x = x[len(most):] {
		x := (*[len(most)]float32)(x)
		most[0] = max(most[0], math.Float32bits(x[0])&^sign)
		most[1] = max(most[1], math.Float32bits(x[1])&^sign)
		most[2] = max(most[2], math.Float32bits(x[2])&^sign)
		most[3] = max(most[3], math.Float32bits(x[3])&^sign)
	}
	for _, v := range x {
		most[0] = max(most[0], math.Float32bits(v)&^sign)
	}
	return math.Float32frombits(max(most[0], most[1], most[2], most[3]))
}

// LinearInt8 adds to start the products of tiles of rows (8, 16, 24 or 32)
// int8 weights with a quantized vector, whose length is a multiple of 4:
//
//	for t := range ntiles {
//		for r := range rows {
//			sum := int32(0)
//			for k := range x {
//				sum += int32(w[t*stride+k/4*rows*4+r*4+k%4]) * int32(x[k])
//			}
//			dst[t*32+r] = fma(float32(sum), scale[t*rows+r]*step, start[t*32+r])
//		}
//	}
//
// Weights and inputs are within ±127. The sums are exact, so their order does
// not matter. offset, [ntiles*rows], is the start of the sums for a kernel that
// uses x+128 instead of x: -128 times the sum of a row's weights. dst may be
// start. If reverse is set, the last tile comes first.
func LinearInt8(dst, start []float32, w []int8, stride, rows, ntiles int, offset []int32, scale []float32, step float32, x []int8, reverse bool) {
	for t := range Tiles(ntiles, reverse) {
		tileInt8(dst[t*tileRows:][:rows], start[t*tileRows:], w[t*stride:], scale[t*rows:], step, x)
	}
}

// tileInt8 sets the sums of one tile of len(dst) rows.
func tileInt8(dst, start []float32, w []int8, scale []float32, step float32, x []int8) {
	rows := len(dst)
	for r := range dst {
		var sum int32
		for k := 0; k < len(x); k += 4 {
			w, x := (*[4]int8)(w[(k*rows+4*r):]), (*[4]int8)(x[k:])
			sum += int32(w[0])*int32(x[0]) + int32(w[1])*int32(x[1]) + int32(w[2])*int32(x[2]) + int32(w[3])*int32(x[3])
		}
		dst[r] = FMA(float32(sum), scale[r]*step, start[r])
	}
}

// SpreadInt8 prepares a vector for [PanelInt8]: for each four numbers of q, their
// magnitudes, and then -1 for each negative one and 0 for the others. It returns the
// sum of the magnitudes of the negative numbers. The length of q is a multiple of 16,
// and x has twice as many.
//
//	for i := range q {
//		x[i/4*8+i%4], x[i/4*8+4+i%4] = abs(q[i]), -(q[i] < 0)
//	}
func SpreadInt8(x, q []int8) (lacking int32) {
	for i, v := range q {
		at := i/4*8 + i%4
		x[at], x[at+4] = v, 0
		if v < 0 {
			x[at], x[at+4] = -v, -1
			lacking -= int32(v)
		}
	}
	return lacking
}

// QuantizeSpread is [Quantize] and then [SpreadInt8]. Zeros follow src in a block of 16
// numbers that it does not fill; x has 32 for each block.
func QuantizeSpread(x []int8, src []float32, inverse float32) (lacking int32, nan bool) {
	q := make([]int8, len(x)/2)
	nan = Quantize(q[:len(src)], src, inverse)
	return SpreadInt8(x, q), nan
}

// PanelInt8 sets the accumulators of cols vectors to what they start with, plus the
// products of one tile of rows (8, 16, 24 or 32) int8 weights with the vectors, which
// [SpreadInt8] prepared:
//
//	for c := range cols {
//		for r := range rows {
//			sum := lacking[c]
//			for k := range 4*groups {
//				i := k/4*8 + k%4
//				sum += int32(w[k/4*rows*4+r*4+k%4] ^ x[c*ldx+i+4]) * int32(x[c*ldx+i])
//			}
//			acc[c*ldacc+r] = fma(float32(sum), scale[r]*step[c], start[c*ldstart+r])
//		}
//	}
//
// lacking corrects a row's sum: inverting all bits of a weight instead of its sign
// loses the magnitude of each negative number.
func PanelInt8(acc []float32, ldacc int, start []float32, ldstart int, w []int8, rows int, _ []int32, scale, step []float32, lacking []int32, x []int8, ldx, groups, cols int) {
	for c := range cols {
		for r := range rows {
			sum := lacking[c]
			for k := range 4 * groups {
				i := c*ldx + k/4*8 + k%4
				sum += int32(w[k/4*rows*4+r*4+k%4]^x[i+4]) * int32(x[i])
			}
			acc[c*ldacc+r] = FMA(float32(sum), scale[r]*step[c], start[c*ldstart+r])
		}
	}
}
