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

// panelCols is how many columns a panel kernel of 1, 2, 3 or 4 vectors of rows
// holds at most: the most that leaves room for the weights and inputs in 16
// registers.
var panelCols = [...]int{1: 8, 2: 6, 3: 4, 4: 3}

func panel() {
	for v := 1; v <= 4; v++ {
		for cols := 1; cols <= panelCols[v]; cols++ {
			panelKernel(v, cols)
		}
	}
}

// columns addresses up to nine columns that stand a fixed stride apart: three
// by one pointer, with the stride times 0, 1 and 2.
type columns struct {
	at     []GPVirtual
	stride GPVirtual
}

// split sets the pointers of n columns that begin at first.
func split(first, stride GPVirtual, n int) columns {
	c := columns{stride: stride}
	p := GP64()
	MOVQ(first, p)
	c.at = append(c.at, p)
	for i := 3; i < n; i += 3 {
		next := GP64()
		LEAQ(Mem{Base: p, Index: stride, Scale: 2}, next)
		ADDQ(stride, next)
		c.at = append(c.at, next)
		p = next
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

// panelKernel writes the panel of v vectors of rows and a number of columns at
// a time, for a number of such blocks:
//
//	for range blocks {
//		for c := range cols {
//			for r := range v*8 {
//				for k := range depth {
//					acc[c*ldacc+r] = fma(w[k*ldw+r], x[c*ldx+k*incx], acc[c*ldacc+r])
//				}
//			}
//		}
//		acc, x = acc[cols*ldacc:], x[cols*ldx:]
//	}
//
// depth and blocks are at least 1.
func panelKernel(v, cols int) {
	TEXT(fmt.Sprintf("panel%dx%d", v*lanes, cols), NOSPLIT,
		"func(acc *float32, ldacc int, w *float32, ldw int, x *float32, ldx, incx, depth, blocks int)")
	Pragma("noescape")

	acc := Load(Param("acc"), GP64())
	ldacc := floats("ldacc")
	w := Load(Param("w"), GP64()).(GPVirtual)
	ldw := floats("ldw")
	x := Load(Param("x"), GP64())
	ldx := floats("ldx")
	incx := floats("incx")
	blocks := Load(Param("blocks"), GP64())

	block := "block"
	loop := "loop"
	Label(block)
	sums := make([][]VecVirtual, cols)
	out := split(acc.(GPVirtual), ldacc, cols)
	for c := range sums {
		sums[c] = make([]VecVirtual, v)
		for r := range sums[c] {
			sums[c][r] = YMM()
			VMOVUPS(out.mem(c).Offset(r*width), sums[c][r])
		}
	}

	in := split(x.(GPVirtual), ldx, cols)
	wk := GP64()
	MOVQ(w, wk)
	k := Load(Param("depth"), GP64())
	Label(loop)
	if v >= cols {
		xs := make([]VecVirtual, cols)
		for c := range xs {
			xs[c] = YMM()
			VBROADCASTSS(in.mem(c), xs[c])
		}
		for r := range v {
			wr := YMM()
			VMOVUPS(Mem{Base: wk, Disp: r * width}, wr)
			for c := range cols {
				VFMADD231PS(wr, xs[c], sums[c][r])
			}
		}
	} else {
		ws := make([]VecVirtual, v)
		for r := range ws {
			ws[r] = YMM()
			VMOVUPS(Mem{Base: wk, Disp: r * width}, ws[r])
		}
		for c := range cols {
			xc := YMM()
			VBROADCASTSS(in.mem(c), xc)
			for r := range v {
				VFMADD231PS(ws[r], xc, sums[c][r])
			}
		}
	}
	ADDQ(ldw, wk)
	in.advance(incx)
	DECQ(k)
	JNZ(LabelRef(loop))

	out = split(acc.(GPVirtual), ldacc, cols)
	for c := range sums {
		for r := range sums[c] {
			VMOVUPS(sums[c][r], out.mem(c).Offset(r*width))
		}
	}
	for range cols {
		ADDQ(ldacc, acc)
		ADDQ(ldx, x)
	}
	DECQ(blocks)
	JNZ(LabelRef(block))
	VZEROUPPER()
	RET()
}

// floats loads a parameter that counts floats, as a count of bytes.
func floats(name string) GPVirtual {
	r := Load(Param(name), GP64()).(GPVirtual)
	SHLQ(Imm(2), r)
	return r
}
