package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// A gate512 is the function of a vector: tanh, the sigmoid, or tanh for the lower half
// and the sigmoid for the upper half.
type gate512 struct {
	of gateKind
	sigmoidal
	mixed bool // the constants are whole vectors, not to be broadcast

	// tanh is 2ab/(a²+b²) - 0 and the sigmoid is 1ab/(a²+b²) + ½. If a vector needs both,
	// scale and offset are these numbers.
	scale, offset Mem
}

type gateKind int

const (
	isTanh gateKind = iota
	isSigmoid
	isTanhSigmoid
)

var (
	tanhGate    = gate512{of: isTanh, sigmoidal: halfTanh}
	sigmoidGate = gate512{of: isSigmoid, sigmoidal: sigmoidLessHalf}
)

// tanhSigmoidGate writes the constants of a gate whose lanes differ.
func tanhSigmoidGate() gate512 {
	return gate512{
		of:    isTanhSigmoid,
		mixed: true,
		sigmoidal: sigmoidal{
			min: halves("mixedMin", pair{-tanhMax, -2 * tanhMax})[0],
			max: halves("mixedMax", pair{tanhMax, 2 * tanhMax})[0],
			p:   halves("mixedP", pair{tanhP2, tanhP2 / 0x1p4}, pair{tanhP1, tanhP1 / 0x1p2}),
			q: halves("mixedQ", pair{tanhQ3, tanhQ3 / 0x1p5}, pair{tanhQ2, tanhQ2 / 0x1p3},
				pair{tanhQ1, tanhQ1 / 0x1p1}, pair{2, 4}),
		},
		scale:  halves("mixedScale", pair{2, 1})[0],
		offset: halves("mixedOffset", pair{float32(math.Copysign(0, -1)), 0.5})[0],
	}
}

// A pair is the elements of the lower and of the upper half of a vector.
type pair [2]float32

// halves writes a vector for each of pairs to the data section.
func halves(name string, pairs ...pair) []Mem {
	at := GLOBL(name, RODATA|NOPTR)
	ms := make([]Mem, len(pairs))
	for i, p := range pairs {
		ms[i] = at.Offset(i * width512)
		for l := range lanes512 {
			DATA(i*width512+4*l, U32(math.Float32bits(p[l/lanes])))
		}
	}
	return ms
}

func tanh512(xs ...VecVirtual) { gates512(repeat(tanhGate, len(xs)), xs) }

func sigmoid512(xs ...VecVirtual) { gates512(repeat(sigmoidGate, len(xs)), xs) }

func repeat(g gate512, n int) []gate512 {
	gs := make([]gate512, n)
	for i := range gs {
		gs[i] = g
	}
	return gs
}

// gates512 replaces each of xs by the function of the gate with the same index.
func gates512(gs []gate512, xs []VecVirtual) {
	as, bs := make([]VecVirtual, len(xs)), make([]VecVirtual, len(xs))
	us := make([]VecVirtual, len(xs))
	for i, x := range xs {
		as[i], bs[i], us[i] = like(x), like(x), like(x)
		gs[i].clamp(x)
	}
	for i, x := range xs {
		VMULPS(x, x, us[i])
	}
	horner512(as, us, gs, func(i int) []Mem { return gs[i].p })
	for i, x := range xs {
		cube := like(x)
		VMULPS(us[i], x, cube)
		VFMADD213PS(x, cube, as[i])
	}
	horner512(bs, us, gs, func(i int) []Mem { return gs[i].q })
	for i, x := range xs {
		a, b := as[i], bs[i]
		switch gs[i].of {
		case isTanh:
			VADDPS(b, b, x)
			VMULPS(a, x, x)
		case isSigmoid:
			VMULPS(a, b, x)
		case isTanhSigmoid:
			VMULPS(gs[i].scale, b, x)
			VMULPS(a, x, x)
		}
		VMULPS(b, b, b)
		VFMADD231PS(a, a, b)
		VDIVPS(b, x, x)
	}
	for i, x := range xs {
		switch gs[i].of {
		case isSigmoid:
			VADDPS_BCST(half, x, x)
		case isTanhSigmoid:
			VADDPS(gs[i].offset, x, x)
		}
	}
}

// clamp writes x = min(max(x, g.min), g.max); see clamp.
func (g gate512) clamp(x VecVirtual) {
	limit := like(x)
	g.load(g.min, limit)
	VMAXPS(x, limit, x)
	limit = like(x)
	g.load(g.max, limit)
	VMINPS(x, limit, x)
}

// load sets x to a constant of the gate.
func (g gate512) load(m Mem, x VecVirtual) {
	if g.mixed {
		VMOVUPS(m, x)
	} else {
		VBROADCASTSS(m, x)
	}
}

// horner512 writes ps[i] = the polynomial of us[i] with the coefficients
// of(i), constants of gs[i].
func horner512(ps, us []VecVirtual, gs []gate512, of func(i int) []Mem) {
	for i, p := range ps {
		gs[i].load(of(i)[0], p)
	}
	for k := 1; k < len(of(0)); k++ {
		for i, p := range ps {
			if c := of(i)[k]; gs[i].mixed {
				VFMADD213PS(c, us[i], p)
			} else {
				VFMADD213PS_BCST(c, us[i], p)
			}
		}
	}
}

// exp512 does what exp does.
func exp512(xs ...VecVirtual) {
	limits := gate512{sigmoidal: sigmoidal{min: expLow, max: expHigh}}
	ts, ns, ps, halves := vectors512(len(xs)), vectors512(len(xs)), vectors512(len(xs)), vectors512(len(xs))
	for i, x := range xs {
		limits.clamp(x)
		VBROADCASTSS(expReduce[0], ts[i])
		VFMADD213PS_BCST(expReduce[1], x, ts[i])
	}
	for i, x := range xs {
		VSUBPS_BCST(expReduce[1], ts[i], ns[i])
		VFMADD231PS_BCST(expReduce[2], ns[i], x)
		VFMADD231PS_BCST(expReduce[3], ns[i], x)
	}
	horner512(ps, xs, make([]gate512, len(xs)), func(int) []Mem { return expP })
	for i, x := range xs {
		VPSRLD(Imm(1), ts[i], halves[i])
		VPSUBD(halves[i], ts[i], ts[i])
		VPSLLD(Imm(23), halves[i], halves[i])
		VPSLLD(Imm(23), ts[i], ts[i])
		VMULPS(halves[i], ps[i], x)
		VMULPS(ts[i], x, x)
	}
}

// relu512 does what relu does.
func relu512(xs ...VecVirtual) {
	const notLessOrEqual = 6
	zero := ZMM()
	VXORPS(zero, zero, zero)
	for _, x := range xs {
		keep := K()
		VCMPPS(Imm(notLessOrEqual), zero, x, keep)
		VMOVAPS_Z(x, keep, x)
	}
}
