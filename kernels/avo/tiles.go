package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// tileBytes is the size of a tile's accumulators.
const tileBytes = 32 * 4

// tilesAtOnce is how many tiles of 1, 2, 3 or 4 vectors of rows are worked on
// at once: enough chains to hide the latency of an FMA. A matrix has at most
// one narrow tile.
var tilesAtOnce = [...]int{1: 1, 2: 1, 3: 4, 4: 3}

// tiles writes the products of tiles of 8, 16, 24 and 32 rows with a vector:
//
//	for t := range ntiles {
//		for r := range rows {
//			for k := range depth {
//				acc[t*32+r] = fma(w[t*stride+k*rows+r], x[k], acc[t*32+r])
//			}
//		}
//	}
//
// depth and ntiles are at least 1.
func tiles() {
	for v := 1; v <= 4; v++ {
		TEXT(fmt.Sprintf("tiles%d", v*lanes), NOSPLIT,
			"func(acc, w *float32, stride int, x *float32, depth, ntiles int)")
		Pragma("noescape")
		t := tilesArgs{acc: param("acc"), w: param("w"), stride: floats("stride"), end: param("x"), depth: param("depth")}
		LEAQ(Mem{Base: t.end, Index: t.depth, Scale: 4}, t.end)
		NEGQ(t.depth)
		blocks(param("ntiles"), tilesAtOnce[v], func(n int) { t.block(v, n) })
	}
}

type tilesArgs struct {
	acc, w, stride GPVirtual
	end, depth     GPVirtual // the end of x, and the depth negated
}

// block writes the sums of n tiles of v vectors of rows, and moves on to the
// next tiles.
func (a tilesArgs) block(v, n int) {
	sums := make([][]VecVirtual, n)
	ws := make([]GPVirtual, n)
	for t := range sums {
		ws[t] = GP64()
		if t == 0 {
			MOVQ(a.w, ws[t])
		} else {
			LEAQ(Mem{Base: ws[t-1], Index: a.stride, Scale: 1}, ws[t])
		}
		sums[t] = vectors(v)
		for r, sum := range sums[t] {
			VMOVUPS(Mem{Base: a.acc, Disp: t*tileBytes + r*width}, sum)
		}
	}

	step := func(x VecVirtual, i int) {
		for t, w := range ws {
			for r, sum := range sums[t] {
				VFMADD231PS(Mem{Base: w, Disp: (i*v + r) * width}, x, sum)
			}
		}
	}
	advance := func(steps int) {
		for _, w := range ws {
			ADDQ(I32(steps*v*width), w)
		}
	}
	label := func(name string) string { return fmt.Sprintf("%s%d", name, n) }

	// Four steps by one load of x: loads, more than sums, are what limits a
	// product of one vector.
	k := GP64()
	MOVQ(a.depth, k)
	ADDQ(Imm(4), k)
	JGT(LabelRef(label("rest")))
	Label(label("four"))
	four := YMM()
	VBROADCASTF128(Mem{Base: a.end, Index: k, Scale: 4, Disp: -16}, four)
	for i := range 4 {
		x := YMM()
		VPERMILPS(Imm(uint64(i*0b01_01_01_01)), four, x)
		step(x, i)
	}
	advance(4)
	ADDQ(Imm(4), k)
	JLE(LabelRef(label("four")))

	Label(label("rest"))
	SUBQ(Imm(4), k)
	JEQ(LabelRef(label("done")))
	Label(label("one"))
	x := YMM()
	VBROADCASTSS(Mem{Base: a.end, Index: k, Scale: 4}, x)
	step(x, 0)
	advance(1)
	INCQ(k)
	JNZ(LabelRef(label("one")))

	Label(label("done"))
	for t := range sums {
		for r, sum := range sums[t] {
			VMOVUPS(sum, Mem{Base: a.acc, Disp: t*tileBytes + r*width})
		}
		ADDQ(a.stride, a.w)
	}
	ADDQ(I32(n*tileBytes), a.acc)
}
