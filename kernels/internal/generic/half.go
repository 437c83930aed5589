package generic

import "math"

// Half returns the value of an IEEE 754 binary16. Every one is a float32, so
// nothing is rounded.
func Half(h uint16) float32 {
	sign, magnitude := uint32(h&0x8000)<<16, uint32(h&0x7fff)<<13
	if magnitude >= 0x0f800000 { // infinite or NaN
		return math.Float32frombits(sign | 0x7f800000 | magnitude)
	}
	// The exponent's bias is 15 there and 127 here. Multiplying by a power of
	// two sets that right for denormals too.
	return math.Float32frombits(sign|magnitude) * 0x1p112
}

// Widen is kernels.Set.Widen.
func Widen(dst []float32, src []uint16) {
	for i := range dst {
		dst[i] = Half(src[i])
	}
}
