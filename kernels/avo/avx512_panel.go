package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// panelColumns512 is how many columns a panel takes at a time: 24 sums of two
// registers of rows leave room for the weights and an input in 32 registers,
// and more columns would need more addresses than there are registers for.
const panelColumns512 = 12

// panel512 writes the panels that panel writes for AVX2.
func panel512() {
	for rows := lanes; rows <= 4*lanes; rows += lanes {
		TEXT(fmt.Sprintf("panel%d", rows), NOSPLIT,
			"func(acc *float32, ldacc int, start *float32, ldstart int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)")
		Pragma("noescape")
		p := panelArgs{
			acc: param("acc"), ldacc: floats("ldacc"),
			w: param("w"), ldw: floats("ldw"),
			x: param("x"), ldx: floats("ldx"), incx: floats("incx"),
		}
		blocks(param("cols"), panelColumns512, func(cols int) { p.block512(rows, cols) })
	}
}

// block512 writes the sums of a number of rows and columns, and moves on to
// the next columns.
func (p panelArgs) block512(rows, cols int) {
	start, next := startOf(cols)
	sums := sums512(rows, cols, start.mem)
	next()

	in := pointTo(p.x, p.ldx, cols)
	w, k := GP64(), param("depth")
	MOVQ(p.w, w)
	loop := fmt.Sprintf("loop%d", cols)
	Label(loop)
	ws := rows512(rows)
	read512(ws, Mem{Base: w})
	for c := range cols {
		x := like(ws[0])
		VBROADCASTSS(in.mem(c), x)
		for r, sum := range sums[c] {
			VFMADD231PS(ws[r], part(x, sum), sum)
		}
	}
	ADDQ(p.ldw, w)
	in.advance(p.incx)
	DECQ(k)
	JNZ(LabelRef(loop))

	out := pointTo(p.acc, p.ldacc, cols)
	for c := range sums {
		write512(sums[c], out.mem(c))
	}
	for range cols {
		ADDQ(p.ldacc, p.acc)
		ADDQ(p.ldx, p.x)
	}
}

// sums512 loads n groups of rows, each from at(i) on.
func sums512(rows, n int, at func(i int) Mem) [][]VecVirtual {
	sums := make([][]VecVirtual, n)
	for i := range sums {
		sums[i] = rows512(rows)
		read512(sums[i], at(i))
	}
	return sums
}

// pack512 writes the copies that pack writes for AVX2.
func pack512() {
	for rows := lanes; rows <= 4*lanes; rows += lanes {
		TEXT(fmt.Sprintf("pack%d", rows), NOSPLIT, "func(dst, src *float32, ld, depth int)")
		Pragma("noescape")
		dst, src, ld, k := param("dst"), param("src"), floats("ld"), param("depth")
		Label("loop")
		row := rows512(rows)
		read512(row, Mem{Base: src})
		PREFETCHT1(Mem{Base: src, Disp: 4 * rows})
		PREFETCHT1(Mem{Base: src, Disp: 4*rows + 64})
		write512(row, Mem{Base: dst})
		ADDQ(ld, src)
		ADDQ(I32(4*rows), dst)
		DECQ(k)
		JNZ(LabelRef("loop"))
		VZEROUPPER()
		RET()
	}
}
