package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

var minusInf = constant("minusInf", float32(math.Inf(-1)))[0]

// softmax writes Softmax: a pass for the maximum, one for the exponentials and their sum,
// and one to divide by the sum.
//
// The maximum may be wrong if there is a NaN, since the exponential of NaN makes the sum
// NaN, and so every output.
func softmax() {
	slices := function("Softmax", "dst, src")
	length := func() Register { return Load(Param("dst").Len(), GP64()) }

	greatest := YMM()
	VMOVUPS(minusInf, greatest)
	ptrs := pointers(slices[1:])
	loop("max", length(), ptrs, []int{1}, func(vectors int, masks []VecVirtual) {
		x := load(Mem{Base: ptrs[0]}, vectors, masks)[0]
		if masks != nil {
			least := YMM()
			VMOVUPS(minusInf, least)
			VBLENDVPS(masks[0], x, least, x)
		}
		VMAXPS(x, greatest, greatest)
	})
	across(greatest, func(x, y Register) { VMAXPS(x, y, y) })

	sums := []VecVirtual{YMM(), YMM()} // lanes 0 to 7, and 8 to 15
	for _, s := range sums {
		VXORPS(s, s, s)
	}
	ptrs = pointers(slices)
	loop("exp", length(), ptrs, []int{2}, func(vectors int, masks []VecVirtual) {
		xs := load(Mem{Base: ptrs[1]}, vectors, masks)
		for _, x := range xs {
			VSUBPS(greatest, x, x)
		}
		exp(xs...)
		store(xs, Mem{Base: ptrs[0]}, masks)
		for v, x := range xs {
			if masks != nil {
				VANDPS(masks[v], x, x)
			}
			VADDPS(x, sums[v], sums[v])
		}
	})
	sum := sums[0]
	VADDPS(sums[1], sum, sum)
	across(sum, func(x, y Register) { VADDPS(x, y, y) })

	ptrs = pointers(slices[:1])
	loop("div", length(), ptrs, []int{1}, func(vectors int, masks []VecVirtual) {
		xs := load(Mem{Base: ptrs[0]}, vectors, masks)
		VDIVPS(sum, xs[0], xs[0])
		store(xs, Mem{Base: ptrs[0]}, masks)
	})
	VZEROUPPER()
	RET()
}

// across combines the lanes of v as a tree, l with l+4, l+2 and l+1, and sets
// all lanes to the result. op writes y = x op y.
func across(v VecVirtual, op func(x, y Register)) {
	x, other := v.AsX(), XMM()
	VEXTRACTF128(Imm(1), v, other)
	op(other, x)
	VPERMILPS(Imm(0b11_10), x, other)
	op(other, x)
	VPERMILPS(Imm(0b01), x, other)
	op(other, x)
	VBROADCASTSS(x, v)
}
