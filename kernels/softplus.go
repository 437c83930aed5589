package kernels

import (
	"math"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// Softplus sets dst[i] = log(1+exp(src[i])), within 3 ulp for every float32,
// and within 1.5e-7 for results up to 1. dst and src do not overlap.
//
//	dst[i] = max(src[i], 0) + log1p(exp(-|src[i]|))
func (s *Set) Softplus(dst, src []float32) {
	for i, x := range src {
		dst[i] = -abs(x)
	}
	s.Exp(dst, dst)
	for i, x := range src {
		dst[i] = max(x, 0) + generic.Log1p(dst[i])
	}
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }
