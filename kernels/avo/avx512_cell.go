package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// cells512 writes LSTM and GRU. The gates are computed where they stand, two
// of a tile in a register. Then the gates of the same kind of two tiles are
// put together for the state's update.
func cells512() {
	tanhSigmoid := tanhSigmoidGate()
	lstm512(tanhSigmoid)
	gru512()
	lstmStreams512(tanhSigmoid)
	gruStreams512()
}

func lstm512(tanhSigmoid gate512) {
	slices := function("LSTM", "h, c, cprev, acc")
	cell(slices, func(ptrs []Register, tiles int) {
		h, c, cprev, acc := Mem{Base: ptrs[0]}, Mem{Base: ptrs[1]}, Mem{Base: ptrs[2]}, Mem{Base: ptrs[3]}
		var ifs, gos []VecVirtual
		for t := range tiles {
			ifgo := load512(acc.Offset(t*tileBytes), 2, nil)
			ifs, gos = append(ifs, ifgo[0]), append(gos, ifgo[1])
		}
		gates512(append(repeat(sigmoidGate, tiles), repeat(tanhSigmoid, tiles)...), append(ifs, gos...))
		for t := range tiles {
			write512([]VecVirtual{ifs[t], gos[t]}, acc.Offset(t*tileBytes))
		}
		i, f := lowerAndUpper(ifs)
		g, o := lowerAndUpper(gos)
		VMULPS(g, i, i)
		VFMADD231PS(cprev, f, i)
		VMOVUPS(i, c)
		tanh512(i)
		VMULPS(o, i, i)
		VMOVUPS(i, h)
	})
}

func gru512() {
	slices := function("GRU", "h, hprev, acc")
	cell(slices, func(ptrs []Register, tiles int) {
		h, hprev, acc := Mem{Base: ptrs[0]}, Mem{Base: ptrs[1]}, Mem{Base: ptrs[2]}
		var rzs []VecVirtual
		for t := range tiles {
			rzs = append(rzs, load512(acc.Offset(t*tileBytes+width), 1, nil)...)
		}
		sigmoid512(rzs...)
		for t, rz := range rzs {
			write512([]VecVirtual{rz}, acc.Offset(t*tileBytes+width))
		}
		r, z := lowerAndUpper(rzs)
		n, nh := gather(acc, tiles), gather(acc.Offset(3*width), tiles)
		VFMADD231PS(nh, r, n)
		tanh512(n)
		scatter(n, acc, tiles)
		prev := like(n)
		VMOVUPS(hprev, prev)
		blend(z, prev, n)
		VMOVUPS(z, h)
	})
}

func lstmStreams512(tanhSigmoid gate512) {
	TEXT("LSTMStreams", NOSPLIT, "func(h []float32, ldh int, c, acc []float32)")
	Doc("LSTMStreams is generic.LSTMStreams.")
	Pragma("noescape")
	h, ldh := Load(Param("h").Base(), GP64()).(GPVirtual), floats("ldh")
	c, acc := Load(Param("c").Base(), GP64()), Load(Param("acc").Base(), GP64())
	byTiles(Load(Param("c").Len(), GP64()), func(tiles int) {
		var ifs, gos []VecVirtual
		for t := range tiles {
			ifgo := load512(Mem{Base: acc, Disp: t * tileBytes}, 2, nil)
			ifs, gos = append(ifs, ifgo[0]), append(gos, ifgo[1])
		}
		gates512(append(repeat(sigmoidGate, tiles), repeat(tanhSigmoid, tiles)...), append(ifs, gos...))
		i, f := lowerAndUpper(ifs)
		g, o := lowerAndUpper(gos)
		VMULPS(g, i, i)
		VFMADD231PS(Mem{Base: c}, f, i)
		VMOVUPS(i, Mem{Base: c})
		tanh512(i)
		VMULPS(o, i, i)
		writeRows(i, h, ldh, tiles)
		ADDQ(Imm(uint64(tiles*width)), c)
		ADDQ(I32(tiles*tileBytes), acc)
	})
}

func gruStreams512() {
	TEXT("GRUStreams", NOSPLIT, "func(out []float32, ldout int, h, nx []float32, ldnx int, acc []float32)")
	Doc("GRUStreams is generic.GRUStreams.")
	Pragma("noescape")
	out, ldout := Load(Param("out").Base(), GP64()).(GPVirtual), floats("ldout")
	nx, ldnx := Load(Param("nx").Base(), GP64()).(GPVirtual), floats("ldnx")
	h, acc := Load(Param("h").Base(), GP64()), Load(Param("acc").Base(), GP64())
	byTiles(Load(Param("h").Len(), GP64()), func(tiles int) {
		var rzs []VecVirtual
		for t := range tiles {
			rzs = append(rzs, load512(Mem{Base: acc, Disp: t*tileBytes + width}, 1, nil)...)
		}
		sigmoid512(rzs...)
		r, z := lowerAndUpper(rzs)
		n, nh := readRows(nx, ldnx, tiles), gather(Mem{Base: acc, Disp: 3 * width}, tiles)
		VFMADD231PS(nh, r, n)
		tanh512(n)
		prev := like(n)
		VMOVUPS(Mem{Base: h}, prev)
		blend(z, prev, n)
		VMOVUPS(z, Mem{Base: h})
		writeRows(z, out, ldout, tiles)
		ADDQ(Imm(uint64(tiles*width)), h)
		ADDQ(I32(tiles*tileBytes), acc)
	})
}

// readRows loads the 8 floats that one or two rows begin with, and moves on behind
// these rows.
func readRows(at, ld GPVirtual, n int) VecVirtual {
	x := YMM()
	VMOVUPS(Mem{Base: at}, x)
	if n == 2 {
		ADDQ(ld, at)
		x = x.AsZ().(VecVirtual)
		VINSERTF64X4(Imm(1), Mem{Base: at}, x, x)
	}
	ADDQ(ld, at)
	return x
}

// writeRows stores what readRows loads.
func writeRows(x VecVirtual, at, ld GPVirtual, n int) {
	VMOVUPS(x.AsY(), Mem{Base: at})
	if n == 2 {
		ADDQ(ld, at)
		VEXTRACTF64X4(Imm(1), x, Mem{Base: at})
	}
	ADDQ(ld, at)
}

// lowerAndUpper returns the lower halves of one or two registers, and their
// upper halves. The first may share a register with what it comes from.
func lowerAndUpper(xs []VecVirtual) (lower, upper VecVirtual) {
	if len(xs) == 1 {
		upper = YMM()
		VEXTRACTF64X4(Imm(1), xs[0], upper)
		return xs[0].AsY().(VecVirtual), upper
	}
	lower, upper = ZMM(), ZMM()
	VSHUFF64X2(Imm(0b01_00_01_00), xs[1], xs[0], lower)
	VSHUFF64X2(Imm(0b11_10_11_10), xs[1], xs[0], upper)
	return lower, upper
}

// gather loads the 8 floats at m of one or two tiles.
func gather(m Mem, tiles int) VecVirtual {
	x := YMM()
	VMOVUPS(m, x)
	if tiles == 1 {
		return x
	}
	both := x.AsZ().(VecVirtual)
	VINSERTF64X4(Imm(1), m.Offset(tileBytes), both, both)
	return both
}

// scatter stores what gather loads.
func scatter(x VecVirtual, m Mem, tiles int) {
	VMOVUPS(x.AsY(), m)
	if tiles == 2 {
		VEXTRACTF64X4(Imm(1), x, m.Offset(tileBytes))
	}
}
