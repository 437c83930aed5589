package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// The numbers of kernels/internal/generic/activation.go.
const (
	tanhMax = 9.125

	tanhP1, tanhP2         = 0.0298338123, 0.000115569521
	tanhQ1, tanhQ2, tanhQ3 = 0.226334229, 0.00242571649, 2.51444226e-06

	expMin, expMax = -104, 89

	log2e = 0x1.715476p+0
	ln2hi = 0x1.62e4p-1
	ln2lo = 0x1.7f7d1cp-20
	shift = 0x1.8p23 + 2*0x7f

	exp2, exp3, exp4, exp5, exp6 = 0.49999994, 0.166665211, 0.041668389, 0.00836873148, 0.0013814565
)

// A sigmoidal is the function ab/(a²+b²) of x clamped to [min, max], with
// a = x + x³·P(x²) and b = Q(x²). The coefficients begin with the highest
// power.
type sigmoidal struct {
	min, max Mem
	p, q     []Mem
}

var (
	half = constant("half", 0.5)[0]

	halfTanh = sigmoidal{
		min: constant("tanhMin", -tanhMax)[0],
		max: constant("tanhMax", tanhMax)[0],
		p:   constant("tanhP", tanhP2, tanhP1),
		q:   constant("tanhQ", tanhQ3, tanhQ2, tanhQ1, 2),
	}
	sigmoidLessHalf = sigmoidal{
		min: constant("sigmoidMin", -2*tanhMax)[0],
		max: constant("sigmoidMax", 2*tanhMax)[0],
		p:   constant("sigmoidP", tanhP2/0x1p4, tanhP1/0x1p2),
		q:   constant("sigmoidQ", tanhQ3/0x1p5, tanhQ2/0x1p3, tanhQ1/0x1p1, 4),
	}

	expLow    = constant("expMin", expMin)[0]
	expHigh   = constant("expMax", expMax)[0]
	expReduce = constant("expReduce", log2e, shift, -ln2hi, -ln2lo)
	expP      = constant("expP", exp6, exp5, exp4, exp3, exp2, 1, 1)
)

// The functions below write code that replaces each of several vectors by a function of
// it. They write one step for all vectors before the next step, so that independent
// chains of operations are interleaved.

func tanh(xs ...VecVirtual) { gates(xs, nil) }

func sigmoid(xs ...VecVirtual) { gates(nil, xs) }

// gates replaces each of ts by its tanh and each of ss by its sigmoid.
func gates(ts, ss []VecVirtual) {
	var xs []VecVirtual
	var fs []sigmoidal
	for _, x := range ts {
		xs, fs = append(xs, x), append(fs, halfTanh)
	}
	for _, x := range ss {
		xs, fs = append(xs, x), append(fs, sigmoidLessHalf)
	}
	for i, x := range xs {
		clamp(x, fs[i].min, fs[i].max)
	}

	us, as, bs := vectors(len(xs)), vectors(len(xs)), vectors(len(xs))
	for i, x := range xs {
		VMULPS(x, x, us[i])
	}
	horner(as, us, func(i int) []Mem { return fs[i].p })
	for i, x := range xs {
		cube := YMM()
		VMULPS(us[i], x, cube)
		VFMADD213PS(x, cube, as[i])
	}
	horner(bs, us, func(i int) []Mem { return fs[i].q })
	for i, x := range xs {
		a, b := as[i], bs[i]
		if i < len(ts) {
			VADDPS(b, b, x)
			VMULPS(a, x, x)
		} else {
			VMULPS(a, b, x)
		}
		VMULPS(b, b, b)
		VFMADD231PS(a, a, b)
		VDIVPS(b, x, x)
	}
	for _, x := range ss {
		VADDPS(half, x, x)
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

// relu keeps numbers above 0 and NaN, and replaces the others, including -0, by +0.
func relu(xs ...VecVirtual) {
	const notLessOrEqual = 6
	zero := YMM()
	VXORPS(zero, zero, zero)
	for _, x := range xs {
		keep := YMM()
		VCMPPS(Imm(notLessOrEqual), zero, x, keep)
		VANDPS(keep, x, x)
	}
}

// clamp writes x = min(max(x, lo), hi). If an operand is NaN, VMAXPS and VMINPS return
// their first operand, in Go's order.
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
