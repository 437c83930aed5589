package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// activations writes the functions of whole slices.
func activations() {
	elementwise("Tanh", "dst, src", func(args [][]VecVirtual) { tanh(args[0]...) })
	elementwise("Sigmoid", "dst, src", func(args [][]VecVirtual) { sigmoid(args[0]...) })
	elementwise("Exp", "dst, src", func(args [][]VecVirtual) { exp(args[0]...) })
	elementwise("ReLU", "dst, src", func(args [][]VecVirtual) { relu(args[0]...) })
	elementwise("Mul", "dst, a, b", func(args [][]VecVirtual) {
		for i, a := range args[0] {
			VMULPS(args[1][i], a, a)
		}
	})
	elementwise("MulAdd", "dst, a, b, c", func(args [][]VecVirtual) {
		for i, a := range args[0] {
			VFMADD213PS(args[2][i], args[1][i], a)
		}
	})
	elementwise("Max", "dst, a, b", func(args [][]VecVirtual) {
		for i, a := range args[0] {
			b, nan := args[1][i], YMM()
			VCMPPS(Imm(3), b, b, nan) // only a NaN is unordered with itself
			VMAXPS(a, b, a)           // a, if they are equal or one is NaN
			VBLENDVPS(nan, b, a, a)
		}
	})
	elementwise("Blend", "h, z, hprev, n", func(args [][]VecVirtual) {
		for i, z := range args[0] {
			blend(z, args[1][i], args[2][i])
		}
	})
	softmax()
}

// blend writes z = fma(z, hprev-n, n), and changes hprev.
func blend(z, hprev, n VecVirtual) {
	VSUBPS(n, hprev, hprev)
	VFMADD213PS(n, hprev, z)
}

// elementwise writes a function of slices of equal length. The first slice is the result.
// f gets vectors of each of the others, and leaves the result in those of the first of
// them.
func elementwise(name, params string, f func(args [][]VecVirtual)) {
	slices := function(name, params)
	ptrs := pointers(slices)
	n := Load(Param(slices[0]).Len(), GP64())
	loop("", n, ptrs, []int{4, 1}, func(vectors int, masks []VecVirtual) {
		args := make([][]VecVirtual, len(ptrs)-1)
		for i, p := range ptrs[1:] {
			args[i] = load(Mem{Base: p}, vectors, masks)
		}
		f(args)
		store(args[0], Mem{Base: ptrs[0]}, masks)
	})
	VZEROUPPER()
	RET()
}

// function begins a function of slices of float32, specified by the function of
// the same name in package generic. It returns the parameters' names.
func function(name, params string) []string {
	TEXT(name, NOSPLIT, fmt.Sprintf("func(%s []float32)", params))
	Doc(name + " is generic." + name + ".")
	Pragma("noescape")
	return strings.Split(params, ", ")
}

// pointers loads the addresses of slices.
func pointers(slices []string) []Register {
	ptrs := make([]Register, len(slices))
	for i, s := range slices {
		ptrs[i] = Load(Param(s).Base(), GP64())
	}
	return ptrs
}

// loop writes loops over the n elements at each of ptrs. Each loop processes as many
// vectors at a time as its entry in counts. The rest, which is shorter than the last
// entry of counts, is processed once, with a mask for each vector. The pointers advance.
// prefix distinguishes the labels of several loops in one function.
func loop(prefix string, n Register, ptrs []Register, counts []int, body func(vectors int, masks []VecVirtual)) {
	for _, vectors := range counts {
		begin, end := fmt.Sprintf("%sby%d", prefix, vectors), fmt.Sprintf("%send%d", prefix, vectors)
		Label(begin)
		CMPQ(n, I32(vectors*lanes))
		JLT(LabelRef(end))
		body(vectors, nil)
		for _, p := range ptrs {
			ADDQ(I32(vectors*width), p)
		}
		SUBQ(I32(vectors*lanes), n)
		JMP(LabelRef(begin))
		Label(end)
	}

	TESTQ(n, n)
	JZ(LabelRef(prefix + "done"))
	at := GP64()
	LEAQ(masks.Offset(4*maskLanes), at)
	SHLQ(Imm(2), n)
	SUBQ(n, at)
	vectors := counts[len(counts)-1]
	ms := make([]VecVirtual, vectors)
	for v := range ms {
		ms[v] = YMM()
		VMOVUPS(Mem{Base: at, Disp: v * width}, ms[v])
	}
	body(vectors, ms)
	Label(prefix + "done")
}

// load loads n vectors, starting at m. If there are masks, it reads only their lanes, and
// sets the others to zero.
func load(m Mem, n int, masks []VecVirtual) []VecVirtual {
	xs := vectors(n)
	for i, x := range xs {
		if masks == nil {
			VMOVUPS(m.Offset(i*width), x)
		} else {
			VMASKMOVPS(m.Offset(i*width), masks[i], x)
		}
	}
	return xs
}

// store stores the vectors xs, starting at m. If there are masks, it writes only their
// lanes.
func store(xs []VecVirtual, m Mem, masks []VecVirtual) {
	for i, x := range xs {
		if masks == nil {
			VMOVUPS(x, m.Offset(i*width))
		} else {
			VMASKMOVPS(x, masks[i], m.Offset(i*width))
		}
	}
}
