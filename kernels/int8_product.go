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
	q       []int8    // [most][columns]
	scale   []float32 // [most]
}

// NewInt8Product returns the product with up to most vectors at once.
func (s *Set) NewInt8Product(columns Int8Columns, most int) *Int8Product {
	columns.checkSize()
	p := &Int8Product{set: s, columns: columns, most: most,
		q: make([]int8, most*columns.columns), scale: make([]float32, most)}
	if columns.Scale != 0 {
		p.inverse = 1 / columns.Scale
	}
	return p
}

// Bytes returns how many bytes the quantized vectors take.
func (p *Int8Product) Bytes() int { return int(unsafe.Sizeof(*p)) + cap(p.q) + 4*cap(p.scale) }

// Most returns for how many vectors there is room.
func (p *Int8Product) Most() int { return p.most }

// Quantize takes n vectors x, which stand ld apart, as [Quantizer.Quantize] does.
func (p *Int8Product) Quantize(x []float32, ld, n int) {
	if n > p.most {
		panic(fmt.Sprintf("kernels: %d vectors at once, and there is room for %d", n, p.most))
	}
	checkSpan("x", len(x), max(n, 1), ld, p.columns.Size)
	for j := range n {
		x := x[j*ld:][:p.columns.Size]
		scale, inverse := p.columns.Scale, p.inverse
		if scale == 0 {
			scale, inverse = ScaleOf(x)
		}
		if p.set.Quantize(p.vector(j), x, inverse) {
			scale = float32(math.NaN())
		}
		p.scale[j] = scale
	}
}

func (p *Int8Product) vector(j int) []int8 {
	width := p.columns.columns
	return p.q[j*width:][:width:width]
}

// Add adds the products with the first n vectors to their accumulators, as
// [Set.LinearInt8] does with dst and start the same. Those of a vector stand ldacc
// apart.
func (p *Int8Product) Add(acc []float32, ldacc, n int) {
	if n == 0 || p.columns.rows == 0 {
		return
	}
	checkSpan("acc", len(acc), n, ldacc, p.columns.accumulators)
	for t := 0; t*p.columns.tile < p.columns.rows; t++ {
		p.addTile(acc[t*TileRows:], ldacc, t, n)
	}
}

// addTile is Add for the rows of tile t, whose accumulators acc begins with.
func (p *Int8Product) addTile(acc []float32, ldacc, t, n int) {
	m := p.columns.Int8
	rows := min(m.tile, m.rows-t*m.tile)
	var offset []int32
	if m.offset != nil {
		offset = m.offset[t*m.tile:]
	}
	w, scale := m.at(t, rows), m.scale[t*m.tile:]
	for j := range n {
		acc := acc[j*ldacc:][:rows]
		raceWrite(acc)
		p.set.impl.int8.linear(acc, acc, w, 0, rows, 1, offset, scale, p.scale[j], p.vector(j), false)
	}
}
