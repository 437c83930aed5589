package generic

import "math"

const (
	// ln2high has 16 bits, so that its product with an exponent is exact.
	ln2high = 0x1.62e4p-1
	ln2low  = 0x1.7f7d1cp-20

	log1, log2, log3, log4 = 0.66666662693, 0.40000972152, 0.28498786688, 0.24279078841
)

// Log returns the natural logarithm of x:
//
//	x = m * 2^k with √½ ≤ m < √2, exactly
//	f = m - 1
//	s = f / (2 + f)
//	z = s*s
//	w = z*z
//	p = fma(w, fma(w, L4, L2), z*fma(w, L3, L1))
//	q = f*f*½
//	log x = k*ln2high + (f - (q - fma(s, q+p, k*ln2low)))
//
// This is fdlibm's method: log(1+f) = f - f²/2 + s(f²/2 + P(s²)), with the
// minimax P of FreeBSD's logf. The error is at most 0.9 ulp. The result is -Inf
// for ±0, and NaN below.
func Log(x float32) float32 {
	switch {
	case x != x || x < 0:
		return float32(math.NaN())
	case x == 0:
		return float32(math.Inf(-1))
	case x > math.MaxFloat32:
		return x
	}
	k := int32(0)
	if x < 0x1p-126 {
		x *= 0x1p25
		k = -25
	}
	const root = 0x3f3504f3 // the bits of √½
	bits := math.Float32bits(x) + (0x3f800000 - root)
	k += int32(bits>>23) - 127
	f := math.Float32frombits(bits&0x7fffff+root) - 1
	s := f / (2 + f)
	z := s * s
	w := z * z
	p := FMA(w, FMA(w, log4, log2), float32(z*FMA(w, log3, log1)))
	q := float32(float32(f*f) * 0.5)
	n := float32(k)
	return float32(n*ln2high) + (f - (q - FMA(s, q+p, float32(n*ln2low))))
}
