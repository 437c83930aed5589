package main

// The constants of generic's functions, which define the bits of all sets.
const (
	tanhMax = 9.125

	tanhP1, tanhP2         = 0.0298338123, 0.000115569521
	tanhQ1, tanhQ2, tanhQ3 = 0.226334229, 0.00242571649, 2.51444226e-06

	expMin, expMax = -104, 89

	log2e    = 0x1.715476p+0
	ln2hi    = 0x1.62e4p-1
	ln2lo    = 0x1.7f7d1cp-20
	expShift = 0x1.8p23 + 2*0x7f

	exp2, exp3, exp4, exp5, exp6 = 0.49999994, 0.166665211, 0.041668389, 0.00836873148, 0.0013814565
)

// clamp returns the number in [lo, hi] that is nearest to x, and NaN for NaN.
func clamp(f *function, x code, lo, hi float32) code {
	return lesser(greater(x, get(f.constantFloats(lo))), get(f.constantFloats(hi)))
}

// horner returns c[0]*u + c[1], times u + c[2], and so on.
func horner(f *function, a arithmetic, u code, c ...float32) code {
	sum := get(f.constantFloats(c[0]))
	for _, c := range c[1:] {
		sum = a.fma(sum, u, get(f.constantFloats(c)))
	}
	return sum
}

// tanh computes generic.Tanh.
func tanh(f *function, m arithmetic, x code) code {
	a, b, c := rational(f, m, x, tanhMax, []float32{tanhP2, tanhP1}, []float32{tanhQ3, tanhQ2, tanhQ1, 2})
	return c + div(mul(add(b, b), a), m.fma(a, a, mul(b, b)))
}

// sigmoid computes generic.Sigmoid.
func sigmoid(f *function, m arithmetic, x code) code {
	a, b, c := rational(f, m, x, 2*tanhMax, []float32{tanhP2 / 0x1p4, tanhP1 / 0x1p2},
		[]float32{tanhQ3 / 0x1p5, tanhQ2 / 0x1p3, tanhQ1 / 0x1p1, 4})
	return c + add(div(mul(b, a), m.fma(a, a, mul(b, b))), get(f.constantFloats(0.5)))
}

// rational computes a = x + x·u·P(u) and b = Q(u) of u = x², with x within ±most.
func rational(f *function, m arithmetic, x code, most float32, p, q []float32) (a, b, compute code) {
	vx, vu, va, vb := f.local(v128), f.local(v128), f.local(v128), f.local(v128)
	x = set(vx, clamp(f, x, -most, most))
	u := set(vu, mul(get(vx), get(vx)))
	pa := set(va, m.fma(mul(get(vx), get(vu)), horner(f, m, get(vu), p...), get(vx)))
	qb := set(vb, horner(f, m, get(vu), q...))
	return get(va), get(vb), x + u + pa + qb
}

// exp computes generic.Exp.
func exp(f *function, m arithmetic, x code) code {
	vx, t, n, r, p, h := f.local(v128), f.local(v128), f.local(v128), f.local(v128), f.local(v128), f.local(v128)
	c := set(vx, clamp(f, x, expMin, expMax))
	c += set(t, m.fma(get(vx), get(f.constantFloats(log2e)), get(f.constantFloats(expShift))))
	c += set(n, sub(get(t), get(f.constantFloats(expShift))))
	c += set(r, m.fma(get(n), get(f.constantFloats(-ln2lo)), m.fma(get(n), get(f.constantFloats(-ln2hi)), get(vx))))
	c += set(p, horner(f, m, get(r), exp6, exp5, exp4, exp3, exp2, 1, 1))
	c += set(h, shiftRight(get(t), 1))
	return c + mul(mul(get(p), shiftLeft(get(h), 23)), shiftLeft(subInts(get(t), get(h)), 23))
}

// relu computes generic.ReLU.
func relu(f *function, _ arithmetic, x code) code {
	v := f.local(v128)
	return set(v, x) + andNot(get(v), lessEqual(get(v), get(f.constantInts(0))))
}
