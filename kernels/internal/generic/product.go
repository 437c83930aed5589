package generic

// Panel adds the products of one tile of rows (8, 16, 24 or 32) with cols
// vectors to their accumulators:
//
//	for c := range cols {
//		for r := range rows {
//			for k := range depth {
//				acc[c*ldacc+r] = fma(w[k*ldw+r], x[c*ldx+k*incx], acc[c*ldacc+r])
//			}
//		}
//	}
func Panel(acc []float32, ldacc int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int) {
	for c := range cols {
		a := acc[c*ldacc:][:rows]
		for k := range depth {
			xk := x[c*ldx+k*incx]
			wk := w[k*ldw:][:rows]
			for r := range a {
				a[r] = FMA(wk[r], xk, a[r])
			}
		}
	}
}

// Tiles adds the products of ntiles tiles with one vector to its accumulators:
//
//	for t := range ntiles {
//		for r := range rows {
//			for k := range depth {
//				acc[t*32+r] = fma(w[t*tileStride+k*rows+r], x[k], acc[t*32+r])
//			}
//		}
//	}
func Tiles(acc []float32, w []float32, tileStride, ntiles, rows int, x []float32, depth int) {
	for t := range ntiles {
		a := acc[t*32:][:rows]
		wt := w[t*tileStride:][:depth*rows]
		for k, xk := range x[:depth] {
			wk := wt[k*rows:][:rows]
			for r := range a {
				a[r] = FMA(wk[r], xk, a[r])
			}
		}
	}
}
