package kernels

// blockDepth is the number of steps of a sum that a panel takes at a time: few
// enough that its weights stay in the first-level cache while all vectors pass
// over them.
const blockDepth = 128

// Product adds to the accumulators of n vectors their products with columns
// [from, to) of m:
//
//	for j := range n {
//		for t := range m.Tiles() {
//			for r := range m.TileHeight(t) {
//				for k := from; k < to; k++ {
//					a := &acc[j*ldacc+t*TileRows+r]
//					*a = fma(m.At(t*m.Tile+r, k), x[j*ldx+k-from], *a)
//				}
//			}
//		}
//	}
//
// Each accumulator is one chain in ascending k, so a product in parts gives
// the bits of the whole. acc overlaps neither m nor x. It panics if the
// loop would index out of range.
func (s *Set) Product(acc []float32, ldacc int, m *Matrix, from, to int, x []float32, ldx, n int) {
	m.checkColumns(from, to)
	depth := to - from
	if depth == 0 || n <= 0 || m.Rows == 0 {
		return
	}
	checkSpan("acc", len(acc), n, ldacc, m.accumulators())
	checkSpan("x", len(x), n, ldx, depth)
	if w := s.workers; w != nil {
		if parts := w.divide(m.Tiles(), m.Rows*depth*m.weightBytes(), n); parts > 1 && w.take() {
			w.product = productTask{s, *m, acc, ldacc, from, to, x, ldx, n, parts}
			w.do(&w.product, parts, false)
			return
		}
	}
	s.multiply(acc, ldacc, m, from, to, x, ldx, n)
}

// multiply is Product on one thread.
func (s *Set) multiply(acc []float32, ldacc int, m *Matrix, from, to int, x []float32, ldx, n int) {
	if n == 1 && m.Tile == TileRows {
		acc, x := acc[:m.Rows], x[:to-from]
		raceRead(x)
		raceWrite(acc)
		if m.Half != nil {
			linear(&s.impl.half, acc, acc, m, m.Half, from, x, nil, false)
		} else {
			linear(&s.impl.float, acc, acc, m, m.Data, from, x, nil, false)
		}
		return
	}
	for t := range m.Tiles() {
		acc := acc[t*TileRows:]
		s.productTile(acc, ldacc, acc, ldacc, m, t, from, to, x, ldx, n)
	}
}

// productTile is [Set.Product] of the rows of tile t, whose accumulators acc begins
// with. Their sums begin with start, which may be acc.
func (s *Set) productTile(acc []float32, ldacc int, start []float32, ldstart int, m *Matrix, t, from, to int, x []float32, ldx, n int) {
	rows := m.TileHeight(t)
	w := t*m.Tile*m.Depth + from*rows
	depth := to - from
	if depth == 0 {
		for j := range n {
			copy(acc[j*ldacc:][:rows], start[j*ldstart:])
		}
	}
	for k := 0; k < depth; k += blockDepth {
		d := min(blockDepth, depth-k)
		if m.Half != nil {
			s.panelHalf(acc, ldacc, start, ldstart, m.Half[w+k*rows:], rows, x[k:], ldx, d, n)
		} else {
			s.panel(acc, ldacc, start, ldstart, m.Data[w+k*rows:], rows, rows, x[k:], ldx, 1, d, n)
		}
		start, ldstart = acc, ldacc
	}
}

// A tileSums is where the sums of tile t, and of the next one if there are two, go for n
// vectors, and what they start with. Those of a vector stand TileRows and ld apart, and those
// of the second tile next and startNext behind those of the first.
type tileSums struct {
	t, tiles, n     int
	sums, start     []float32
	ld              int
	next, startNext int
}

// of returns the sums of the tile at an index alone.
func (a *tileSums) of(i int) (sums, start []float32) {
	return a.sums[i*a.next:], a.start[i*a.startNext:]
}

