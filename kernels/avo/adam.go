package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// adam writes a step of the optimizer. Each operation is rounded. factors points to a
// generic.AdamStep.
func adam() {
	TEXT("adam", NOSPLIT, "func(w, m, v, g []float32, factors *float32)")
	Pragma("noescape")
	ptrs := pointers([]string{"w", "m", "v", "g"})
	n, factors := Load(Param("w").Len(), GP64()), param("factors")
	var f [9]VecVirtual
	for i := range f {
		f[i] = YMM()
		VBROADCASTSS(Mem{Base: factors, Disp: 4 * i}, f[i])
	}
	beta1, rest1, beta2, rest2, decay, shrink, rate, correction, epsilon := f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]
	loop("", n, ptrs, []int{1}, func(_ int, masks []VecVirtual) {
		at := func(i int) Mem { return Mem{Base: ptrs[i]} }
		w, d := load(at(0), 1, masks), load(at(3), 1, masks)[0]
		x := YMM()
		VMULPS(w[0], decay, x)
		VADDPS(x, d, d)

		m := load(at(1), 1, masks)
		VMULPS(m[0], beta1, m[0])
		VMULPS(d, rest1, x)
		VADDPS(x, m[0], m[0])
		store(m, at(1), masks)

		v := load(at(2), 1, masks)
		VMULPS(v[0], beta2, v[0])
		VMULPS(d, rest2, x)
		VMULPS(d, x, x)
		VADDPS(x, v[0], v[0])
		store(v, at(2), masks)

		VSQRTPS(v[0], x)
		VMULPS(correction, x, x)
		VADDPS(epsilon, x, x)
		VMULPS(m[0], rate, d)
		VDIVPS(x, d, d)
		VMULPS(w[0], shrink, w[0])
		VSUBPS(d, w[0], w[0])
		store(w, at(0), masks)
	})
	VZEROUPPER()
	RET()
}
