package generic

// Log1p returns log(1+t) for t from 0 to 1, which is twice the inverse hyperbolic
// tangent of s = t/(2+t), by its series: s is at most ⅓.
//
//	u = s*s
//	p = 1/3 + u/5 + u²/7 + u³/9 + u⁴/11 + u⁵/13 + u⁶/15, by Horner's rule with fma
//	log(1+t) = fma(s+s, u*p, s+s)
//
// The error is at most 1.7e-7 of the result, except for denormal t.
func Log1p(t float32) float32 {
	s := t / (2 + t)
	u := s * s
	p := FMA(FMA(FMA(FMA(FMA(FMA(1.0/15, u, 1.0/13), u, 1.0/11), u, 1.0/9), u, 1.0/7), u, 1.0/5), u, 1.0/3)
	return FMA(s+s, u*p, s+s)
}
