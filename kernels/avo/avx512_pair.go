package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// A tile of a GRU has 24 rows, which fill a register and a half. Two tiles fill three
// registers: the first 16 rows of the first tile, the last 8 rows of both, and the first
// 16 rows of the second.

const (
	pairTile    = 3 * lanes // rows of a tile
	pairColumns = 8         // columns of sums that fit in registers
)

// panelPair512 writes panel24 for two tiles, whose weights, sums and starts stand wnext,
// next and startnext apart, and x in consecutive numbers.
func panelPair512() {
	for _, f := range weightFormats {
		TEXT("panelPair"+f.name, NOSPLIT,
			fmt.Sprintf("func(acc *float32, ldacc, next int, start *float32, ldstart, startnext int, w *%s, wnext int, x *float32, ldx, depth, cols int)", f.element))
		Pragma("noescape")
		p := pair512{
			acc: param("acc"), ldacc: floats("ldacc"), x: param("x"), ldx: floats("ldx"),
			wnext: func() GPVirtual { return f.weights("wnext") }, bytes: pairTile * f.width / lanes, numbers: "depth",
			load: f.load, join: joinHalves,
			broadcast: func(x Mem, to VecVirtual) { VBROADCASTSS(x, to) },
			multiply:  func(w, x, sum VecVirtual) { VFMADD231PS(w, x, sum) },
		}
		if f.width < width { // no instruction widens what it joins
			p.join = func(w, behind Mem, to VecVirtual) {
				upper, other := ZMM(), ZMM()
				f.load(w.Offset(-f.width), upper)
				f.load(behind.Offset(-f.width), other)
				VSHUFF64X2(Imm(0b11_10_11_10), other, upper, to)
			}
		}
		blocks(param("cols"), pairColumns, func(cols int) {
			start, ld, startNext := param("start"), floats("ldstart"), floats("startnext")
			sums := make([][]VecVirtual, cols)
			for c := range sums {
				sums[c] = readPair(Mem{Base: start}, startNext)
				ADDQ(ld, start)
			}
			MOVQ(start, paramMem("start"))
			p.products(sums)
			next := floats("next")
			for _, s := range sums {
				p.write(s, next)
			}
		})
	}
}

// panelInt8Pair512 writes panelInt8x24 for two tiles, as panelPair512 does. The offsets
// and scales of their rows stand side by side.
func panelInt8Pair512() {
	TEXT("panelInt8Pair", NOSPLIT,
		"func(acc *float32, ldacc, next int, start *float32, ldstart, startnext int, w *int8, wnext int, offset *int32, scale, step *float32, x *int8, ldx, groups, cols int)")
	Pragma("noescape")
	p := pair512{
		acc: param("acc"), ldacc: floats("ldacc"), x: param("x"), ldx: param("ldx"),
		wnext: func() GPVirtual { return param("wnext") }, bytes: 4 * pairTile, numbers: "groups",
		load:      func(w Mem, to VecVirtual) { VMOVUPS(w, to) },
		join:      joinHalves,
		broadcast: func(x Mem, to VecVirtual) { VPBROADCASTD(x, to) },
		multiply:  func(w, x, sum VecVirtual) { VPDPBUSD(w, x, sum) },
	}
	step := param("step")
	blocks(param("cols"), pairColumns, func(cols int) {
		offset, apart := param("offset"), GP64()
		MOVQ(I32(4*pairTile), apart)
		sums := make([][]VecVirtual, cols)
		for c := range sums {
			sums[c] = readPair(Mem{Base: offset}, apart)
		}
		p.products(sums)
		scale, apart := param("scale"), GP64()
		MOVQ(I32(4*pairTile), apart)
		scales := readPair(Mem{Base: scale}, apart)
		start, ld, startNext, next := param("start"), floats("ldstart"), floats("startnext"), floats("next")
		for c, s := range sums {
			of := ZMM()
			VBROADCASTSS(Mem{Base: step, Disp: 4 * c}, of)
			behind := Mem{Base: start, Index: startNext, Scale: 1}
			for r, sum := range s {
				factor := ZMM()
				VMULPS(scales[r], of, factor)
				VCVTDQ2PS(sum, sum)
				switch r {
				case 0:
					VFMADD213PS(Mem{Base: start}, factor, sum)
				case 1:
					both := ZMM()
					joinHalves(Mem{Base: start, Disp: width512}, behind.Offset(width512), both)
					VFMADD213PS(both, factor, sum)
				case 2:
					VFMADD213PS(behind, factor, sum)
				}
			}
			p.write(s, next)
			ADDQ(ld, start)
		}
		MOVQ(start, paramMem("start"))
		ADDQ(Imm(uint64(4*cols)), step)
	})
}