// productTiles is productTile for one tile or two.
func (s *Set) productTiles(a *tileSums, m *Matrix, from, to int, x []float32, ldx int) {
	depth := to - from
	if a.tiles == 1 || m.Tile != gruRows || s.impl.panelPair == nil || depth == 0 {
		for i := range a.tiles {
			sums, start := a.of(i)
			s.productTile(sums, TileRows, start, a.ld, m, a.t+i, from, to, x, ldx, a.n)
		}
		return
	}
	a.race()
	start, ld, startNext := a.start, a.ld, a.startNext
	w, wnext := a.t*gruRows*m.Depth+from*gruRows, gruRows*m.Depth
	for k := 0; k < depth; k += blockDepth {
		d, at := min(blockDepth, depth-k), w+k*gruRows
		if m.Half != nil {
			s.impl.panelPairHalf(a.sums, TileRows, a.next, start, ld, startNext, m.Half[at:], wnext, x[k:], ldx, d, a.n)
		} else {
			s.impl.panelPair(a.sums, TileRows, a.next, start, ld, startNext, m.Data[at:], wnext, x[k:], ldx, d, a.n)
		}
		start, ld, startNext = a.sums, TileRows, a.next
	}
}

// race tells the race detector what the products of GRUs read and write.
func (a *tileSums) race() {
	for i := range a.tiles {
		sums, start := a.of(i)
		raceReadRows(start, a.ld, a.n, gruRows)
		raceWriteRows(sums, TileRows, a.n, gruRows)
	}
}

// Gram adds to columns [from, to) of m the sum over n of the outer products of
// d and x, the gradient of [Set.Product] with respect to the weights:
//
//	for t := range m.Tiles() {
//		for r := range m.TileHeight(t) {
//			for k := from; k < to; k++ {
//				for j := range n {
//					w := &m.Data[m.Index(t*m.Tile+r, k)]
//					*w = fma(d[j*ldd+t*stride+r], x[j*ldx+k-from], *w)
//				}
//			}
//		}
//	}
//
// Tiles of d stand stride apart. Each weight is one chain in ascending j. m
// overlaps neither d nor x. It panics if the loop would index out of range.
func (s *Set) Gram(m *Matrix, from, to int, d []float32, ldd, stride int, x []float32, ldx, n int) {
	m.checkColumns(from, to)
	depth := to - from
	if depth == 0 || n <= 0 || m.Rows == 0 {
		return
	}
	last := m.Tiles() - 1
	checkSpan("d", len(d), last+1, stride, m.TileHeight(last))
	checkSpan("d", len(d), n, ldd, last*stride+m.TileHeight(last))
	checkSpan("x", len(x), n, ldx, depth)
	// All tiles in turn, so that a block of x stays in the second-level cache.
	for j := 0; j < n; j += blockDepth {
		b := min(blockDepth, n-j)
		for t := 0; t <= last; t++ {
			rows := m.TileHeight(t)
			w := m.Data[t*m.Tile*m.Depth+from*rows:][:depth*rows]
			s.panel(w, rows, w, rows, d[j*ldd+t*stride:], ldd, rows, x[j*ldx:], 1, ldx, b, depth)
		}
	}
}

func (s *Set) panel(acc []float32, ldacc int, start []float32, ldstart int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int) {
	if raceEnabled {
		raceReadRows(w, ldw, depth, rows)
		for k := range depth {
			raceReadRows(x[k*incx:], ldx, cols, 1)
		}
		raceReadRows(start, ldstart, cols, rows)
		raceWriteRows(acc, ldacc, cols, rows)
	}
	s.impl.panel(acc, ldacc, start, ldstart, w, ldw, rows, x, ldx, incx, depth, cols)
}

func (s *Set) panelHalf(acc []float32, ldacc int, start []float32, ldstart int, w []uint16, rows int, x []float32, ldx, depth, cols int) {
	raceReadRows(x, ldx, cols, depth)
	raceReadRows(start, ldstart, cols, rows)
	raceWriteRows(acc, ldacc, cols, rows)
	s.impl.panelHalf(acc, ldacc, start, ldstart, w, rows, x, ldx, depth, cols)
}
