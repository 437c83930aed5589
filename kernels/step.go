package kernels

import "fmt"

// The steps below read one vector, as a stream does. Each is one pass over the
// weights, in which a tile's sums stay in registers from the bias to the new
// state. The last columns of the matrix are those of x and h; so a step whose
// start already holds the product with x is the same step without x.
//
// reverse takes the last tile first. The numbers are the same. A stream that
// alternates finds in the caches what the step before it read last, which is
// most of a matrix that only just does not fit.

// Linear sets dst to start plus the product of the last len(x)+len(h) columns
// of m, whose tiles have 32 rows, with x and h:
//
//	for r := range m.Rows {
//		a := start[r]
//		for k := range len(x) + len(h) {
//			a = fma(m.At(r, from+k), [x h][k], a)
//		}
//		dst[r] = a
//	}
//
// dst and start have m.Rows floats and may be the same slice. dst overlaps
// neither x nor h.
func (s *Set) Linear(dst, start []float32, m *Matrix, x, h []float32, reverse bool) {
	from := m.Depth - len(x) - len(h)
	m.checkColumns(from, m.Depth)
	m.checkTile(TileRows)
	dst, start = prefix(dst, m.Rows), prefix(start, m.Rows)
	raceRead(start)
	raceRead(x)
	raceRead(h)
	raceWrite(dst)
	if m.Half != nil {
		linear(&s.impl.half, dst, start, m, m.Half, from, x, h, reverse)
	} else {
		linear(&s.impl.float, dst, start, m, m.Data, from, x, h, reverse)
	}
}

// linear divides the rows of m into full tiles, and a narrow last one, which is
// worked on together with up to two full ones, since its own chains are too
// few to keep a core busy.
func linear[W weight](f *products[W], dst, start []float32, m *Matrix, data []W, from int, x, h []float32, reverse bool) {
	stride := TileRows * m.Depth
	full, narrow := m.Rows/TileRows, m.Rows%TileRows
	tail := 0 // full tiles that go with the narrow one
	if narrow > 0 {
		tail = min(full, 2)
	}
	full -= tail
	w := data[min(from*TileRows, len(data)):]
	body := full * TileRows
	if narrow > 0 && reverse {
		f.linearTail(dst[body:], start[body:], w[full*stride:], stride, data[(full+tail)*stride+from*narrow:], x, h)
	}
	if full > 0 {
		f.linear(dst[:body], start, w, stride, x, h, reverse)
	}
	if narrow > 0 && !reverse {
		f.linearTail(dst[body:], start[body:], w[full*stride:], stride, data[(full+tail)*stride+from*narrow:], x, h)
	}
}

// LSTMStep reads the inputs x and the state h and c of one stream, and sets
// next to the new h, and c to the new c. start holds the bias [tile][i f g o][8]:
//
//	acc := start + the product of the last columns of m with x and h
//	LSTMCell(next, c, c, acc)
//
// next and c hold the units padded to [Lanes]. next does not overlap h.
func (s *Set) LSTMStep(next, c, start []float32, m *Matrix, x, h []float32, reverse bool) {
	from := m.Depth - len(x) - len(h)
	m.checkColumns(from, m.Depth)
	m.checkTile(TileRows)
	units := m.Rows / 4
	checkUnits(units)
	next, c, start = prefix(next, units), prefix(c, units), prefix(start, m.Rows)
	raceRead(start)
	raceRead(x)
	raceRead(h)
	raceWrite(next)
	raceWrite(c)
	if units == 0 {
		return
	}
	if stride := TileRows * m.Depth; m.Half != nil {
		s.impl.half.lstmStep(next, c, start, m.Half[from*TileRows:], stride, x, h, reverse)
	} else {
		s.impl.float.lstmStep(next, c, start, m.Data[from*TileRows:], stride, x, h, reverse)
	}
}

// GRUStep reads the inputs x and the state h of one stream of a GRU whose reset
// gate is applied after the product, and sets next to the new state. The tiles
// of m have 24 rows, n r z in the columns of the input and r z n in those of
// the state, which are the last hidden ones. start holds the bias
// [tile][nx r z nh][8]:
//
//	nx r z := start + the product of the columns before the state's with x
//	r z nh += the product of the state's columns with h
//	GRUCell(next, h, [nx r z nh])
//
// next and h hold the units padded to [Lanes] and do not overlap.
func (s *Set) GRUStep(next, h, start []float32, m *Matrix, x []float32, hidden int, reverse bool) {
	const rows = 3 * Lanes
	from := m.Depth - len(x) - hidden
	m.checkColumns(from, m.Depth)
	m.checkTile(rows)
	units := m.Rows / 3
	next, start = prefix(next, units), prefix(start, units*4)
	h = prefix(h, max(units, hidden))
	if hidden < 0 {
		panic(fmt.Sprintf("kernels: a state of %d units", hidden))
	}
	raceRead(start)
	raceRead(x)
	raceRead(h)
	raceWrite(next)
	if units == 0 {
		return
	}
	if stride := rows * m.Depth; m.Half != nil {
		s.impl.half.gruStep(next, h, start, m.Half[from*rows:], stride, x, hidden, reverse)
	} else {
		s.impl.float.gruStep(next, h, start, m.Data[from*rows:], stride, x, hidden, reverse)
	}
}

// Widen sets dst[i] to the value of src[i], an IEEE 754 binary16. Each is a
// float32, so nothing is rounded.
func (s *Set) Widen(dst []float32, src []uint16) {
	src = src[:len(src):len(src)][:len(dst)]
	raceWrite(dst)
	s.impl.widen(dst, src)
}
