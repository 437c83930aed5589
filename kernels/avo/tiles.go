package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// tileBytes is the size of a tile's accumulators.
const tileBytes = 32 * 4

// tilesAtOnce is how many tiles of 1, 2, 3 or 4 vectors of rows a kernel
// passes over at once: enough chains to hide the latency of an FMA.
var tilesAtOnce = [...]int{1: 1, 2: 1, 3: 4, 4: 3}

func tiles() {
	for v := 1; v <= 4; v++ {
		for n := 1; n <= tilesAtOnce[v]; n++ {
			tilesKernel(v, n)
		}
	}
}

// tilesKernel writes the product of n tiles of v vectors of rows at a time with
// one vector, for a number of such blocks:
//
//	for range blocks {
//		for t := range n {
//			for r := range v*8 {
//				for k := range depth {
//					acc[t*32+r] = fma(w[t*stride+k*v*8+r], x[k], acc[t*32+r])
//				}
//			}
//		}
//		acc, w = acc[n*32:], w[n*stride:]
//	}
//
// depth and blocks are at least 1.
func tilesKernel(v, n int) {
	TEXT(fmt.Sprintf("tiles%dx%d", v*lanes, n), NOSPLIT,
		"func(acc, w *float32, stride int, x *float32, depth, blocks int)")
	Pragma("noescape")

	acc := Load(Param("acc"), GP64())
	w := Load(Param("w"), GP64())
	stride := floats("stride")
	end := Load(Param("x"), GP64())
	depth := Load(Param("depth"), GP64())
	blocks := Load(Param("blocks"), GP64())
	LEAQ(Mem{Base: end, Index: depth, Scale: 4}, end)
	NEGQ(depth)

	Label("block")
	sums := make([][]VecVirtual, n)
	ws := make([]GPVirtual, n)
	for t := range sums {
		ws[t] = GP64()
		if t == 0 {
			MOVQ(w, ws[t])
		} else {
			LEAQ(Mem{Base: ws[t-1], Index: stride, Scale: 1}, ws[t])
		}
		sums[t] = make([]VecVirtual, v)
		for r := range sums[t] {
			sums[t][r] = YMM()
			VMOVUPS(Mem{Base: acc, Disp: t*tileBytes + r*width}, sums[t][r])
		}
	}

	k := GP64()
	MOVQ(depth, k)
	Label("loop")
	x := YMM()
	VBROADCASTSS(Mem{Base: end, Index: k, Scale: 4}, x)
	for t := range n {
		for r := range v {
			VFMADD231PS(Mem{Base: ws[t], Disp: r * width}, x, sums[t][r])
		}
		ADDQ(I32(v*width), ws[t])
	}
	INCQ(k)
	JNZ(LabelRef("loop"))

	for t := range sums {
		for r := range sums[t] {
			VMOVUPS(sums[t][r], Mem{Base: acc, Disp: t*tileBytes + r*width})
		}
		ADDQ(stride, w)
	}
	ADDQ(I32(n*tileBytes), acc)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}
