//go:build !purego

package avx2

type panelKernel func(acc *float32, ldacc int, w *float32, ldw int, x *float32, ldx, incx, depth, blocks int)

// panels holds the kernel for a number of vectors of rows and of columns, each
// less 1.
var panels = [4][]panelKernel{
	{panel8x1, panel8x2, panel8x3, panel8x4, panel8x5, panel8x6, panel8x7, panel8x8},
	{panel16x1, panel16x2, panel16x3, panel16x4, panel16x5, panel16x6},
	{panel24x1, panel24x2, panel24x3, panel24x4},
	{panel32x1, panel32x2, panel32x3},
}

// Panel is generic.Panel.
func Panel(acc []float32, ldacc int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int) {
	if depth == 0 || cols == 0 {
		return
	}
	kernels := panels[rows/lanes-1]
	narrow, nnarrow, nwide := split(cols, len(kernels))
	if nwide > 0 {
		kernels[narrow](&acc[0], ldacc, &w[0], ldw, &x[0], ldx, incx, depth, nwide)
		done := nwide * (narrow + 1)
		acc, x = acc[done*ldacc:], x[done*ldx:]
	}
	kernels[narrow-1](&acc[0], ldacc, &w[0], ldw, &x[0], ldx, incx, depth, nnarrow)
}

// split divides n columns or tiles into the fewest blocks of at most limit:
// nnarrow blocks of narrow each, which is at least one, and nwide of one more.
// Even blocks keep more chains busy than full ones and a small rest.
func split(n, limit int) (narrow, nnarrow, nwide int) {
	blocks := (n + limit - 1) / limit
	narrow, nwide = n/blocks, n%blocks
	return narrow, blocks - nwide, nwide
}
