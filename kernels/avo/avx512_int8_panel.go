package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// int8PanelColumns512 is how many columns a panel takes at a time, as
// panelColumns512 is.
const int8PanelColumns512 = 12

// unsignedInt8 writes UnsignedInt8 for so many blocks of 16 numbers, at least one:
//
//	for i := range 16*blocks {
//		x[i] = q[i] + 128
//	}
func unsignedInt8(signs Mem) {
	TEXT("unsignedInt8", NOSPLIT, "func(x, q *int8, blocks int)")
	Pragma("noescape")
	x, q, blocks := param("x"), param("q"), param("blocks")
	inverter, numbers := XMM(), XMM()
	VPBROADCASTD(signs, inverter)
	Label("loop")
	VPXOR(Mem{Base: q}, inverter, numbers)
	VMOVDQU(numbers, Mem{Base: x})
	ADDQ(Imm(16), q)
	ADDQ(Imm(16), x)
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// quantizeUnsigned writes QuantizeUnsigned for so many blocks of 16 numbers, at
// least one. It rounds as rounding does.
func quantizeUnsigned(signs Mem) {
	limits := GLOBL("int8Limit", RODATA|NOPTR)
	DATA(0, F32(-127))
	DATA(4, F32(127))

	TEXT("quantizeUnsigned", NOSPLIT, "func(x *int8, src *float32, blocks int, inverse float32) (nan bool)")
	Pragma("noescape")
	x, src, blocks := param("x"), param("src"), param("blocks")
	inverse, low, high, inverter := ZMM(), ZMM(), ZMM(), XMM()
	VBROADCASTSS(paramMem("inverse"), inverse)
	VBROADCASTSS(limits, low)
	VBROADCASTSS(limits.Offset(4), high)
	VPBROADCASTD(signs, inverter)
	found, unordered := K(), K()
	KXORW(found, found, found)
	Label("loop")
	numbers := ZMM()
	VMOVUPS(Mem{Base: src}, numbers)
	VCMPPS(Imm(3), numbers, numbers, unordered) // only a NaN is unordered with itself
	KORW(unordered, found, found)
	VMULPS(inverse, numbers, numbers)
	VMAXPS(low, numbers, numbers)
	VMINPS(high, numbers, numbers)
	VCVTPS2DQ(numbers, numbers)
	bytes := XMM()
	VPMOVDB(numbers, bytes)
	VPXOR(inverter, bytes, bytes)
	VMOVDQU(bytes, Mem{Base: x})
	ADDQ(Imm(width512), src)
	ADDQ(Imm(16), x)
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	any, nan := GP32(), GP8()
	KMOVW(found, any)
	TESTL(any, any)
	SETNE(nan)
	Store(nan, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// panelInt8VNNI writes the panels of 8, 16, 24 and 32 rows of int8 weights:
//
//	for c := range cols {
//		for r := range rows {
//			sum := offset[r] + the products of the weights of row r with column c of x
//			acc[c*ldacc+r] = fma(float32(sum), scale[r]*step[c], start[c*ldstart+r])
//		}
//	}
//
// x is what unsignedInt8 writes, with columns ldx bytes apart. groups and cols are at
// least 1.
func panelInt8VNNI() {
	for rows := lanes; rows <= 4*lanes; rows += lanes {
		TEXT(fmt.Sprintf("panelInt8x%d", rows), NOSPLIT,
			"func(acc *float32, ldacc int, start *float32, ldstart int, w *int8, offset *int32, scale, step *float32, x *int8, ldx, groups, cols int)")
		Pragma("noescape")
		p := int8Panel512{
			acc: param("acc"), ldacc: floats("ldacc"), start: param("start"), ldstart: floats("ldstart"), step: param("step"),
			x: param("x"), ldx: param("ldx"),
		}
		blocks(param("cols"), int8PanelColumns512, func(cols int) { p.block(rows, cols) })
	}
}

type int8Panel512 struct{ acc, ldacc, start, ldstart, step, x, ldx GPVirtual }

// block writes the sums of a number of rows and columns, and moves on to the next
// columns.
func (p int8Panel512) block(rows, cols int) {
	offset := param("offset")
	sums := newSums512(rows, cols, func(int) Mem { return Mem{Base: offset} })

	in, w, groups := pointTo(p.x, p.ldx, cols), param("w"), param("groups")
	ahead := GP64()
	IMUL3Q(I32(4*rows), groups, ahead)
	loop := fmt.Sprintf("loop%d", cols)
	Label(loop)
	fetch512(4*rows, w, ahead)
	ws := sums.weights(rows, func(r int) Mem { return Mem{Base: w, Disp: 4 * r} }, func(w Mem, to VecVirtual) { VMOVUPS(w, to) }, broadcastHalf)
	sums.multiply(ws, func(c int, x VecVirtual) { VPBROADCASTD(in.mem(c), x) },
		func(w, x, sum VecVirtual) { VPDPBUSD(w, x, sum) })
	ADDQ(I32(4*rows), w)
	for _, at := range in.at {
		ADDQ(Imm(4), at)
	}
	DECQ(groups)
	JNZ(LabelRef(loop))

	scale := param("scale")
	for c, sums := range sums.columns() {
		step := like(sums[0])
		VBROADCASTSS(Mem{Base: p.step, Disp: 4 * c}, step)
		for r, sum := range sums {
			factor := like(sum)
			VMULPS(Mem{Base: scale, Disp: r * width512}, part(step, sum), factor)
			VCVTDQ2PS(sum, sum)
			VFMADD213PS(Mem{Base: p.start, Disp: r * width512}, factor, sum)
			VMOVUPS(sum, Mem{Base: p.acc, Disp: r * width512})
		}
		ADDQ(p.ldacc, p.acc)
		ADDQ(p.ldstart, p.start)
		ADDQ(p.ldx, p.x)
	}
	ADDQ(I32(4*cols), p.step)
}
