package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// int8AtOnce is how many tiles of 1, 2, 3 or 4 vectors of rows are worked on at
// once: as many sums as leave room for the inputs. Narrow tiles come alone.
var int8AtOnce = [...]int{1: 1, 2: 1, 3: 4, 4: 3}

// int8s writes the kernels of quantized vectors.
func int8s() {
	low, high := constant("int8Min", -127)[0], constant("int8Max", 127)[0]
	magnitude()
	quantize(low, high)
	linearInt8()
	int8Steps(&maddubs{})
	spreadInt8()
	quantizeSpread(low, high)
	panelInt8()
}

// linearInt8 writes the products of tiles of 8, 16, 24 and 32 rows of int8
// weights with a quantized vector:
//
//	for t := range ntiles {
//		for r := range rows {
//			sum := int32(0)
//			for k := range 4*groups {
//				sum += int32(w[t*stride+k/4*rows*4+r*4+k%4]) * int32(x[k])
//			}
//			dst[r] = fma(float32(sum), scale[r]*step, start[r])
//		}
//		dst, start, scale += accStep, accStep, scaleStep
//	}
//
// Strides are in bytes, and may be negative. ntiles is at least 1.
func linearInt8() {
	for v := 1; v <= 4; v++ {
		TEXT(fmt.Sprintf("linearInt8x%d", v*lanes), NOSPLIT,
			"func(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)")
		Pragma("noescape")
		a := int8Args{
			dst: param("dst"), start: param("start"), scale: param("scale"),
			w: param("w"), stride: param("stride"), x: param("x"),
			by: &maddubs{lacking: AllocLocal(8)},
		}
		sumNegative(param("x"), param("groups"), "X", a.by.of("X"))
		blocks(param("ntiles"), int8AtOnce[v], func(n int) { a.block(v, n) })
	}
}

type int8Args struct {
	dst, start, scale, w, stride, x GPVirtual

	by *maddubs
}

// block writes the products of n tiles of v vectors of rows, and moves on to
// the next tiles.
func (a int8Args) block(v, n int) {
	sums := make([][]VecVirtual, n)
	for t := range sums {
		sums[t] = vectors(v)
	}
	a.by.begin(int8Step{}, "X", sums)
	ws, at, groups := pointTo(a.w, a.stride, n), GP64(), param("groups")
	MOVQ(a.x, at)
	loop, done := fmt.Sprintf("loop%d", n), fmt.Sprintf("done%d", n)
	TESTQ(groups, groups)
	JZ(LabelRef(done))
	Label(loop)
	a.by.load(at)
	for t := range sums {
		for r, sum := range sums[t] {
			a.by.multiply(ws.mem(t).Offset(r*width), sum)
		}
	}
	for _, p := range ws.at {
		ADDQ(I32(v*width), p)
	}
	ADDQ(Imm(4), at)
	DECQ(groups)
	JNZ(LabelRef(loop))
	Label(done)
	a.by.end("X", sums)

	step := YMM()
	VBROADCASTSS(paramMem("step"), step)
	accStep, scaleStep := param("accStep"), param("scaleStep")
	for t := range sums {
		for r, sum := range sums[t] {
			factor := YMM()
			VMULPS(Mem{Base: a.scale, Disp: r * width}, step, factor)
			VCVTDQ2PS(sum, sum)
			VFMADD213PS(Mem{Base: a.start, Disp: r * width}, factor, sum)
			VMOVUPS(sum, Mem{Base: a.dst, Disp: r * width})
		}
		ADDQ(accStep, a.dst)
		ADDQ(accStep, a.start)
		ADDQ(scaleStep, a.scale)
		ADDQ(a.stride, a.w)
	}
}

// maddubs multiplies with VPMADDUBSW. This instruction needs one unsigned factor, so the
// sign of x is moved to w. If x is negative, all bits of w are inverted, which gives
// -w-1. The sum of every row then lacks |x|; the total of these is added at the end. Two
// products are at most 2·127·128, which fits in 16 bits.
type maddubs struct {
	lacking   Mem        // the sums of the magnitudes of all negative X, and H
	ones      VecVirtual // 16 times 1
	magnitude VecVirtual // of four x in every lane
	negative  VecVirtual // all bits are set where x is negative
}

func (m *maddubs) prepare(a stepArgs) {
	m.lacking = AllocLocal(8)
	for _, v := range []string{"X", "H"} {
		sumNegative(a.arg(v), a.arg(counts[v]), v, m.of(v))
	}
}

// counts are the arguments that count the groups of a vector.
var counts = map[string]string{"X": "Inputs", "H": "Hidden"}

// of returns what the sums of a vector lack.
func (m *maddubs) of(vector string) Mem {
	if vector == "H" {
		return m.lacking.Offset(4)
	}
	return m.lacking
}

func (m *maddubs) begin(_ int8Step, _ string, tiles [][]VecVirtual) {
	for _, sums := range tiles {
		for _, sum := range sums {
			VPXOR(sum, sum, sum)
		}
	}
	m.ones = YMM()
	VPCMPEQW(m.ones, m.ones, m.ones)
	VPABSW(m.ones, m.ones)
}

func (m *maddubs) load(x GPVirtual) {
	m.magnitude, m.negative = YMM(), YMM()
	VPBROADCASTD(Mem{Base: x}, m.magnitude)
	VPXOR(m.negative, m.negative, m.negative)
	VPCMPGTB(m.magnitude, m.negative, m.negative)
	VPABSB(m.magnitude, m.magnitude)
}

func (m *maddubs) multiply(w Mem, sum VecVirtual) {
	p := YMM()
	VPXOR(w, m.negative, p)
	VPMADDUBSW(p, m.magnitude, p)
	VPMADDWD(m.ones, p, p)
	VPADDD(p, sum, sum)
}

