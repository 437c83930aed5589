package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// cells writes LSTM and GRU, the state updates of whole tiles.
func cells() {
	lstm()
	gru()
}

func lstm() {
	slices := function("LSTM", "h, c, cprev, acc")
	cell(slices, func(ptrs []Register, tiles int) {
		h, c, cprev, acc := ptrs[0], ptrs[1], ptrs[2], ptrs[3]
		var cs, os []VecVirtual
		for t := range tiles {
			tile := Mem{Base: acc, Disp: t * tileBytes}
			ifgo := load(tile, 4, nil)
			i, f, g, o := ifgo[0], ifgo[1], ifgo[2], ifgo[3]
			gates([]VecVirtual{g}, []VecVirtual{i, f, o})
			store(ifgo, tile, nil)
			VMULPS(g, i, i)
			VFMADD231PS(Mem{Base: cprev, Disp: t * width}, f, i)
			VMOVUPS(i, Mem{Base: c, Disp: t * width})
			cs, os = append(cs, i), append(os, o)
		}
		tanh(cs...)
		for t, x := range cs {
			VMULPS(os[t], x, x)
			VMOVUPS(x, Mem{Base: h, Disp: t * width})
		}
	})
}

func gru() {
	slices := function("GRU", "h, hprev, acc")
	cell(slices, func(ptrs []Register, tiles int) {
		h, hprev, acc := ptrs[0], ptrs[1], ptrs[2]
		var ns, zs []VecVirtual
		for t := range tiles {
			tile := Mem{Base: acc, Disp: t * tileBytes}
			nrz := load(tile, 3, nil)
			n, r, z := nrz[0], nrz[1], nrz[2]
			sigmoid(r, z)
			VFMADD231PS(tile.Offset(3*width), r, n)
			store(nrz[1:], tile.Offset(width), nil)
			ns, zs = append(ns, n), append(zs, z)
		}
		tanh(ns...)
		for t, n := range ns {
			VMOVUPS(n, Mem{Base: acc, Disp: t * tileBytes})
			prev := load(Mem{Base: hprev, Disp: t * width}, 1, nil)[0]
			blend(zs[t], prev, n)
			VMOVUPS(zs[t], Mem{Base: h, Disp: t * width})
		}
	})
}

// cell writes loops over the tiles of a cell's update, two at a time and then
// one: the last step of a unit waits for the first, and two tiles fill the
// time. The last of slices is the accumulators, the others hold a vector a
// tile.
func cell(slices []string, body func(ptrs []Register, tiles int)) {
	ptrs := pointers(slices)
	n := Load(Param(slices[0]).Len(), GP64())
	byTiles(n, func(tiles int) {
		body(ptrs, tiles)
		last := len(ptrs) - 1
		for _, p := range ptrs[:last] {
			ADDQ(Imm(uint64(tiles*width)), p)
		}
		ADDQ(I32(tiles*tileBytes), ptrs[last])
	})
}

// byTiles writes loops over n units, those of two tiles at a time and then of one, and
// the end of the function.
func byTiles(n Register, body func(tiles int)) {
	for _, tiles := range []int{2, 1} {
		begin, end := fmt.Sprintf("by%d", tiles), fmt.Sprintf("end%d", tiles)
		Label(begin)
		CMPQ(n, Imm(uint64(tiles*lanes)))
		JLT(LabelRef(end))
		body(tiles)
		SUBQ(Imm(uint64(tiles*lanes)), n)
		JMP(LabelRef(begin))
		Label(end)
	}
	VZEROUPPER()
	RET()
}
