package kernels

import (
	"fmt"

	"github.com/rnnrun/rnnrun/internal/padding"
	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// An Int8 is a range of columns of a packed matrix of int8 weights, bound to a
// kernel set by [Set.NewInt8]. The weight of a row and a column is an integer
// within ±127 times the row's scale.
type Int8 struct {
	data    []int8
	scale   []float32 // [rows]
	offset  []int32   // [rows], or nil if the set needs none
	rows    int
	tile    int
	depth   int // of the whole matrix, a multiple of 4, as from and columns
	from    int
	columns int

	accumulators int // length of the sums
	full, narrow int // tiles of full height, and the rows of the one that may follow
}

// NewInt8 returns columns [from, from+columns) of the packed matrix data, which
// has rows×depth weights in tiles of 32 rows, or 24 for a GRU, and the scales
// of its rows in these columns. Numbers of columns are multiples of 4. The
// weight of row r of tile t and column k is
//
//	data[t*tile*depth + k/4*R*4 + r*4 + k%4]
//
// where R is the number of rows of tile t. data must not be changed
// afterwards. It panics if the sizes do not fit each other, as the methods
// that take an Int8 do.
func (s *Set) NewInt8(data []int8, rows, depth, tile, from, columns int, scale []float32) *Int8 {
	m := &Int8{data: data, scale: prefix(scale, rows), rows: rows, tile: tile, depth: depth, from: from, columns: columns}
	whole := Matrix{Rows: rows, Depth: depth, Tile: tile}
	whole.checkShape(len(data))
	if (depth|from|columns)%4 != 0 || columns < 0 || from < 0 || from > depth-columns {
		panic(fmt.Sprintf("kernels: %d columns from %d of %d int8 weights; all are multiples of 4", columns, from, depth))
	}
	m.full, m.narrow = whole.fullTiles()
	m.accumulators = whole.accumulators()
	if s.impl.int8.wantsOffset {
		m.offset = m.offsets()
	}
	return m
}

// offsets returns -128 times the sum of each row's weights.
func (m *Int8) offsets() []int32 {
	sums := make([]int32, m.rows)
	for t := 0; t*m.tile < m.rows; t++ {
		rows := min(m.tile, m.rows-t*m.tile)
		w := m.data[t*m.tile*m.depth+m.from*rows:][:m.columns*rows]
		for i, v := range w {
			sums[t*m.tile+i/4%rows] -= 128 * int32(v)
		}
	}
	return sums
}

// Columns returns the number of columns: the length of a quantized vector.
func (m *Int8) Columns() int { return m.columns }

// at returns the weights from column from of tile t on.
func (m *Int8) at(t, rows int) []int8 { return m.data[t*m.tile*m.depth+m.from*rows:] }

// Quantize sets dst[i] to src[i]*inverse rounded to the nearest integer, ties
// to even, within ±127, and dst from len(src) on to 0. It reports whether a
// number of src is NaN, for which there is no integer: it becomes -127.
func (s *Set) Quantize(dst []int8, src []float32, inverse float32) (nan bool) {
	_ = dst[:len(dst):len(dst)][:len(src)]
	raceRead(src)
	whole := len(src) &^ (Lanes - 1)
	if whole > 0 {
		nan = s.impl.int8.quantize(dst[:whole], src[:whole], inverse)
	}
	if whole < len(dst) {
		nan = quantizeRest(dst[whole:], src[whole:], inverse) || nan
	}
	return nan
}

// quantizeRest is [Set.Quantize] of fewer than [Lanes] numbers. It writes four bytes
// at once, since products read four: if they were written one by one, a core would not
// find the four among its pending writes, and wait until the cache has them.
func quantizeRest(dst []int8, src []float32, inverse float32) (nan bool) {
	for len(src) > 0 && len(dst) >= padding.Quad {
		n := min(len(src), padding.Quad)
		four, isNaN := generic.QuantizeFour(src[:n], inverse)
		dst[0], dst[1], dst[2], dst[3] = int8(four), int8(four>>8), int8(four>>16), int8(four>>24)
		nan = nan || isNaN
		dst, src = dst[padding.Quad:], src[n:]
	}
	if len(dst) > 0 {
		nan = generic.Quantize(dst[:len(src)], src, inverse) || nan
		clear(dst[len(src):])
	}
	return nan
}

// LinearInt8 sets dst to start plus the product of m with a quantized vector,
// which has as many columns as m, and whose numbers are x*step:
//
//	sum := the exact sum of weight*x[k] over k
//	dst[r] = fma(float32(sum), scale[r]*step, start[r])
//
// Row r of tile t is at t*[TileRows]+r in dst and start, which may be the same
// slice.
func (s *Set) LinearInt8(dst, start []float32, m *Int8, step float32, x []int8, reverse bool) {
	m.checkVector(x)
	if w := s.workers; w != nil {
		if parts := w.divide(m.tiles(), m.rows*m.columns, 1); parts > 1 && w.take() {
			w.int8 = int8Task{s, prefix(dst, m.accumulators), prefix(start, m.accumulators), m, step, x, reverse, parts}
			w.do(&w.int8, parts, reverse)
			return
		}
	}
	s.linearInt8(dst, start, m, step, x, reverse)
}

// linearInt8 is LinearInt8 on one thread.
func (s *Set) linearInt8(dst, start []float32, m *Int8, step float32, x []int8, reverse bool) {
	dst, start = prefix(dst, m.accumulators), prefix(start, m.accumulators)
	raceRead(start)
	raceWrite(dst)
	linear := s.impl.int8.linear
	if m.full > 0 {
		linear(dst, start, m.at(0, m.tile), m.tile*m.depth, m.tile, m.full, m.offset, m.scale, step, x, reverse)
	}
	if m.narrow > 0 {
		offset := m.offset
		if offset != nil {
			offset = offset[m.full*m.tile:]
		}
		linear(dst[m.full*TileRows:], start[m.full*TileRows:], m.at(m.full, m.narrow), 0, m.narrow, 1, offset, m.scale[m.full*m.tile:], step, x, reverse)
	}
}

func (m *Int8) checkVector(x []int8) {
	if len(x) != m.columns {
		panic(fmt.Sprintf("kernels: a quantized vector of %d for %d columns", len(x), m.columns))
	}
}