func (m *maddubs) end(vector string, tiles [][]VecVirtual) {
	lacking := YMM()
	VPBROADCASTD(m.of(vector), lacking)
	for _, sums := range tiles {
		for _, sum := range sums {
			VPADDD(lacking, sum, sum)
		}
	}
}

// sumNegative sets to, an int32, to the sum of the magnitudes of all that are
// negative in the vector x of so many groups of four. It changes x and groups.
func sumNegative(x, groups GPVirtual, name string, to Mem) {
	const atOnce = lanes // groups
	label := func(s string) string { return "negative_" + name + s }
	sum, zero := YMM(), YMM()
	VPXOR(sum, sum, sum)
	VPXOR(zero, zero, zero)
	SUBQ(Imm(atOnce), groups)
	JLT(LabelRef(label("_rest")))
	Label(label("_many"))
	add := func(v, zero, sum VecVirtual) {
		VPABSB(v, v)
		VPSADBW(zero, v, v)
		VPADDD(v, sum, sum)
	}
	v := YMM()
	VPMINSB(Mem{Base: x}, zero, v)
	add(v, zero, sum)
	ADDQ(Imm(4*atOnce), x)
	SUBQ(Imm(atOnce), groups)
	JGE(LabelRef(label("_many")))
	Label(label("_rest"))
	upper := XMM()
	VEXTRACTI128(Imm(1), sum, upper)
	VPADDD(upper, sum.AsX(), sum.AsX())
	VPSRLDQ(Imm(8), sum.AsX(), upper)
	VPADDD(upper, sum.AsX(), sum.AsX())
	ADDQ(Imm(atOnce), groups)
	JEQ(LabelRef(label("_done")))
	Label(label("_one"))
	one := XMM()
	VMOVD(Mem{Base: x}, one)
	VPMINSB(zero.AsX(), one, one)
	add(one, zero.AsX().(VecVirtual), sum.AsX().(VecVirtual))
	ADDQ(Imm(4), x)
	DECQ(groups)
	JNZ(LabelRef(label("_one")))
	Label(label("_done"))
	VMOVD(sum.AsX(), to)
}

// paramMem returns where a parameter is.
func paramMem(name string) Mem {
	b, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}

// magnitude writes the bits of Magnitude for n numbers, a multiple of 8 and at least that.
func magnitude() {
	TEXT("magnitude", NOSPLIT, "func(x *float32, n int) uint32")
	Pragma("noescape")
	x, n := param("x"), param("n")
	most, unsigned := YMM(), YMM()
	VPXOR(most, most, most)
	VPCMPEQD(unsigned, unsigned, unsigned)
	VPSRLD(Imm(1), unsigned, unsigned)
	Label("loop")
	v := YMM()
	VPAND(Mem{Base: x}, unsigned, v)
	VPMAXUD(v, most, most)
	ADDQ(Imm(width), x)
	SUBQ(Imm(lanes), n)
	JNZ(LabelRef("loop"))
	upper := XMM()
	VEXTRACTI128(Imm(1), most, upper)
	VPMAXUD(upper, most.AsX(), most.AsX())
	for _, swap := range []uint64{0b01_00_11_10, 0b10_11_00_01} { // halves, and then neighbours
		VPSHUFD(Imm(swap), most.AsX(), upper)
		VPMAXUD(upper, most.AsX(), most.AsX())
	}
	result := GP32()
	VMOVD(most.AsX(), result)
	Store(result, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// quantize writes Quantize for n numbers, a multiple of 8 and at least that.
func quantize(low, high Mem) {
	TEXT("quantize", NOSPLIT, "func(dst *int8, src *float32, n int, inverse float32) (nan bool)")
	Pragma("noescape")
	dst, src, n := param("dst"), param("src"), param("n")
	r := newRounding(low, high)
	Label("loop")
	x, upper := YMM(), XMM()
	VMOVUPS(Mem{Base: src}, x)
	r.round(x)
	VEXTRACTI128(Imm(1), x, upper)
	VPACKSSDW(upper, x.AsX(), upper)
	VPACKSSWB(upper, upper, upper)
	VMOVQ(upper, Mem{Base: dst})
	ADDQ(Imm(width), src)
	ADDQ(Imm(lanes), dst)
	SUBQ(Imm(lanes), n)
	JNZ(LabelRef("loop"))
	r.end(0)
	VZEROUPPER()
	RET()
}

// A rounding replaces numbers by the integers that are nearest to them times the
// parameter inverse.
type rounding struct {
	low, high     Mem
	inverse, nans VecVirtual
}

func newRounding(low, high Mem) rounding {
	r := rounding{low, high, YMM(), YMM()}
	VBROADCASTSS(paramMem("inverse"), r.inverse)
	VXORPS(r.nans, r.nans, r.nans)
	return r
}

// round replaces x by int32. Of VMAXPS's operands the first one in Go's order is the
// result where one is NaN. Only a NaN is unordered with itself.
func (r rounding) round(x VecVirtual) {
	unordered := YMM()
	VCMPPS(Imm(3), x, x, unordered)
	VORPS(unordered, r.nans, r.nans)
	VMULPS(r.inverse, x, x)
	limit := YMM()
	VMOVUPS(r.low, limit)
	VMAXPS(limit, x, x)
	VMINPS(r.high, x, x)
	VCVTPS2DQ(x, x)
}

// end stores a result: whether a number was NaN.
func (r rounding) end(result int) {
	found := GP32()
	VMOVMSKPS(r.nans, found)
	TESTL(found, found)
	nan := GP8()
	SETNE(nan)
	Store(nan, ReturnIndex(result))
}
