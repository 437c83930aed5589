package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// softmax512 writes Softmax with the same passes as softmax. The lanes of a register are
// the 16 lanes of its sum.
func softmax512() {
	slices := function("Softmax", "dst, src")
	length := func() GPVirtual { return Load(Param("dst").Len(), GP64()).(GPVirtual) }

	greatest := ZMM()
	VBROADCASTSS(minusInf, greatest)
	ptrs := pointers(slices[1:])
	loop512("max", length(), ptrs, func(vectors int, mask OpmaskVirtual) {
		for _, x := range load512(Mem{Base: ptrs[0]}, vectors, mask) {
			if mask == nil {
				VMAXPS(x, greatest, greatest)
			} else {
				VMAXPS(x, greatest, mask, greatest)
			}
		}
	})
	across512(greatest, func(x, y Register) { VMAXPS(x, y, y) })

	sum := ZMM()
	VXORPS(sum, sum, sum)
	ptrs = pointers(slices)
	loop512("exp", length(), ptrs, func(vectors int, mask OpmaskVirtual) {
		xs := load512(Mem{Base: ptrs[1]}, vectors, mask)
		for _, x := range xs {
			VSUBPS(greatest, x, x)
		}
		exp512(xs...)
		store512(xs, Mem{Base: ptrs[0]}, mask)
		for _, x := range xs {
			if mask == nil {
				VADDPS(x, sum, sum)
			} else {
				VADDPS(x, sum, mask, sum)
			}
		}
	})
	across512(sum, func(x, y Register) { VADDPS(x, y, y) })

	ptrs = pointers(slices[:1])
	loop512("div", length(), ptrs, func(vectors int, mask OpmaskVirtual) {
		xs := load512(Mem{Base: ptrs[0]}, vectors, mask)
		for _, x := range xs {
			VDIVPS(sum, x, x)
		}
		store512(xs, Mem{Base: ptrs[0]}, mask)
	})
	VZEROUPPER()
	RET()
}

// across512 combines the lanes of v as a tree, l with l+8, l+4, l+2 and l+1,
// and sets all lanes to the result. op writes y = x op y.
func across512(v VecVirtual, op func(x, y Register)) {
	other := YMM()
	VEXTRACTF64X4(Imm(1), v, other)
	op(other, v.AsY())
	x, quarter := v.AsX(), other.AsX()
	VEXTRACTF32X4(Imm(1), v.AsY(), quarter)
	op(quarter, x)
	VPERMILPS(Imm(0b11_10), x, quarter)
	op(quarter, x)
	VPERMILPS(Imm(0b01), x, quarter)
	op(quarter, x)
	VBROADCASTSS(x, v)
}
