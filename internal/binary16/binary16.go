// Package binary16 converts IEEE 754 binary16 numbers, which are stored in a uint16.
package binary16

import "math"

// Round returns the binary16 nearest to x, ties to even. Numbers from 65520 on become an
// infinity. NaN stays NaN.
func Round(x float32) uint16 {
	b := math.Float32bits(x)
	sign := uint16(b >> 16 & 0x8000)
	b &= 0x7fffffff
	switch {
	case b > 0x7f800000:
		return sign | 0x7e00 | uint16(b>>13&0x3ff)
	case b >= 0x477ff000: // 65520
		return sign | 0x7c00
	case b < 0x38800000: // 2^-14: the binary16 is subnormal, a multiple of 2^-24
		// So is a float32 from 0.5 on, so the sum is rounded correctly.
		return sign | uint16(math.Float32bits(math.Float32frombits(b)+0.5)-0x3f000000)
	}
	b += 0xfff + b>>13&1 // half of the dropped bits; less, if a tie is rounded down
	return sign | uint16((b-112<<23)>>13)
}

// Value converts a binary16 to float32. The result is exact.
func Value(h uint16) float32 {
	sign, magnitude := uint32(h&0x8000)<<16, uint32(h&0x7fff)<<13
	if magnitude >= 0x7c00<<13 { // infinite or NaN
		return math.Float32frombits(sign | 0x7f800000 | magnitude)
	}
	// The exponent's bias is 15 in binary16 and 127 in float32. Multiplying by a power of
	// two corrects it, for subnormals too.
	return math.Float32frombits(sign|magnitude) * 0x1p112
}

// Finite reports whether a binary16 is neither infinite nor NaN.
func Finite(h uint16) bool { return h&0x7c00 != 0x7c00 }
