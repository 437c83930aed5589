package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const (
	lanes = 8         // float32 in a vector register
	width = 4 * lanes // bytes of a vector register
)

// panelColumns is how many columns a panel of 1, 2, 3 or 4 vectors of rows
// takes at a time: the most that leaves room for the weights and inputs in 16
// registers.
var panelColumns = [...]int{1: 8, 2: 6, 3: 4, 4: 3}

// panel writes the panels of 8, 16, 24 and 32 rows:
//
//	for c := range cols {
//		for r := range rows {
//			sum := start[c*ldstart+r]
//			for k := range depth {
//				sum = fma(w[k*ldw+r], x[c*ldx+k*incx], sum)
//			}
//			acc[c*ldacc+r] = sum
//		}
//	}
//
// depth and cols are at least 1.
func panel() {
	for _, f := range weightFormats {
		f.panel()
	}
}

func (f weightFormat) panel() {
	for v := 1; v <= 4; v++ {
		TEXT(fmt.Sprintf("panel%s%d", f.name, v*lanes), NOSPLIT,
			fmt.Sprintf("func(acc *float32, ldacc int, start *float32, ldstart int, w *%s, ldw int, x *float32, ldx, incx, depth, cols int)", f.element))
		Pragma("noescape")
		p := panelArgs{
			weightFormat: f,
			acc:          param("acc"), ldacc: floats("ldacc"),
			w: param("w"), ldw: f.weights("ldw"),
			x: param("x"), ldx: floats("ldx"), incx: floats("incx"),
		}
		blocks(param("cols"), panelColumns[v], func(cols int) { p.block(v, cols) })
	}
}

type panelArgs struct {
	weightFormat
	acc, ldacc, w, ldw, x, ldx, incx GPVirtual
}

// block writes the sums of v vectors of rows and a number of columns, and moves
// on to the next columns.
func (p panelArgs) block(v, cols int) {
	sums := make([][]VecVirtual, cols)
	start, next := startOf(cols)
	for c := range sums {
		sums[c] = vectors(v)
		for r, sum := range sums[c] {
			VMOVUPS(start.mem(c).Offset(r*width), sum)
		}
	}
	next()

	in := pointTo(p.x, p.ldx, cols)
	w, k := GP64(), param("depth")
	MOVQ(p.w, w)
	loop := fmt.Sprintf("loop%d", cols)
	Label(loop)
	if v >= cols {
		xs := vectors(cols)
		for c, x := range xs {
			VBROADCASTSS(in.mem(c), x)
		}
		for r := range v {
			wr := YMM()
			p.load(Mem{Base: w, Disp: r * p.width}, wr)
			for c, x := range xs {
				VFMADD231PS(wr, x, sums[c][r])
			}
		}
	} else {
		ws := vectors(v)
		for r, wr := range ws {
			p.load(Mem{Base: w, Disp: r * p.width}, wr)
		}
		for c := range cols {
			x := YMM()
			VBROADCASTSS(in.mem(c), x)
			for r, wr := range ws {
				VFMADD231PS(wr, x, sums[c][r])
			}
		}
	}
	ADDQ(p.ldw, w)
	in.advance(p.incx)
	DECQ(k)
	JNZ(LabelRef(loop))

	out := pointTo(p.acc, p.ldacc, cols)
	for c := range sums {
		for r, sum := range sums[c] {
			VMOVUPS(sum, out.mem(c).Offset(r*width))
		}
	}
	for range cols {
		ADDQ(p.ldacc, p.acc)
		ADDQ(p.ldx, p.x)
	}
}

// startOf addresses the columns of the parameter start. next advances it beyond them. It
// stays in memory, since all registers are in use.
func startOf(cols int) (start columns, next func()) {
	start = pointTo(param("start"), floats("ldstart"), cols)
	return start, func() {
		at := start.at[0]
		for range cols {
			ADDQ(start.stride, at)
		}
		MOVQ(at, paramMem("start"))
	}
}

