// Package binary16 converts numbers of IEEE 754 binary16, which are 16 bits wide
// and stored in a uint16.
package binary16

import "math"

// Round returns the binary16 nearest to x, ties to even. From 65520 on that is an
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
		// So is a float32 from 0.5 on, and the sum rounds as it should.
		return sign | uint16(math.Float32bits(math.Float32frombits(b)+0.5)-0x3f000000)
	}
	b += 0xfff + b>>13&1 // half of the dropped bits, less if a tie is to be rounded down
	return sign | uint16((b-112<<23)>>13)
}

// Value returns the value of a binary16. Each is a float32, so nothing is rounded.
func Value(h uint16) float32 {
	sign, magnitude := uint32(h&0x8000)<<16, uint32(h&0x7fff)<<13
	if magnitude >= 0x7c00<<13 { // infinite or NaN
		return math.Float32frombits(sign | 0x7f800000 | magnitude)
	}
	// The exponent's bias is 15 there and 127 here. Multiplying by a power of
	// two sets that right for subnormals too.
	return math.Float32frombits(sign|magnitude) * 0x1p112
}

// Finite reports whether a binary16 is neither infinite nor NaN.
func Finite(h uint16) bool { return h&0x7c00 != 0x7c00 }
