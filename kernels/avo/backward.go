package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// backward writes LSTMBackward and GRUBackward, the derivatives of the cells. Each
// product and difference is rounded, as in the formulas in Go.
func backward() {
	ones := constant("ones", 1)[0]
	lstmBackward(ones)
	gruBackward(ones)
}

func lstmBackward(ones Mem) {
	slices := function("LSTMBackward", "dh, dc, tanhC, cprev, gates, dgates")
	derivative(ones, slices, []int{width, width, width, width, tileBytes, tileBytes}, func(ptrs []Register, one VecVirtual) {
		at := func(i, vector int) Mem { return Mem{Base: ptrs[i], Disp: vector * width} }
		gates := load(at(4, 0), 4, nil)
		in, forget, cell, out := gates[0], gates[1], gates[2], gates[3]
		h, dc, t := load(at(0, 0), 1, nil)[0], load(at(1, 0), 1, nil)[0], load(at(2, 0), 1, nil)[0]

		// dc += dh*out*(1-tanhC²); do = dh*tanhC*out*(1-out)
		do, x := YMM(), YMM()
		VMULPS(t, h, do)
		VMULPS(out, do, do)
		rest(out, one, x)
		VMULPS(x, do, do)
		VMOVUPS(do, at(5, 3))
		VMULPS(t, t, t)
		rest(t, one, t)
		VMULPS(out, h, h)
		VMULPS(t, h, h)
		VADDPS(h, dc, dc)

		// di = dc*cell*in*(1-in)
		VMULPS(cell, dc, x)
		VMULPS(in, x, x)
		y := YMM()
		rest(in, one, y)
		VMULPS(y, x, x)
		VMOVUPS(x, at(5, 0))

		// dg = dc*in*(1-cell²)
		VMULPS(in, dc, x)
		VMULPS(cell, cell, cell)
		rest(cell, one, cell)
		VMULPS(cell, x, x)
		VMOVUPS(x, at(5, 2))

		// df = dc*cprev*forget*(1-forget); dc *= forget
		VMULPS(at(3, 0), dc, x)
		VMULPS(forget, x, x)
		rest(forget, one, y)
		VMULPS(y, x, x)
		VMOVUPS(x, at(5, 1))
		VMULPS(forget, dc, dc)
		VMOVUPS(dc, at(1, 0))
		VXORPS(x, x, x)
		VMOVUPS(x, at(0, 0))
	})
}

func gruBackward(ones Mem) {
	slices := function("GRUBackward", "dh, hprev, gates, din, dstate")
	derivative(ones, slices, []int{width, width, tileBytes, 3 * width, 3 * width}, func(ptrs []Register, one VecVirtual) {
		at := func(i, vector int) Mem { return Mem{Base: ptrs[i], Disp: vector * width} }
		gates := load(at(2, 0), 4, nil)
		n, r, z, nh := gates[0], gates[1], gates[2], gates[3]
		h, diff := load(at(0, 0), 1, nil)[0], load(at(1, 0), 1, nil)[0]

		// dz = dh*(hprev-n)*z*(1-z); dn = dh*(1-z)*(1-n²)
		keep, dn := YMM(), YMM()
		VSUBPS(n, diff, diff)
		rest(z, one, keep)
		VMULPS(keep, h, dn)
		VMULPS(diff, h, diff)
		VMULPS(z, diff, diff)
		VMULPS(keep, diff, diff)
		VMOVUPS(diff, at(3, 2))
		VMOVUPS(diff, at(4, 1))
		VMULPS(n, n, n)
		rest(n, one, n)
		VMULPS(n, dn, dn)
		VMOVUPS(dn, at(3, 0))

		// dr = dn*nh*r*(1-r); of the state's sum dn*r; dh *= z
		VMULPS(nh, dn, nh)
		VMULPS(r, nh, nh)
		rest(r, one, keep)
		VMULPS(keep, nh, nh)
		VMOVUPS(nh, at(3, 1))
		VMOVUPS(nh, at(4, 0))
		VMULPS(r, dn, dn)
		VMOVUPS(dn, at(4, 2))
		VMULPS(z, h, h)
		VMOVUPS(h, at(0, 0))
	})
}

// rest writes y = 1-x.
func rest(x, one, y VecVirtual) { VSUBPS(x, one, y) }

// derivative writes the loop over the tiles of a cell's derivative. bytes are the sizes
// of a tile in each slice.
func derivative(ones Mem, slices []string, bytes []int, body func(ptrs []Register, one VecVirtual)) {
	ptrs := pointers(slices)
	n := Load(Param(slices[0]).Len(), GP64())
	one := YMM()
	VMOVUPS(ones, one)
	Label("tile")
	CMPQ(n, Imm(lanes))
	JLT(LabelRef("end"))
	body(ptrs, one)
	for i, p := range ptrs {
		ADDQ(I32(bytes[i]), p)
	}
	SUBQ(Imm(lanes), n)
	JMP(LabelRef("tile"))
	Label("end")
	VZEROUPPER()
	RET()
}
