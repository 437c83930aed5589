package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// panelColumns512 is the number of columns that a panel processes at a time. With 24 sums
// in two registers of rows, the 32 registers still have room for the weights and an
// input; more columns would need more address registers than there are.
const panelColumns512 = 12

// panel512 writes the panels for AVX-512; see panel.
func panel512() {
	for _, f := range weightFormats {
		for rows := lanes; rows <= 4*lanes; rows += lanes {
			TEXT(fmt.Sprintf("panel%s%d", f.name, rows), NOSPLIT,
				fmt.Sprintf("func(acc *float32, ldacc int, start *float32, ldstart int, w *%s, ldw int, x *float32, ldx, incx, depth, cols int)", f.element))
			Pragma("noescape")
			p := panelArgs{
				weightFormat: f,
				acc:          param("acc"), ldacc: floats("ldacc"),
				w: param("w"), ldw: f.weights("ldw"),
				x: param("x"), ldx: floats("ldx"), incx: floats("incx"),
			}
			blocks(param("cols"), panelColumns512, func(cols int) { p.block512(rows, cols) })
		}
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
	fetch512(rows*p.width/lanes, w, ahead)
	sums.multiply(sums.weights(rows, func(r int) Mem { return Mem{Base: w, Disp: r * p.width / lanes} }, p.load, p.twice512), func(c int, x VecVirtual) { VBROADCASTSS(in.mem(c), x) },
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

// fetch512 fetches so many bytes of weights, which stand ahead bytes behind w, into the
// second-level cache: those of the next panel, for which a processor would wait
// otherwise, since it does not see them come while the columns pass over this one's.
func fetch512(bytes int, w, ahead GPVirtual) {
	for at := 0; at < bytes; at += 64 {
		PREFETCHT1(Mem{Base: w, Index: ahead, Scale: 1, Disp: at})
	}
}

// sums512 are the registers with the sums of columns.
type sums512 struct {
	full [][]VecVirtual // for each column, the rows that fill registers
	// The last 8 rows if they fill half a register: those of two columns share one, and those
	// of the last column, if their number is odd, have half of one.
	halves []VecVirtual
}

// newSums512 loads the sums of n columns. Column c starts at at(c).
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

// weights512 are the weights of a column of a matrix: those that fill registers, and
// of the last 8 rows, which stand twice in a register if there are two columns of sums.
type weights512 struct {
	full []VecVirtual
	half VecVirtual
}

// weights loads a column of so many rows, of which those from r on stand at(r). load
// fills a register, and twice both halves of one.
func (s sums512) weights(rows int, at func(r int) Mem, load, twice func(w Mem, to VecVirtual)) weights512 {
	w := weights512{full: vectors512(rows / lanes512)}
	for i, to := range w.full {
		load(at(i*lanes512), to)
	}
	rest := at(len(w.full) * lanes512)
	switch {
	case len(s.halves) == 0:
	case len(s.full) > 1:
		w.half = ZMM()
		twice(rest, w.half)
	default:
		w.half = YMM()
		load(rest, w.half)
	}
	return w
}

// broadcastHalf fills both halves of a register with what one holds.
func broadcastHalf(m Mem, to VecVirtual) { VBROADCASTF64X4(m, to) }

// twice512 fills both halves of a register with 8 weights.
func (f weightFormat) twice512(w Mem, to VecVirtual) {
	if f.width == width {
		broadcastHalf(w, to)
		return
	}
	f.load(w, to.AsY().(VecVirtual))
	VSHUFF64X2(Imm(0b01_00_01_00), to, to, to)
}

// multiply adds the products of weights with a number of each column, which load
// writes to all lanes.
func (s sums512) multiply(w weights512, load func(c int, x VecVirtual), multiply func(w, x, sum VecVirtual)) {
	var before VecVirtual
	for c, sums := range s.full {
		x := ZMM()
		load(c, x)
		for r, sum := range sums {
			multiply(w.full[r], x, sum)
		}
		switch {
		case w.half == nil:
		case c%2 == 1:
			VINSERTF64X4(Imm(1), x.AsY(), before, before)
			multiply(w.half, before, s.halves[c/2])
		case c+1 == len(s.full):
			multiply(w.half.AsY().(VecVirtual), x.AsY().(VecVirtual), s.halves[c/2])
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

// pack512 writes the copies for AVX-512; see pack.
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