// blocks writes the loop that divides count columns or tiles into blocks of at
// most limit, and the end of the function.
func blocks(count GPVirtual, limit int, block func(n int)) { blocksOrWhole(count, limit, limit, block) }

// blocksOrWhole does what blocks does, but takes up to most columns or tiles as
// one block if there are no more. most is less than 2*limit. Two even
// blocks keep more chains busy than a full one and a small rest.
//
//	for count > 0 {
//		n := limit
//		if count < 2*limit {
//			n = count
//			if n > most {
//				n = (n + 1) / 2
//			}
//		}
//		block(n)
//		count -= n
//	}
func blocksOrWhole(count GPVirtual, limit, most int, block func(n int)) {
	name := func(n int) string { return fmt.Sprintf("block%d", n) }
	Label("next")
	if most > 1 {
		n := GP64()
		CMPQ(count, I32(2*limit))
		JGE(LabelRef(name(limit)))
		MOVQ(count, n)
		CMPQ(count, I32(most))
		JLE(LabelRef("choose"))
		INCQ(n)
		SHRQ(Imm(1), n)
		Label("choose")
		for i := 1; i < most; i++ {
			CMPQ(n, I32(i))
			JEQ(LabelRef(name(i)))
		}
	}
	for i := most; i > 0; i-- {
		Label(name(i))
		block(i)
		SUBQ(I32(i), count)
		JNZ(LabelRef("next"))
		VZEROUPPER()
		RET()
	}
}

// columns addresses columns with a fixed stride: three per pointer, with the stride times
// 0, 1 and 2.
type columns struct {
	at     []GPVirtual
	stride GPVirtual
}

// pointTo returns n columns that begin at first.
func pointTo(first, stride GPVirtual, n int) columns {
	c := columns{stride: stride}
	for i := 0; i < n; i += 3 {
		p := GP64()
		if i == 0 {
			MOVQ(first, p)
		} else {
			before := c.at[len(c.at)-1]
			LEAQ(Mem{Base: before, Index: stride, Scale: 2}, p)
			ADDQ(stride, p)
		}
		c.at = append(c.at, p)
	}
	return c
}

func (c columns) mem(i int) Mem {
	m := Mem{Base: c.at[i/3]}
	if i%3 != 0 {
		m.Index, m.Scale = c.stride, uint8(i%3)
	}
	return m
}

func (c columns) advance(step GPVirtual) {
	for _, p := range c.at {
		ADDQ(step, p)
	}
}

// param loads a parameter.
func param(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

// floats loads a parameter that counts floats, as a count of bytes.
func floats(name string) GPVirtual {
	r := param(name)
	SHLQ(Imm(2), r)
	return r
}

// pack writes the copies of panels of weights:
//
//	for k := range depth {
//		copy(dst[k*rows:][:rows], src[k*ld:])
//	}
//
// It fetches the rows that follow in src, for the next panel, meanwhile.
func pack() {
	for v := 1; v <= 4; v++ {
		TEXT(fmt.Sprintf("pack%d", v*lanes), NOSPLIT, "func(dst, src *float32, ld, depth int)")
		Pragma("noescape")
		dst, src, ld, k := param("dst"), param("src"), floats("ld"), param("depth")
		Label("loop")
		row := vectors(v)
		for r, x := range row {
			VMOVUPS(Mem{Base: src, Disp: r * width}, x)
		}
		PREFETCHT1(Mem{Base: src, Disp: v * width})
		PREFETCHT1(Mem{Base: src, Disp: v*width + 64})
		for r, x := range row {
			VMOVUPS(x, Mem{Base: dst, Disp: r * width})
		}
		ADDQ(ld, src)
		ADDQ(I32(v*width), dst)
		DECQ(k)
		JNZ(LabelRef("loop"))
		VZEROUPPER()
		RET()
	}
}
