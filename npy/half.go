package npy

import "math"

// half returns the value of an IEEE 754 binary16, exactly.
func half(h uint16) float32 {
	sign, magnitude := uint32(h&0x8000)<<16, uint32(h&0x7fff)<<13
	if magnitude >= 0x7c00<<13 { // infinite or NaN
		return math.Float32frombits(sign | 0x7f800000 | magnitude)
	}
	// The exponent's bias is 15 there and 127 here. Multiplying by a power of
	// two sets that right for subnormals too.
	return math.Float32frombits(sign|magnitude) * 0x1p112
}
