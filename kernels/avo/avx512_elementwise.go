package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// activations512 writes the functions of whole slices.
func activations512() {
	elementwise512("Tanh", "dst, src", func(args [][]VecVirtual) { tanh512(args[0]...) })
	elementwise512("Sigmoid", "dst, src", func(args [][]VecVirtual) { sigmoid512(args[0]...) })
	elementwise512("Exp", "dst, src", func(args [][]VecVirtual) { exp512(args[0]...) })
	elementwise512("ReLU", "dst, src", func(args [][]VecVirtual) { relu512(args[0]...) })
	elementwise512("Mul", "dst, a, b", func(args [][]VecVirtual) {
		for i, a := range args[0] {
			VMULPS(args[1][i], a, a)
		}
	})
	elementwise512("MulAdd", "dst, a, b, c", func(args [][]VecVirtual) {
		for i, a := range args[0] {
			VFMADD213PS(args[2][i], args[1][i], a)
		}
	})
	elementwise512("Blend", "h, z, hprev, n", func(args [][]VecVirtual) {
		for i, z := range args[0] {
			blend(z, args[1][i], args[2][i])
		}
	})
	softmax512()
}

// elementwise512 writes a function for AVX-512; see elementwise.
func elementwise512(name, params string, f func(args [][]VecVirtual)) {
	slices := function(name, params)
	ptrs := pointers(slices)
	n := Load(Param(slices[0]).Len(), GP64()).(GPVirtual)
	loop512("", n, ptrs, func(vectors int, mask OpmaskVirtual) {
		args := make([][]VecVirtual, len(ptrs)-1)
		for i, p := range ptrs[1:] {
			args[i] = load512(Mem{Base: p}, vectors, mask)
		}
		f(args)
		store512(args[0], Mem{Base: ptrs[0]}, mask)
	})
	VZEROUPPER()
	RET()
}

// loop512 writes loops over the n elements at each of ptrs: four vectors at a
// time, then one, and then the rest with a mask. The pointers move along.
// prefix tells the labels of several loops in one function apart.
func loop512(prefix string, n GPVirtual, ptrs []Register, body func(vectors int, mask OpmaskVirtual)) {
	for _, vectors := range []int{4, 1} {
		begin, end := fmt.Sprintf("%sby%d", prefix, vectors), fmt.Sprintf("%send%d", prefix, vectors)
		Label(begin)
		CMPQ(n, I32(vectors*lanes512))
		JLT(LabelRef(end))
		body(vectors, nil)
		for _, p := range ptrs {
			ADDQ(I32(vectors*width512), p)
		}
		SUBQ(I32(vectors*lanes512), n)
		JMP(LabelRef(begin))
		Label(end)
	}

	TESTQ(n, n)
	JZ(LabelRef(prefix + "done"))
	body(1, firstLanes(n))
	Label(prefix + "done")
}

// firstLanes returns a mask of the first n lanes, of less than 16.
func firstLanes(n GPVirtual) OpmaskVirtual {
	bits, mask := GP32(), K()
	MOVL(n.As32(), ECX)
	MOVL(U32(1), bits)
	SHLL(CL, bits)
	DECL(bits)
	KMOVW(bits, mask)
	return mask
}

// load512 loads n vectors, starting at m. If there is a mask, it reads only the lanes of
// the mask, and sets the others to zero.
func load512(m Mem, n int, mask OpmaskVirtual) []VecVirtual {
	xs := vectors512(n)
	if mask == nil {
		read512(xs, m)
	} else {
		VMOVUPS_Z(m, mask, xs[0])
	}
	return xs
}

// store512 stores the vectors xs, starting at m. If there is a mask, it writes only the
// lanes of the mask.
func store512(xs []VecVirtual, m Mem, mask OpmaskVirtual) {
	if mask == nil {
		write512(xs, m)
	} else {
		VMOVUPS(xs[0], mask, m)
	}
}
