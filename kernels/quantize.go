package kernels

// UnitStep is the step of quantized numbers that are within ±1, such as the
// states of all cells but relu: x is about q*UnitStep, with q within ±127.
const UnitScale float32 = 1.0 / 127

// StepOf returns the step with which the greatest number of x becomes 127, and
// its inverse. Both are 0 for numbers too small for that.
func ScaleOf(x []float32) (step, inverse float32) {
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
