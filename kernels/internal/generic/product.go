package generic

// Panel sets the accumulators of cols vectors to what they start with, plus the
// products of one tile of rows (8, 16, 24 or 32):
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
// depth is at least 1. start may be acc, with the same stride.
func Panel(acc []float32, ldacc int, start []float32, ldstart int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int) {
	for c := range cols {
		for r := 0; r < rows; r += 4 {
			chains((*[4]float32)(acc[c*ldacc+r:]), (*[4]float32)(start[c*ldstart+r:]), w[r:], ldw, x[c*ldx:], incx, depth)
		}
	}
}

// PanelHalf is [Panel] for binary16 weights, whose columns stand side by side:
//
//	for c := range cols {
//		for r := range rows {
//			sum := start[c*ldstart+r]
//			for k := range depth {
//				sum = fma(w[k*rows+r], x[c*ldx+k], sum)
//			}
//			acc[c*ldacc+r] = sum
//		}
//	}
//
// depth is from 1 to 128.
func PanelHalf(acc []float32, ldacc int, start []float32, ldstart int, w []uint16, rows int, x []float32, ldx, depth, cols int) {
	var wide [128 * tileRows]float32
	Widen(wide[:depth*rows], w)
	Panel(acc, ldacc, start, ldstart, wide[:], rows, rows, x, ldx, 1, depth, cols)
}

// chains makes the sums of four neighbouring rows. It keeps them in
// registers, as float64 that hold float32, and does the work of [FMA] itself,
// since the compiler would not inline it.
//
//	for r := range 4 {
//		sum := start[r]
//		for k := range depth {
//			sum = fma(w[k*ldw+r], x[k*incx], sum)
//		}
//		acc[r] = sum
//	}
func chains(acc, start *[4]float32, w []float32, ldw int, x []float32, incx, depth int) {
	a0, a1, a2, a3 := float64(start[0]), float64(start[1]), float64(start[2]), float64(start[3])
	i, j := 0, 0
	for range depth {
		xk := float64(x[j])
		wk := (*[4]float32)(w[i:])

		p := float64(wk[0]) * xk
		s := p + a0
		if doubtful(s) {
			s = oddSum(p, a0)
		}
		a0 = float64(float32(s))

		p = float64(wk[1]) * xk
		s = p + a1
		if doubtful(s) {
			s = oddSum(p, a1)
		}
		a1 = float64(float32(s))

		p = float64(wk[2]) * xk
		s = p + a2
		if doubtful(s) {
			s = oddSum(p, a2)
		}
		a2 = float64(float32(s))

		p = float64(wk[3]) * xk
		s = p + a3
		if doubtful(s) {
			s = oddSum(p, a3)
		}
		a3 = float64(float32(s))

		i += ldw
		j += incx
	}
	acc[0], acc[1], acc[2], acc[3] = float32(a0), float32(a1), float32(a2), float32(a3)
}