// A pair512 writes the products of two tiles.
type pair512 struct {
	acc, ldacc, x, ldx GPVirtual

	wnext     func() GPVirtual // loads the distance of the tiles' weights, in bytes
	bytes     int              // of a tile's weights that a turn of the loop reads
	numbers   string           // the parameter that counts the turns: of 4 bytes of x
	load      func(w Mem, to VecVirtual)
	join      func(w, behind Mem, to VecVirtual) // loads the weights of 8 rows at w, and of 8 more behind them
	broadcast func(x Mem, to VecVirtual)
	multiply  func(w, x, sum VecVirtual)
}

// readPair loads the numbers of two tiles' rows.
func readPair(m Mem, next GPVirtual) []VecVirtual {
	sums := vectors512(3)
	behind := m
	behind.Index, behind.Scale = next, 1
	VMOVUPS(m, sums[0])
	joinHalves(m.Offset(width512), behind.Offset(width512), sums[1])
	VMOVUPS(behind, sums[2])
	return sums
}

// joinHalves loads 8 numbers at m, and 8 more behind them.
func joinHalves(m, behind Mem, to VecVirtual) {
	VBROADCASTF64X4(m, to)
	VINSERTF64X4(Imm(1), behind, to, to)
}

// write stores the sums of a column, and moves on to the next one.
func (p pair512) write(sums []VecVirtual, next GPVirtual) {
	m := Mem{Base: p.acc}
	behind := Mem{Base: p.acc, Index: next, Scale: 1}
	VMOVUPS(sums[0], m)
	VMOVUPS(sums[1].AsY(), m.Offset(width512))
	VMOVUPS(sums[2], behind)
	VEXTRACTF64X4(Imm(1), sums[1], behind.Offset(width512))
	ADDQ(p.ldacc, p.acc)
}

// products adds the products to the sums of columns, and moves on to the next ones. It
// fetches the weights that stand behind those of each tile.
func (p pair512) products(sums [][]VecVirtual) {
	in, w, k := pointTo(p.x, p.ldx, len(sums)), param("w"), param(p.numbers)
	behind, ahead := p.wnext(), GP64()
	ADDQ(w, behind)
	IMUL3Q(I32(p.bytes), k, ahead)
	loop := fmt.Sprintf("loop%d", len(sums))
	Label(loop)
	sixteen := p.bytes * 2 / 3 // bytes of 16 rows
	ws := vectors512(3)
	p.load(Mem{Base: w}, ws[0])
	p.load(Mem{Base: behind}, ws[2])
	p.join(Mem{Base: w, Disp: sixteen}, Mem{Base: behind, Disp: sixteen}, ws[1])
	fetch512(p.bytes, w, ahead)
	fetch512(p.bytes, behind, ahead)
	for c, s := range sums {
		x := ZMM()
		p.broadcast(in.mem(c), x)
		for r, sum := range s {
			p.multiply(ws[r], x, sum)
		}
	}
	ADDQ(I32(p.bytes), w)
	ADDQ(I32(p.bytes), behind)
	for _, at := range in.at {
		ADDQ(Imm(4), at)
	}
	DECQ(k)
	JNZ(LabelRef(loop))
	for range sums {
		ADDQ(p.ldx, p.x)
	}
}
