package runtime

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// bindFunction returns the canonical arithmetic of a function without constants
// that only graph nodes and dense layers have. It returns nil if there is no
// such function.
func bindFunction(set *kernels.Set, kind format.ActivationKind) activation {
	switch kind {
	case format.ActivationExp:
		return set.Exp
	case format.ActivationLog:
		return each(kernels.Log)
	case format.ActivationSqrt:
		return func(dst, src []float32) {
			for i, x := range src { // each would call a function for each number
				dst[i] = sqrt(x)
			}
		}
	case format.ActivationSquare:
		return func(dst, src []float32) { set.Mul(dst, src, src) }
	case format.ActivationAbs:
		return each(abs)
	case format.ActivationReciprocal:
		return each(func(x float32) float32 { return 1 / x })
	case format.ActivationGELU:
		return each(gelu)
	case format.ActivationGELUTanh:
		return geluTanh(set)
	case format.ActivationSiLU:
		return func(dst, src []float32) {
			set.Sigmoid(dst, src)
			set.Mul(dst, dst, src)
		}
	case format.ActivationHardSwish:
		return each(func(x float32) float32 { return x * min(max(kernels.FMA(x, 1./6, 0.5), 0), 1) })
	case format.ActivationSin:
		return each(func(x float32) float32 { return float32(sinQuarter(float64(x), 0)) })
	case format.ActivationCos:
		return each(func(x float32) float32 { return float32(sinQuarter(float64(x), 1)) })
	case format.ActivationSign:
		return each(sign)
	case format.ActivationFloor:
		return each(func(x float32) float32 { return float32(math.Floor(float64(x))) })
	}
	return nil
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

func sign(x float32) float32 {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return x * 0 // NaN stays NaN
}

// The functions below compute in float64 and round each operation: they convert
// each product, so that no compiler fuses it with a sum.

// gelu returns x/2 (1 + erf(x/√2)).
func gelu(x float32) float32 {
	v := float64(x)
	return float32(v / 2 * (1 + erf(v/math.Sqrt2)))
}

// erf returns the error function by its series
//
//	erf x = 2/√π Σ (-1)ⁿ x^(2n+1) / (n! (2n+1))
//
// whose terms are below 10⁶ for |x| < 4, so that the error is below 1e-9. For
// other x, erf is ±1 in float32.
func erf(x float64) float64 {
	if x >= 4 {
		return 1
	}
	if x <= -4 {
		return -1
	}
	const terms = 72
	square, term, sum := x*x, x, x
	for n := 1; n < terms; n++ {
		term = -float64(term*square) / float64(n)
		sum += term / float64(2*n+1)
	}
	return sum * (2 / 1.7724538509055160273)
}

// geluTanh returns the activation x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).
func geluTanh(set *kernels.Set) activation {
	const scale, cubic = 0.79788456080286535588, 0.044715
	return func(dst, src []float32) {
		for i, x := range src {
			dst[i] = scale * kernels.FMA(cubic*x*x, x, x)
		}
		set.Tanh(dst, dst)
		for i, x := range src {
			dst[i] = x / 2 * (1 + dst[i])
		}
	}
}

// sinQuarter returns sin(x + quarters*π/2), with an error below 1e-7 for |x| below
// 2^28. It reduces x to within ±π/4 in two steps, as FreeBSD's msun does, and then
// evaluates msun's polynomials for float32.
func sinQuarter(x float64, quarters int) float64 {
	const (
		perQuarter = 2 / math.Pi
		high       = 0x1.921fb4p+0 // π/2 to 25 bits, so that its product with n is exact
		low        = math.Pi/2 - high
	)
	if x-x != 0 { // NaN or infinite
		return x - x
	}
	if x >= 0x1p28 || x <= -0x1p28 {
		x = math.Mod(x, 2*math.Pi)
	}
	n := math.RoundToEven(x * perQuarter)
	r := x - float64(n*high) - float64(n*low)
	switch (int64(n) + int64(quarters)) & 3 {
	case 0:
		return sinPolynomial(r)
	case 1:
		return cosPolynomial(r)
	case 2:
		return -sinPolynomial(r)
	}
	return -cosPolynomial(r)
}

// sinPolynomial returns sin x for |x| ≤ π/4.
func sinPolynomial(x float64) float64 {
	const s1, s2, s3, s4 = -0x15555554cbac77p-55, 0x111110896efbb2p-59, -0x1a00f9e2cae774p-65, 0x16cd878c3b46a7p-71
	z := float64(x * x)
	p := s3 + float64(z*s4)
	p = s2 + float64(z*p)
	p = s1 + float64(z*p)
	return x + float64(float64(z*x)*p)
}

// cosPolynomial returns cos x for |x| ≤ π/4.
func cosPolynomial(x float64) float64 {
	const c0, c1, c2, c3 = -0x1ffffffd0c5e81p-54, 0x155553e1053a42p-57, -0x16c087e80f1e27p-62, 0x199342e0ee5069p-68
	z := float64(x * x)
	p := c2 + float64(z*c3)
	p = c1 + float64(z*p)
	p = c0 + float64(z*p)
	return 1 + float64(z*p)
}
