package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// int8AtOnce512 is how many tiles are worked on at once: two sums each, whose
// latency that hides.
const int8AtOnce512 = 6

// avx512vnni writes the kernels for AVX-512 VNNI.
func avx512vnni() {
	// Each inverts the signs' bit of four int8, which adds 128.
	signs := GLOBL("signs", RODATA|NOPTR)
	DATA(0, U32(0x80808080))
	linearInt8VNNI(signs)
	int8Steps(&vnni{signs: signs})
	unsignedInt8(signs)
	quantizeUnsigned(signs)
	panelInt8VNNI()
	panelInt8Pair512()
}

// vnni multiplies by VPDPBUSD in registers of 8 sums, as linearInt8VNNI does.
// Its other instructions are those of AVX2.
type vnni struct {
	signs    Mem
	inverter VecVirtual // of signs
	x        VecVirtual // four numbers, plus 128, in every lane
}

func (v *vnni) prepare(stepArgs) {}

func (v *vnni) begin(s int8Step, vector string, tiles [][]VecVirtual) {
	offsets := s.from("Offset"+vector, "ScaleStep", len(tiles))
	for t, sums := range tiles {
		read(offsets.mem(t), sums)
	}
	v.inverter = YMM()
	VPBROADCASTD(v.signs, v.inverter)
}

func (v *vnni) load(x GPVirtual) {
	v.x = YMM()
	VPBROADCASTD(Mem{Base: x}, v.x)
	VPXOR(v.inverter, v.x, v.x)
}

func (v *vnni) multiply(w Mem, sum VecVirtual) { VPDPBUSD(w, v.x, sum) }

func (v *vnni) end(string, [][]VecVirtual) {}

// linearInt8VNNI writes the products of linearInt8 with VNNI.
//
// VPDPBUSD needs one unsigned factor, which is x+128. The sums begin with offset, which
// subtracts what the 128 adds to the sum of a row.
func linearInt8VNNI(signs Mem) {
	for rows := lanes; rows <= 4*lanes; rows += lanes {
		TEXT(fmt.Sprintf("linearInt8x%d", rows), NOSPLIT,
			"func(dst, start *float32, accStep int, w *int8, stride int, offset *int32, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)")
		Pragma("noescape")
		a := int8Args512{
			dst: param("dst"), start: param("start"), scale: param("scale"), offset: param("offset"),
			w: param("w"), stride: param("stride"), x: param("x"), signs: ZMM(),
		}
		VPBROADCASTD(signs, a.signs)
		blocks(param("ntiles"), int8AtOnce512, func(n int) { a.block(rows, n) })
	}
}

type int8Args512 struct {
	dst, start, scale, offset, w, stride, x GPVirtual
	signs                                   VecVirtual
}

// block writes the products of n tiles of rows, and moves on to the next tiles.
func (a int8Args512) block(rows, n int) {
	scaleStep := param("scaleStep")
	offsets := GP64()
	MOVQ(a.offset, offsets)
	sums := make([][]VecVirtual, n)
	for t := range sums {
		sums[t] = rows512(rows)
		for i, sum := range sums[t] {
			at := Mem{Base: offsets, Disp: i * width512}
			if sum.Size() == width {
				VMOVDQU(at, sum)
			} else {
				VMOVDQU32(at, sum)
			}
		}
		ADDQ(scaleStep, offsets)
	}
	MOVQ(offsets, a.offset)

	ws, at, groups := pointTo(a.w, a.stride, n), GP64(), param("groups")
	MOVQ(a.x, at)
	loop, done := fmt.Sprintf("loop%d", n), fmt.Sprintf("done%d", n)
	TESTQ(groups, groups)
	JZ(LabelRef(done))
	Label(loop)
	x := ZMM()
	VPBROADCASTD(Mem{Base: at}, x)
	VPXORD(a.signs, x, x)
	for t := range sums {
		for r, sum := range sums[t] {
			VPDPBUSD(ws.mem(t).Offset(r*width512), part(x, sum), sum)
		}
	}
	for _, p := range ws.at {
		ADDQ(I32(4*rows), p)
	}
	ADDQ(Imm(4), at)
	DECQ(groups)
	JNZ(LabelRef(loop))
	Label(done)

	step := ZMM()
	VBROADCASTSS(paramMem("step"), step)
	accStep := param("accStep")
	for t := range sums {
		for r, sum := range sums[t] {
			factor := like(sum)
			VMULPS(Mem{Base: a.scale, Disp: r * width512}, part(step, sum), factor)
			VCVTDQ2PS(sum, sum)
			VFMADD213PS(Mem{Base: a.start, Disp: r * width512}, factor, sum)
			VMOVUPS(sum, Mem{Base: a.dst, Disp: r * width512})
		}
		ADDQ(accStep, a.dst)
		ADDQ(accStep, a.start)
		ADDQ(scaleStep, a.scale)
		ADDQ(a.stride, a.w)
	}
}
