package kernels

import (
	"fmt"
	"math"
	"unsafe"
)

// An Int8Product multiplies columns of int8 weights with many vectors at once, which
// it quantizes: a tile of weights is read for all of them.
type Int8Product struct {
	set     *Set
	columns Int8Columns
	inverse float32   // of the columns' scale, or 0
	most    int       // vectors
	width   int       // of a vector in q
	q       []int8    // [most][width]
	scale   []float32 // [most]

	spread  []int8 // [most][apart]; nil: the set reads q
	apart   int
	lacking []int32 // [most]
}

// NewInt8Product returns the product with up to most vectors at once.
func (s *Set) NewInt8Product(columns Int8Columns, most int) *Int8Product {
	columns.checkSize()
	p := &Int8Product{set: s, columns: columns, most: most, width: columns.columns, scale: make([]float32, most)}
	if s.impl.int8.panel != nil {
		p.width = (p.width + 15) &^ 15
		p.apart = s.impl.int8.spreadBytes * p.width
		p.spread, p.lacking = make([]int8, most*p.apart), make([]int32, most)
	}
	p.q = make([]int8, most*p.width)
	if columns.Scale != 0 {
		p.inverse = 1 / columns.Scale
	}
	return p
}

// Int8GainsFromBatch reports whether the product of int8 weights with many vectors at
// once multiplies faster than that with one, even if the caches hold the weights.
func (s *Set) Int8GainsFromBatch() bool { return s.impl.int8.panelGains }

// Bytes returns how many bytes the quantized vectors take.
func (p *Int8Product) Bytes() int {
	return int(unsafe.Sizeof(*p)) + cap(p.q) + cap(p.spread) + 4*cap(p.scale) + 4*cap(p.lacking)
}

// Most returns the greatest number of vectors.
func (p *Int8Product) Most() int { return p.most }

// SetQuantized sets vector j to a quantized one.
func (p *Int8Product) SetQuantized(j int, q []int8, scale float32) {
	p.columns.checkVector(q)
	copy(p.vector(j), q)
	p.scale[j] = scale
	if p.spread != nil {
		p.lacking[j] = p.set.impl.int8.spread(p.spread[j*p.apart:][:p.apart], p.q[j*p.width:][:p.width])
	}
}

// Quantize takes n vectors x, which stand ld apart, as [Quantizer.Quantize] does.
func (p *Int8Product) Quantize(x []float32, ld, n int) {
	if n > p.most {
		panic(fmt.Sprintf("kernels: %d vectors at once, but there is room for %d", n, p.most))
	}
	checkSpan("x", len(x), max(n, 1), ld, p.columns.Size)
	for j := range n {
		x := x[j*ld:][:p.columns.Size]
		scale, inverse := p.columns.Scale, p.inverse
		if scale == 0 {
			scale, inverse = p.set.scaleOf(x)
		}
		if p.quantize(j, x, inverse) {
			scale = float32(math.NaN())
		}
		p.scale[j] = scale
	}
}

// quantize makes vector j one of integers, and reports whether x has a NaN.
func (p *Int8Product) quantize(j int, x []float32, inverse float32) (nan bool) {
	if p.spread == nil {
		return p.set.Quantize(p.vector(j), x, inverse)
	}
	raceRead(x)
	p.lacking[j], nan = p.set.impl.int8.quantizeSpread(p.spread[j*p.apart:][:p.apart], x, inverse)
	return nan
}

func (p *Int8Product) vector(j int) []int8 {
	return p.q[j*p.width:][:p.columns.columns:p.columns.columns]
}

// Add adds the products with the first n vectors to their accumulators, as
// [Set.LinearInt8] does with dst and start the same. Those of a vector stand ldacc
// apart.
func (p *Int8Product) Add(acc []float32, ldacc, n int) {
	if n == 0 || p.columns.rows == 0 {
		return
	}
	checkSpan("acc", len(acc), n, ldacc, p.columns.accumulators)
	if w := p.set.workers; w != nil {
		if parts := w.divide(p.columns.tiles(), p.columns.rows*p.columns.columns, n); parts > 1 && w.take() {
			w.many = int8ProductTask{p, acc, ldacc, n, parts}
			w.do(&w.many, parts, false)
			return
		}
	}
	p.add(acc, ldacc, n, 0, p.columns.tiles())
}

// add is Add for the rows of tiles [first, end).
func (p *Int8Product) add(acc []float32, ldacc, n, first, end int) {
	for t := first; t < end; t++ {
		acc := acc[t*TileRows:]
		p.addTile(acc, ldacc, acc, ldacc, t, n)
	}
}

// addTile is Add for the rows of tile t, whose accumulators acc begins with. Their sums
// begin with start, which may be acc.
func (p *Int8Product) addTile(acc []float32, ldacc int, start []float32, ldstart, t, n int) {
	m := p.columns.Int8
	rows := min(m.tile, m.rows-t*m.tile)
	var offset []int32
	if m.offset != nil {
		offset = m.offset[t*m.tile:]
	}
	w, scale := m.at(t, rows), m.scale[t*m.tile:]
	if p.spread != nil {
		raceReadRows(start, ldstart, n, rows)
		raceWriteRows(acc, ldacc, n, rows)
		p.set.impl.int8.panel(acc, ldacc, start, ldstart, w, rows, offset, scale, p.scale, p.lacking, p.spread, p.apart, m.columns/4, n)
		return
	}
	for j := range n {
		acc, start := acc[j*ldacc:][:rows], start[j*ldstart:][:rows]
		raceRead(start)
		raceWrite(acc)
		p.set.impl.int8.linear(acc, start, w, 0, rows, 1, offset, scale, p.scale[j], p.vector(j), false)
	}
}

// addTiles is addTile for one tile or two.
func (p *Int8Product) addTiles(a *tileSums) {
	m := p.columns.Int8
	panel := p.set.impl.int8.panelPair
	if a.tiles == 1 || m.tile != gruRows || panel == nil {
		for i := range a.tiles {
			sums, start := a.of(i)
			p.addTile(sums, TileRows, start, a.ld, a.t+i, a.n)
		}
		return
	}
	a.race()
	row := a.t * gruRows
	w, next := m.at(a.t, gruRows), gruRows*m.depth
	panel(a.sums, TileRows, a.next, a.start, a.ld, a.startNext, w, next, m.offset[row:], m.scale[row:], p.scale, p.spread, p.apart, m.columns/4, a.n)
}
