package kernels

import (
	"math"

	"github.com/rnnrun/rnnrun/internal/padding"
	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// UnitScale is the scale of quantized numbers that are within ±1, such as the
// states of all cells but relu: x is about q*UnitScale, with q within ±127.
const UnitScale float32 = 1.0 / 127

// ScaleOf returns the scale with which the greatest number of x becomes 127, and
// its inverse. Both are 0 for numbers too small for that, and NaN if one is NaN.
// Infinities count as the greatest float32.
func ScaleOf(x []float32) (scale, inverse float32) { return scaleFor(generic.Magnitude(x)) }

// scaleOf is [ScaleOf] by the set's function.
func (s *Set) scaleOf(x []float32) (scale, inverse float32) {
	if s.impl.int8.magnitude == nil {
		return ScaleOf(x)
	}
	raceRead(x)
	return scaleFor(s.impl.int8.magnitude(x))
}

// scaleFor is [ScaleOf] for that greatest magnitude.
func scaleFor(greatest float32) (scale, inverse float32) {
	const least = 0x1p-100
	if greatest < least {
		return 0, 0
	}
	greatest = min(greatest, math.MaxFloat32)
	return greatest / 127, 127 / greatest
}

// A Quantizer turns vectors into int8 for the products of int8 weights: x is
// about q*scale, with q within ±127.
type Quantizer struct {
	set     *Set
	q       []int8  // padded with zeros to a multiple of 4
	scale   float32 // 0: chosen for each vector
	inverse float32 // 1/scale
}

// NewQuantizer returns a quantizer of vectors of size numbers. If scale is 0, it
// is that of [ScaleOf] for each vector.
func (s *Set) NewQuantizer(size int, scale float32) Quantizer {
	z := Quantizer{set: s, q: make([]int8, padding.UpToQuad(size)), scale: scale}
	if scale != 0 {
		z.inverse = 1 / scale
	}
	return z
}

// Quantize returns x in int8, padded with zeros to a multiple of 4 numbers, and
// its scale. If a number is NaN, so is the scale, and with it every product: no
// int8 is NaN. Infinities become ±127. The slice is valid until the next call.
func (z *Quantizer) Quantize(x []float32) (q []int8, scale float32) {
	scale, inverse := z.scale, z.inverse
	if scale == 0 {
		scale, inverse = z.set.scaleOf(x)
	}
	if z.set.Quantize(z.q, x, inverse) {
		scale = float32(math.NaN())
	}
	return z.q, scale
}
