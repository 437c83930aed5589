package runtime

import "rnnrun/kernels"

// A quantizer turns vectors into int8 for the products of int8 weights: x is
// about q*step, with q within ±127.
type quantizer struct {
	set     *kernels.Set
	q       []int8  // padded with zeros to a multiple of 4
	step    float32 // 0: chosen for each vector, so that its greatest number is 127
	inverse float32 // 1/step
}

// unit is the step of numbers within ±1, such as the states of all cells but
// relu.
const unit float32 = 1.0 / 127

func newQuantizer(set *kernels.Set, size int, step float32) quantizer {
	z := quantizer{set: set, q: make([]int8, pad4(size)), step: step}
	switch step {
	case 0:
	case unit:
		z.inverse = 127
	default:
		z.inverse = 1 / step
	}
	return z
}

// quantize returns x in int8 and its step.
func (z *quantizer) quantize(x []float32) (q []int8, step float32) {
	step, inverse := z.step, z.inverse
	if step == 0 {
		step, inverse = stepOf(x)
	}
	z.set.Quantize(z.q, x, inverse)
	return z.q, step
}

// stepOf returns the step with which the greatest number of x becomes 127, and
// its inverse. Both are 0 for numbers too small for that.
func stepOf(x []float32) (step, inverse float32) {
	const least = 0x1p-100
	greatest := float32(0)
	for _, v := range x {
		greatest = max(greatest, v, -v)
	}
	if greatest < least {
		return 0, 0
	}
	return greatest / 127, 127 / greatest
}
