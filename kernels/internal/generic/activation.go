package generic

import "math"

// tanh x = x·P(x²)/Q(x²) for |x| ≤ tanhMax, a rational minimax approximation
// with P(0) = Q(0) = 1. At tanhMax the quotient rounds to 1.
const (
	tanhMax = 0x1.19999ap+3

	tanhP1, tanhP2, tanhP3, tanhP4 = 0.133968327, 0.00351431419, 2.09160016e-05, 1.37792779e-08
	tanhQ1, tanhQ2, tanhQ3, tanhQ4 = 0.467301564, 0.0259483385, 0.000331619674, 7.95038850e-07
)

// tanh returns the hyperbolic tangent of x:
//
//	x = min(max(x, -tanhMax), tanhMax), NaN stays NaN
//	u = x*x
//	p = fma(fma(fma(fma(P4, u, P3), u, P2), u, P1), u, 1)
//	q = fma(fma(fma(fma(Q4, u, Q3), u, Q2), u, Q1), u, 1)
//	tanh x = (x*p)/q
func tanh(x float32) float32 {
	x = clamp(x, -tanhMax, tanhMax)
	u := x * x
	p := FMA(FMA(FMA(FMA(tanhP4, u, tanhP3), u, tanhP2), u, tanhP1), u, 1)
	q := FMA(FMA(FMA(FMA(tanhQ4, u, tanhQ3), u, tanhQ2), u, tanhQ1), u, 1)
	return x * p / q
}

// sigmoid returns 1/(1+exp(-x)) as ½ + ½·tanh(x/2), with the powers of two
// taken into the coefficients. The bits are those of fma(½, tanh(x/2), ½).
func sigmoid(x float32) float32 {
	const (
		p0, p1, p2, p3, p4 = 0x1p-2, tanhP1 / 0x1p4, tanhP2 / 0x1p6, tanhP3 / 0x1p8, tanhP4 / 0x1p10
		q1, q2, q3, q4     = tanhQ1 / 0x1p2, tanhQ2 / 0x1p4, tanhQ3 / 0x1p6, tanhQ4 / 0x1p8
	)
	x = clamp(x, -2*tanhMax, 2*tanhMax)
	u := x * x
	p := FMA(FMA(FMA(FMA(p4, u, p3), u, p2), u, p1), u, p0)
	q := FMA(FMA(FMA(FMA(q4, u, q3), u, q2), u, q1), u, 1)
	return x*p/q + 0.5
}

const (
	// exp of less than expMin rounds to 0, exp of expMax or more to +Inf.
	expMin, expMax = -104, 89

	log2e = 0x1.715476p+0
	ln2hi = 0x1.62e4p-1       // 16 bits, so that n*ln2hi is exact
	ln2lo = 0x1.7f7d1cp-20    // ln 2 - ln2hi
	shift = 0x1.8p23 + 2*0x7f // see exp

	exp2, exp3, exp4, exp5, exp6 = 0.49999993, 0.16666521, 0.041668389, 0.0083687315, 0.0013814565
)

// exp returns e to the power of x:
//
//	x = min(max(x, expMin), expMax), NaN stays NaN
//	t = fma(x, log2e, shift)
//	n = t - shift, the integer nearest to x*log2e
//	r = fma(n, -ln2lo, fma(n, -ln2hi, x)), so that x = n*ln 2 + r, |r| ≤ ½ ln 2
//	p = 1 + r + r²(E2 + E3 r + E4 r² + E5 r³ + E6 r⁴), by Horner's rule with fma
//	exp x = p * 2^⌊n/2⌋ * 2^(n-⌊n/2⌋)
//
// shift is so large that the lowest bit of t has the value 1, and its own low
// bits hold twice the bias of a float32's exponent. Half of the bits of t,
// moved into the exponent, is therefore 2^⌊n/2⌋, and the rest the other
// factor. Two factors, since one cannot reach the denormal results.
func exp(x float32) float32 {
	x = clamp(x, expMin, expMax)
	t := FMA(x, log2e, shift)
	n := t - shift
	r := FMA(n, -ln2lo, FMA(n, -ln2hi, x))
	p := FMA(FMA(FMA(FMA(exp6, r, exp5), r, exp4), r, exp3), r, exp2)
	p = FMA(FMA(p, r, 1), r, 1)
	bits := math.Float32bits(t)
	half := bits >> 1
	return p * math.Float32frombits(half<<23) * math.Float32frombits((bits-half)<<23)
}

// clamp returns the nearest to x of [lo, hi], and NaN for NaN.
func clamp(x, lo, hi float32) float32 {
	if x < lo {
		return lo
	}
	if x > hi {
		return hi
	}
	return x
}

// Tanh is kernels.Set.Tanh.
func Tanh(dst, src []float32) {
	for i, x := range src {
		dst[i] = tanh(x)
	}
}

// Sigmoid is kernels.Set.Sigmoid.
func Sigmoid(dst, src []float32) {
	for i, x := range src {
		dst[i] = sigmoid(x)
	}
}

// Exp is kernels.Set.Exp.
func Exp(dst, src []float32) {
	for i, x := range src {
		dst[i] = exp(x)
	}
}

// ReLU is kernels.Set.ReLU.
func ReLU(dst, src []float32) {
	for i, x := range src {
		if x <= 0 {
			x = 0
		}
		dst[i] = x
	}
}

// Softmax is kernels.Set.Softmax.
func Softmax(dst, src []float32) {
	if len(src) == 0 {
		return
	}
	greatest := src[0]
	for _, x := range src {
		greatest = max(greatest, x)
	}
	var sum [16]float32
	for i, x := range src {
		dst[i] = exp(x - greatest)
		sum[i%16] += dst[i]
	}
	for n := 8; n > 0; n /= 2 {
		for l := range n {
			sum[l] += sum[l+n]
		}
	}
	for i := range dst {
		dst[i] /= sum[0]
	}
}
