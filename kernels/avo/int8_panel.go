package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// int8PanelColumns is how many columns a panel of 1, 2, 3 or 4 vectors of rows takes
// at a time. Three registers are for the weights and inputs, and one for ones.
var int8PanelColumns = [...]int{1: 6, 2: 6, 3: 4, 4: 3}

// spreadInt8 writes SpreadInt8 for so many blocks of 16 numbers, at least one:
//
//	for i := range 4*blocks {
//		x[i] = [4]int8 of the magnitudes of q[4*i:], and [4]int8 of -1 for the negative ones
//	}
//	return the sum of the magnitudes of all that are negative
func spreadInt8() {
	TEXT("spreadInt8", NOSPLIT, "func(x, q *int8, blocks int) (lacking int32)")
	Pragma("noescape")
	x, q, blocks := param("x"), param("q"), param("blocks")
	s := newSpread(x)
	Label("loop")
	numbers := XMM()
	VMOVDQU(Mem{Base: q}, numbers)
	s.add(numbers)
	ADDQ(Imm(16), q)
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	s.end()
	VZEROUPPER()
	RET()
}

// quantizeSpread writes QuantizeSpread for so many blocks of 16 numbers, at least one:
// quantize and spreadInt8 in one, without memory between them.
func quantizeSpread(low, high Mem) {
	TEXT("quantizeSpread", NOSPLIT, "func(x *int8, src *float32, blocks int, inverse float32) (lacking int32, nan bool)")
	Pragma("noescape")
	x, src, blocks := param("x"), param("src"), param("blocks")
	s, r := newSpread(x), newRounding(low, high)
	Label("loop")
	lower, upper := YMM(), YMM()
	VMOVUPS(Mem{Base: src}, lower)
	VMOVUPS(Mem{Base: src, Disp: width}, upper)
	r.round(lower)
	r.round(upper)
	VPACKSSDW(upper, lower, lower) // the lower halves of both, then the upper ones
	VPERMQ(Imm(0b11_01_10_00), lower, lower)
	VEXTRACTI128(Imm(1), lower, upper.AsX())
	VPACKSSWB(upper.AsX(), lower.AsX(), lower.AsX())
	s.add(lower.AsX().(VecVirtual))
	ADDQ(Imm(2*width), src)
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	s.end()
	r.end(1)
	VZEROUPPER()
	RET()
}

// A spread writes the form of int8 vectors that panels read.
type spread struct {
	to        GPVirtual
	zero, sum VecVirtual
}

func newSpread(to GPVirtual) spread {
	s := spread{to, XMM(), XMM()}
	VPXOR(s.zero, s.zero, s.zero)
	VPXOR(s.sum, s.sum, s.sum)
	return s
}

// add writes 16 numbers, which it changes.
func (s spread) add(magnitude VecVirtual) {
	negative, pairs := XMM(), XMM()
	VPCMPGTB(magnitude, s.zero, negative)
	VPABSB(magnitude, magnitude)
	VPUNPCKLDQ(negative, magnitude, pairs)
	VMOVDQU(pairs, Mem{Base: s.to})
	VPUNPCKHDQ(negative, magnitude, pairs)
	VMOVDQU(pairs, Mem{Base: s.to, Disp: 16})
	VPAND(negative, magnitude, magnitude)
	VPSADBW(s.zero, magnitude, magnitude)
	VPADDD(magnitude, s.sum, s.sum)
	ADDQ(Imm(32), s.to)
}

// end stores the first result: the sum of the magnitudes of all that are negative.
func (s spread) end() {
	upper, total := XMM(), GP32()
	VPSRLDQ(Imm(8), s.sum, upper)
	VPADDD(upper, s.sum, s.sum)
	VMOVD(s.sum, total)
	Store(total, ReturnIndex(0))
}

// panelInt8 writes the panels of 8, 16, 24 and 32 rows of int8 weights:
//
//	for c := range cols {
//		for r := range rows {
//			sum := lacking[c] + the products of the weights of row r with column c of x
//			acc[c*ldacc+r] = fma(float32(sum), scale[r]*step[c], start[c*ldstart+r])
//		}
//	}
//
// x is what spreadInt8 writes, with columns ldx bytes apart; the signs go to the
// weights as in maddubs. groups and cols are at least 1.
func panelInt8() {
	for v := 1; v <= 4; v++ {
		TEXT(fmt.Sprintf("panelInt8x%d", v*lanes), NOSPLIT,
			"func(acc *float32, ldacc int, start *float32, ldstart int, w *int8, scale, step *float32, lacking *int32, x *int8, ldx, groups, cols int)")
		Pragma("noescape")
		p := int8PanelArgs{
			acc: param("acc"), ldacc: floats("ldacc"), start: param("start"), ldstart: floats("ldstart"), step: param("step"), lacking: param("lacking"),
			x: param("x"), ldx: param("ldx"),
		}
		blocks(param("cols"), int8PanelColumns[v], func(cols int) { p.block(v, cols) })
	}
}

type int8PanelArgs struct {
	acc, ldacc, start, ldstart, step, lacking, x, ldx GPVirtual
}

// block writes the sums of v vectors of rows and a number of columns, and moves on
// to the next columns.
func (p int8PanelArgs) block(v, cols int) {
	m := &maddubs{}
	sums := make([][]VecVirtual, cols)
	for c := range sums {
		sums[c] = vectors(v)
	}
	m.begin(int8Step{}, "", sums)
	in, w, groups := pointTo(p.x, p.ldx, cols), param("w"), param("groups")
	loop := fmt.Sprintf("loop%d", cols)
	Label(loop)
	for c := range cols {
		m.magnitude, m.negative = YMM(), YMM()
		VPBROADCASTD(in.mem(c), m.magnitude)
		VPBROADCASTD(in.mem(c).Offset(4), m.negative)
		for r, sum := range sums[c] {
			m.multiply(Mem{Base: w, Disp: r * width}, sum)
		}
	}
	ADDQ(I32(v*width), w)
	for _, at := range in.at {
		ADDQ(Imm(8), at)
	}
	DECQ(groups)
	JNZ(LabelRef(loop))

	scale := param("scale")
	for c := range cols {
		lacking, step := YMM(), YMM()
		VPBROADCASTD(Mem{Base: p.lacking, Disp: 4 * c}, lacking)
		VBROADCASTSS(Mem{Base: p.step, Disp: 4 * c}, step)
		for r, sum := range sums[c] {
			VPADDD(lacking, sum, sum)
			VCVTDQ2PS(sum, sum)
			factor := YMM()
			VMULPS(Mem{Base: scale, Disp: r * width}, step, factor)
			VFMADD213PS(Mem{Base: p.start, Disp: r * width}, factor, sum)
			VMOVUPS(sum, Mem{Base: p.acc, Disp: r * width})
		}
		ADDQ(p.ldacc, p.acc)
		ADDQ(p.ldstart, p.start)
		ADDQ(p.ldx, p.x)
	}
	ADDQ(Imm(uint64(4*cols)), p.step)
	ADDQ(Imm(uint64(4*cols)), p.lacking)
}
