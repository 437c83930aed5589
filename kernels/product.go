package kernels

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
// the bits of the whole.
func (s *Set) Product(acc []float32, ldacc int, m *Matrix, from, to int, x []float32, ldx, n int) {
	depth := to - from
	if depth == 0 || n == 0 || m.Rows == 0 {
		return
	}
	if n == 1 {
		s.productVector(acc, m, from, depth, x)
		return
	}
	// A block of columns of a tile stays in the first-level cache while all n
	// vectors pass over it.
	const block = 128
	for t, tiles := 0, m.Tiles(); t < tiles; t++ {
		rows := m.TileHeight(t)
		tile := m.Data[t*m.Tile*m.Depth:][:rows*m.Depth]
		for k := 0; k < depth; k += block {
			d := min(block, depth-k)
			s.impl.panel(acc[t*TileRows:], ldacc, tile[(from+k)*rows:], rows, rows, x[k:], ldx, 1, d, n)
		}
	}
}

func (s *Set) productVector(acc []float32, m *Matrix, from, depth int, x []float32) {
	full := m.Rows / m.Tile
	if full > 0 {
		s.impl.tiles(acc, m.Data[from*m.Tile:], m.Tile*m.Depth, full, m.Tile, x, depth)
	}
	if rows := m.Rows - full*m.Tile; rows > 0 {
		tile := m.Data[full*m.Tile*m.Depth:]
		s.impl.tiles(acc[full*TileRows:], tile[from*rows:], rows*m.Depth, 1, rows, x, depth)
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
// Tiles of d stand stride apart. Each weight is one chain in ascending j.
func (s *Set) Gram(m *Matrix, from, to int, d []float32, ldd, stride int, x []float32, ldx, n int) {
	depth := to - from
	if depth == 0 || n == 0 || m.Rows == 0 {
		return
	}
	const block = 128
	for t, tiles := 0, m.Tiles(); t < tiles; t++ {
		rows := m.TileHeight(t)
		tile := m.Data[t*m.Tile*m.Depth:][:rows*m.Depth]
		for j := 0; j < n; j += block {
			b := min(block, n-j)
			s.impl.panel(tile[from*rows:], rows, d[j*ldd+t*stride:], ldd, rows, x[j*ldx:], 1, ldx, b, depth)
		}
	}
}
