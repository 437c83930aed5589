package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// The kernels for AVX-512 hold 16 rows of a matrix in a register: two gates of a tile
// side by side. Generators that also exist for AVX2 have names that end in 512. They use
// the constants of AVX2, and broadcast one element.

const (
	lanes512 = 2 * lanes
	width512 = 2 * width
)

// avx512 writes the kernels for AVX-512.
func avx512() {
	panel512()
	panelPair512()
	pack512()
	activations512()
	cells512()
}

// vectors512 returns n vector registers.
func vectors512(n int) []VecVirtual {
	vs := make([]VecVirtual, n)
	for i := range vs {
		vs[i] = ZMM()
	}
	return vs
}

// rows512 returns the registers that hold a number of rows, a multiple of 8:
// 16 in each, and the last 8 in a YMM register.
func rows512(rows int) []VecVirtual {
	vs := vectors512(rows / lanes512)
	if rows%lanes512 > 0 {
		vs = append(vs, YMM())
	}
	return vs
}

// like returns a register of the width of x.
func like(x VecVirtual) VecVirtual {
	if x.Size() == width {
		return YMM()
	}
	return ZMM()
}

// part returns as much of the register x as the register of has.
func part(x, of VecVirtual) VecVirtual {
	if of.Size() == width {
		return x.AsY().(VecVirtual)
	}
	return x
}

// read512 loads registers from m on, side by side.
func read512(xs []VecVirtual, m Mem) {
	for i, x := range xs {
		VMOVUPS(m.Offset(i*width512), x)
	}
}

// write512 stores registers from m on, side by side.
func write512(xs []VecVirtual, m Mem) {
	for i, x := range xs {
		VMOVUPS(x, m.Offset(i*width512))
	}
}
