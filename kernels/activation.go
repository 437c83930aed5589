package kernels

import "github.com/rnnrun/rnnrun/kernels/internal/generic"

// FMA returns x*y + z, rounded once.
func FMA(x, y, z float32) float32 { return generic.FMA(x, y, z) }

// Tanh sets dst[i] = tanh(src[i]), within 1.8e-7 and 5 ulp for every float32,
// and never beyond ±1. dst and src may be the same slice. docs/activations.md
// gives the definition of this and the next functions.
func (s *Set) Tanh(dst, src []float32) { apply(s.impl.tanh, dst, src) }

// Sigmoid sets dst[i] = 1/(1+exp(-src[i])), within 1.2e-7 for every float32,
// and never outside of [0, 1]. dst and src may be the same slice.
func (s *Set) Sigmoid(dst, src []float32) { apply(s.impl.sigmoid, dst, src) }

// Exp sets dst[i] = exp(src[i]), within 0.9 ulp for every float32. dst and src
// may be the same slice.
func (s *Set) Exp(dst, src []float32) { apply(s.impl.exp, dst, src) }

// ReLU sets dst[i] = max(src[i], 0); NaN stays NaN, and -0 becomes +0. dst and
// src may be the same slice.
func (s *Set) ReLU(dst, src []float32) { apply(s.impl.relu, dst, src) }

// Softmax sets dst[i] = exp(src[i]-max) / sum. The sum is taken in 16 lanes
// (lane l adds i = l, l+16, … in that order), which are then added as a tree:
// l+8, l+4, l+2, l+1. dst and src may be the same slice. A NaN or +Inf in src
// makes every output NaN.
func (s *Set) Softmax(dst, src []float32) { apply(s.impl.softmax, dst, src) }

// Log returns the natural logarithm of x, within 0.9 ulp for every float32. It
// is -Inf for 0, and NaN below.
func Log(x float32) float32 { return generic.Log(x) }

// LogSoftmax sets dst[i] = (src[i]-max) + [Log](p), where p is the greatest of
// the [Set.Softmax] of src, 1 / sum. dst and src do not overlap. A NaN or +Inf in
// src makes every output NaN.
func (s *Set) LogSoftmax(dst, src []float32) {
	s.Softmax(dst, src)
	i := ArgMax(src)
	if i < 0 {
		return
	}
	greatest, log := src[i], Log(dst[i])
	for i, x := range src[:len(dst)] {
		dst[i] = (x - greatest) + log
	}
}

func apply(f func(dst, src []float32), dst, src []float32) {
	src = prefix(src, len(dst))
	raceRead(src)
	raceWrite(dst)
	f(dst, src)
}

// ArgMax returns the index of the greatest element of x, the first if several
// are equal. NaN is never the greatest; if all are NaN the index is 0. It
// returns -1 for an empty slice.
func ArgMax(x []float32) int {
	best := -1
	for i, v := range x {
		if v == v && (best < 0 || v > x[best]) {
			best = i
		}
	}
	if best < 0 && len(x) > 0 {
		return 0
	}
	return best
}
