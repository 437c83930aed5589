package runtime

import (
	"github.com/rnnrun/rnnrun/internal/padding"
	"github.com/rnnrun/rnnrun/kernels"
)

// A quantizer turns vectors into int8 for the products of int8 weights: x is
// about q*step, with q within ±127.
type quantizer struct {
	set     *kernels.Set
	q       []int8  // padded with zeros to a multiple of 4
	step    float32 // 0: chosen for each vector, so that its greatest number is 127
	inverse float32 // 1/step
}

func newQuantizer(set *kernels.Set, size int, step float32) quantizer {
	z := quantizer{set: set, q: make([]int8, padding.UpToQuad(size)), step: step}
	if step != 0 {
		z.inverse = 1 / step
	}
	return z
}

// quantize returns x in int8 and its step.
func (z *quantizer) quantize(x []float32) (q []int8, step float32) {
	step, inverse := z.step, z.inverse
	if step == 0 {
		step, inverse = kernels.ScaleOf(x)
	}
	z.set.Quantize(z.q, x, inverse)
	return z.q, step
}
