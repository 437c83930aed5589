package generic

import "math"

// With a = x·P(x²), b = Q(x²), P(0) = 1 and Q(0) = 2, the quotient a/b is a
// rational minimax approximation of tanh(x/2), and tanh x is 2ab/(a²+b²), the
// formula of the double angle. That is flat where tanh is near ±1, so that the
// rounding of a and b does not matter there.
//
// Over all float32 the error is at most 1.8e-7 and 5 ulp. From tanhMax on the
// result is 1.
const (
	tanhMax = 9.125

	tanhP1, tanhP2         = 0.0298338123, 0.000115569521
	tanhQ1, tanhQ2, tanhQ3 = 0.226334229, 0.00242571649, 2.51444226e-06
)

// tanh returns the hyperbolic tangent of x:
//
//	x = min(max(x, -tanhMax), tanhMax); NaN stays NaN
//	u = x*x
//	a = fma(x*u, fma(P2, u, P1), x)
//	b = fma(fma(fma(Q3, u, Q2), u, Q1), u, 2)
//	tanh x = ((b+b)*a) / fma(a, a, b*b)
func tanh(x float32) float32 {
	x = clamp(x, -tanhMax, tanhMax)
	u := x * x
	a := FMA(x*u, FMA(tanhP2, u, tanhP1), x)
	b := FMA(FMA(FMA(tanhQ3, u, tanhQ2), u, tanhQ1), u, 2)
	return (b + b) * a / FMA(a, a, b*b)
}

// sigmoid returns 1/(1+exp(-x)) as ½ + ½·tanh(x/2), with the powers of two
// taken into the coefficients. The bits are those of fma(½, tanh(x/2), ½). The
// error is at most 1.2e-7.
func sigmoid(x float32) float32 {
	const (
		p1, p2     = tanhP1 / 0x1p2, tanhP2 / 0x1p4
		q1, q2, q3 = tanhQ1 / 0x1p1, tanhQ2 / 0x1p3, tanhQ3 / 0x1p5
	)
	x = clamp(x, -2*tanhMax, 2*tanhMax)
	u := x * x
	a := FMA(x*u, FMA(p2, u, p1), x)
	b := FMA(FMA(FMA(q3, u, q2), u, q1), u, 4)
	return b*a/FMA(a, a, b*b) + 0.5
}

const (
	// exp of less than expMin rounds to 0, exp of expMax or more to +Inf.
	expMin, expMax = -104, 89

	log2e = 0x1.715476p+0
	ln2hi = 0x1.62e4p-1       // 16 bits, so that n*ln2hi is exact
	ln2lo = 0x1.7f7d1cp-20    // ln 2 - ln2hi
	shift = 0x1.8p23 + 2*0x7f // see exp

	exp2, exp3, exp4, exp5, exp6 = 0.49999994, 0.166665211, 0.041668389, 0.00836873148, 0.0013814565
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
// factor. Two factors, since one cannot reach the denormal results. The error is
// at most 0.9 ulp.
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

// clamp returns the number of [lo, hi] nearest to x, and NaN for NaN.
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
func Softmax(dst, src []float32) { SoftmaxBy(Exp, dst, src) }

// SoftmaxBy is Softmax with a given function for Exp.
func SoftmaxBy(exp func(dst, src []float32), dst, src []float32) {
	if len(src) == 0 {
		return
	}
	greatest := src[0]
	for _, x := range src {
		greatest = max(greatest, x)
	}
	dst = dst[:len(src)]
	for i, x := range src {
		dst[i] = x - greatest
	}
	exp(dst, dst)
	var sum [16]float32
	for i, x := range dst {
		sum[i%16] += x
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
