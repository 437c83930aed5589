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
	sums := newSums512(rows, cols, start.mem)
	next()

	in := pointTo(p.x, p.ldx, cols)
	w, k := GP64(), param("depth")
	MOVQ(p.w, w)
	ahead := GP64()
	MOVQ(k, ahead)
	IMULQ(p.ldw, ahead)
	loop := fmt.Sprintf("loop%d", cols)
	Label(loop)
	fetch512(rows, w, ahead)
	sums.multiply(rows, Mem{Base: w}, func(c int, x VecVirtual) { VBROADCASTSS(in.mem(c), x) },
		func(w, x, sum VecVirtual) { VFMADD231PS(w, x, sum) })
	ADDQ(p.ldw, w)
	in.advance(p.incx)
	DECQ(k)
	JNZ(LabelRef(loop))

	out := pointTo(p.acc, p.ldacc, cols)
	for c, sums := range sums.columns() {
		write512(sums, out.mem(c))
	}
	for range cols {
		ADDQ(p.ldacc, p.acc)
		ADDQ(p.ldx, p.x)
	}
}

// fetch512 fetches rows of weights that stand so many bytes behind w into the
// second-level cache: those of the next panel, for which a processor would wait
// otherwise, since it does not see them come while the columns pass over this one's.
func fetch512(rows int, w, ahead GPVirtual) {
	for at := 0; at < 4*rows; at += 64 {
		PREFETCHT1(Mem{Base: w, Index: ahead, Scale: 1, Disp: at})
	}
}

// sums512 are the sums of columns of rows.
type sums512 struct {
	full [][]VecVirtual // of each column, those that fill registers
	// The last 8 rows where they fill half a register: of every two columns in one, and
	// of the last of an odd number in half of one.
	halves []VecVirtual
}

// newSums512 loads the sums of n columns, each from at(c) on.
func newSums512(rows, n int, at func(c int) Mem) sums512 {
	var s sums512
	for c := range n {
		full := vectors512(rows / lanes512)
		s.full = append(s.full, full)
		read512(full, at(c))
		if rows%lanes512 == 0 {
			continue
		}
		rest := at(c).Offset(len(full) * width512)
		switch {
		case c%2 == 1:
			both := s.halves[c/2]
			VINSERTF64X4(Imm(1), rest, both, both)
		case c+1 < n:
			both := ZMM()
			VBROADCASTF64X4(rest, both)
			s.halves = append(s.halves, both)
		default:
			one := YMM()
			VMOVUPS(rest, one)
			s.halves = append(s.halves, one)
		}
	}
	return s
}

// multiply adds the products of the rows of weights at w with a number of each column,
// which load writes to all lanes.
func (s sums512) multiply(rows int, w Mem, load func(c int, x VecVirtual), multiply func(w, x, sum VecVirtual)) {
	ws := vectors512(rows / lanes512)
	read512(ws, w)
	var half VecVirtual // twice, if there are two columns
	rest := w.Offset(len(ws) * width512)
	switch {
	case len(s.halves) == 0:
	case len(s.full) > 1:
		half = ZMM()
		VBROADCASTF64X4(rest, half)
	default:
		half = YMM()
		VMOVUPS(rest, half)
	}
	var before VecVirtual
	for c, sums := range s.full {
		x := ZMM()
		load(c, x)
		for r, sum := range sums {
			multiply(ws[r], x, sum)
		}
		switch {
		case half == nil:
		case c%2 == 1:
			VINSERTF64X4(Imm(1), x.AsY(), before, before)
			multiply(half, before, s.halves[c/2])
		case c+1 == len(s.full):
			multiply(half.AsY().(VecVirtual), x.AsY().(VecVirtual), s.halves[c/2])
		}
		before = x
	}
}

// columns returns the registers of each column, the last of them half a one where half
// is filled. It ends the sums.
func (s sums512) columns() [][]VecVirtual {
	columns := s.full
	for c := range columns {
		if len(s.halves) == 0 {
			break
		}
		half := s.halves[c/2].AsY().(VecVirtual)
		if c%2 == 1 {
			half = YMM()
			VEXTRACTF64X4(Imm(1), s.halves[c/2], half)
		}
		columns[c] = append(columns[c], half)
	}
	return columns
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
