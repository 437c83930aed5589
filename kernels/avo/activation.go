package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// The numbers of kernels/internal/generic/activation.go.
const (
	tanhMax = 0x1.19999ap+3

	tanhP1, tanhP2, tanhP3, tanhP4 = 0.133968327, 0.00351431419, 2.09160016e-05, 1.37792779e-08
	tanhQ1, tanhQ2, tanhQ3, tanhQ4 = 0.467301564, 0.0259483385, 0.000331619674, 7.95038850e-07

	expMin, expMax = -104, 89

	log2e = 0x1.715476p+0
	ln2hi = 0x1.62e4p-1
	ln2lo = 0x1.7f7d1cp-20
	shift = 0x1.8p23 + 2*0x7f

	exp2, exp3, exp4, exp5, exp6 = 0.49999993, 0.16666521, 0.041668389, 0.0083687315, 0.0013814565
)

// A quotient is the function x·P(x²)/Q(x²) of x clamped to [min, max]. The
// coefficients begin with the highest power.
type quotient struct {
	min, max Mem
	p, q     []Mem
}

var (
	half = constant("half", 0.5)[0]

	tanhQuotient = quotient{
		min: constant("tanhMin", -tanhMax)[0],
		max: constant("tanhMax", tanhMax)[0],
		p:   constant("tanhP", tanhP4, tanhP3, tanhP2, tanhP1, 1),
		q:   constant("tanhQ", tanhQ4, tanhQ3, tanhQ2, tanhQ1, 1),
	}
	sigmoidQuotient = quotient{
		min: constant("sigmoidMin", -2*tanhMax)[0],
		max: constant("sigmoidMax", 2*tanhMax)[0],
		p:   constant("sigmoidP", tanhP4/0x1p10, tanhP3/0x1p8, tanhP2/0x1p6, tanhP1/0x1p4, 0x1p-2),
		q:   constant("sigmoidQ", tanhQ4/0x1p8, tanhQ3/0x1p6, tanhQ2/0x1p4, tanhQ1/0x1p2, 1),
	}

	expLow    = constant("expMin", expMin)[0]
	expHigh   = constant("expMax", expMax)[0]
	expReduce = constant("expReduce", log2e, shift, -ln2hi, -ln2lo)
	expP      = constant("expP", exp6, exp5, exp4, exp3, exp2, 1, 1)
)

// The functions below write the code that replaces each of some vectors by a
// function of it. A step is taken for all of the vectors before the next, so
// that independent chains stand side by side.

func tanh(xs ...VecVirtual) {
	fs := make([]quotient, len(xs))
	for i := range fs {
		fs[i] = tanhQuotient
	}
	quotients(xs, fs)
}

func sigmoid(xs ...VecVirtual) {
	fs := make([]quotient, len(xs))
	for i := range fs {
		fs[i] = sigmoidQuotient
	}
	quotients(xs, fs)
	addHalf(xs...)
}

// addHalf turns the values of sigmoidQuotient into those of the sigmoid.
func addHalf(xs ...VecVirtual) {
	for _, x := range xs {
		VADDPS(half, x, x)
	}
}

// quotients writes xs[i] = fs[i](xs[i]).
func quotients(xs []VecVirtual, fs []quotient) {
	for i, x := range xs {
		clamp(x, fs[i].min, fs[i].max)
	}
	us, ps := vectors(len(xs)), vectors(len(xs))
	for i, x := range xs {
		VMULPS(x, x, us[i])
	}
	horner(ps, us, func(i int) []Mem { return fs[i].p })
	for i, x := range xs {
		VMULPS(ps[i], x, x)
	}
	horner(ps, us, func(i int) []Mem { return fs[i].q })
	for i, x := range xs {
		VDIVPS(ps[i], x, x)
	}
}

// horner writes ps[i] = the polynomial of us[i] with the coefficients of(i).
func horner(ps, us []VecVirtual, of func(i int) []Mem) {
	for i, p := range ps {
		VMOVUPS(of(i)[0], p)
	}
	for k := 1; k < len(of(0)); k++ {
		for i, p := range ps {
			VFMADD213PS(of(i)[k], us[i], p)
		}
	}
}

func exp(xs ...VecVirtual) {
	ts, ns, ps, halves := vectors(len(xs)), vectors(len(xs)), vectors(len(xs)), vectors(len(xs))
	for i, x := range xs {
		clamp(x, expLow, expHigh)
		VMOVUPS(expReduce[0], ts[i])
		VFMADD213PS(expReduce[1], x, ts[i])
	}
	for i, x := range xs {
		VSUBPS(expReduce[1], ts[i], ns[i])
		VFMADD231PS(expReduce[2], ns[i], x)
		VFMADD231PS(expReduce[3], ns[i], x)
	}
	horner(ps, xs, func(int) []Mem { return expP })
	for i, x := range xs {
		VPSRLD(Imm(1), ts[i], halves[i])
		VPSUBD(halves[i], ts[i], ts[i])
		VPSLLD(Imm(23), halves[i], halves[i])
		VPSLLD(Imm(23), ts[i], ts[i])
		VMULPS(halves[i], ps[i], x)
		VMULPS(ts[i], x, x)
	}
}

func relu(xs ...VecVirtual) {
	zero := YMM()
	VXORPS(zero, zero, zero)
	for _, x := range xs {
		VMAXPS(x, zero, x)
		VADDPS(x, zero, x) // -0 becomes +0
	}
}

// clamp writes x = min(max(x, lo), hi). VMAXPS and VMINPS give their first
// operand, in Go's order, where one is NaN.
func clamp(x VecVirtual, lo, hi Mem) {
	limit := YMM()
	VMOVUPS(lo, limit)
	VMAXPS(x, limit, x)
	limit = YMM()
	VMOVUPS(hi, limit)
	VMINPS(x, limit, x)
}

// vectors returns n vector registers.
func vectors(n int) []VecVirtual {
	vs := make([]VecVirtual, n)
	for i := range vs {
		vs[i] = YMM()
	}
	return vs
}
