package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// tilesAtOnce512 is how many tiles are worked on at once: two sums each. That
// is more than enough chains to hide the latency of an FMA, so that two even
// blocks are still enough. A matrix has at most one narrow tile.
func tilesAtOnce512(rows int) int {
	if rows <= lanes512 {
		return 1
	}
	return 6
}

// tiles512 writes the products that tiles writes for AVX2.
func tiles512() {
	for rows := lanes; rows <= 4*lanes; rows += lanes {
		TEXT(fmt.Sprintf("tiles%d", rows), NOSPLIT,
			"func(acc, w *float32, stride int, x *float32, depth, ntiles int)")
		Pragma("noescape")
		t := tilesArgs{acc: param("acc"), w: param("w"), stride: floats("stride"), end: param("x"), depth: param("depth")}
		LEAQ(Mem{Base: t.end, Index: t.depth, Scale: 4}, t.end)
		NEGQ(t.depth)
		blocks(param("ntiles"), tilesAtOnce512(rows), func(n int) { t.block512(rows, n) })
	}
}

// block512 writes the sums of n tiles, and moves on to the next tiles.
func (a tilesArgs) block512(rows, n int) {
	acc := func(t int) Mem { return Mem{Base: a.acc, Disp: t * tileBytes} }
	sums := sums512(rows, n, acc)
	ws := make([]GPVirtual, n)
	for t := range ws {
		ws[t] = GP64()
		if t == 0 {
			MOVQ(a.w, ws[t])
		} else {
			LEAQ(Mem{Base: ws[t-1], Index: a.stride, Scale: 1}, ws[t])
		}
	}

	k, x := GP64(), like(sums[0][0])
	MOVQ(a.depth, k)
	loop := fmt.Sprintf("loop%d", n)
	Label(loop)
	VBROADCASTSS(Mem{Base: a.end, Index: k, Scale: 4}, x)
	for t, w := range ws {
		for r, sum := range sums[t] {
			VFMADD231PS(Mem{Base: w, Disp: r * width512}, part(x, sum), sum)
		}
		ADDQ(I32(4*rows), w)
	}
	INCQ(k)
	JNZ(LabelRef(loop))

	for t := range sums {
		write512(sums[t], acc(t))
		ADDQ(a.stride, a.w)
	}
	ADDQ(I32(n*tileBytes), a.acc)
}
