package kernels

import "fmt"

// A Step is what a stream reads a matrix with, one vector of inputs x and one
// of states h at a time: bound to a kernel set, so that its sizes are checked
// once. Its columns are those of x and then those of h. It is immutable and
// safe for concurrent use.
//
// Each method is one pass over the weights, in which a tile's sums stay in
// registers from the bias to the new state. A step whose start already holds
// the product with x is the same step with x nil.
//
// reverse takes the last tile first. The numbers are the same. A stream that
// alternates finds in the caches what the step before it read last, which is
// most of a matrix that only just does not fit.
type Step struct {
	set    *Set
	float  *products[float32]
	half   *products[uint16] // where the weights are binary16
	m      Matrix
	inputs int
	hidden int
	units  int // of an LSTM or a GRU, padded
	stride int // weights from tile to tile
}

// NewStep returns the step of a matrix whose first columns are those of the
// inputs. Its tiles have 32 rows, or 24 for a GRU. It panics where the sizes do
// not fit each other, as the methods of Step do.
func (s *Set) NewStep(m *Matrix, inputs int) *Step {
	m.checkColumns(inputs, m.Depth)
	p := &Step{set: s, float: &s.impl.float, m: *m, inputs: inputs, hidden: m.Depth - inputs, stride: m.Tile * m.Depth}
	if m.Half != nil {
		p.half = &s.impl.half
	}
	p.units = m.Rows / 4
	if m.Tile != TileRows {
		p.units = m.Rows / 3
	}
	return p
}

// from returns the first of the columns that are read, in weights of a tile.
func (p *Step) from(x []float32, rows int) int {
	if len(x) == 0 {
		return p.inputs * rows
	}
	return 0
}

// check panics unless x, h and the tiles have the sizes of the step.
func (p *Step) check(x, h []float32, tile int, ok bool) {
	if len(x) != p.inputs && len(x) != 0 || len(h) < p.hidden || p.m.Tile != tile || !ok {
		p.fail(x, h)
	}
}

//go:noinline
func (p *Step) fail(x, h []float32) {
	panic(fmt.Sprintf("kernels: a step with %d inputs, %d hidden, or other slices too short for %d rows in tiles of %d, %d inputs and %d hidden",
		len(x), len(h), p.m.Rows, p.m.Tile, p.inputs, p.hidden))
}

// Linear sets dst to start plus the product of the matrix, whose tiles have 32
// rows, with x and h:
//
//	for r := range m.Rows {
//		a := start[r]
//		for k := range len(x) + len(h) {
//			a = fma(m.At(r, k), [x h][k], a)
//		}
//		dst[r] = a
//	}
//
// dst and start have m.Rows floats and may be the same slice. dst overlaps
// neither x nor h.
func (p *Step) Linear(dst, start, x, h []float32, reverse bool) {
	p.check(x, h, TileRows, len(dst) >= p.m.Rows && len(start) >= p.m.Rows)
	dst, start, h = dst[:p.m.Rows], start[:p.m.Rows], h[:p.hidden]
	raceRead(start)
	raceRead(x)
	raceRead(h)
	raceWrite(dst)
	from := p.from(x, 1)
	if p.half != nil {
		linear(p.half, dst, start, &p.m, p.m.Half, from, x, h, reverse)
	} else {
		linear(p.float, dst, start, &p.m, p.m.Data, from, x, h, reverse)
	}
}

// linear divides the rows of m into full tiles, and a narrow last one, which is
// worked on together with up to two full ones, since its own chains are too
// few to keep a core busy.
func linear[W weight](f *products[W], dst, start []float32, m *Matrix, data []W, from int, x, h []float32, reverse bool) {
	stride := TileRows * m.Depth
	full, narrow := len(dst)/TileRows, len(dst)%TileRows
	if narrow == 0 {
		if full > 0 {
			f.linear(dst, start, data[from*TileRows:], stride, x, h, reverse)
		}
		return
	}
	tail := min(full, 2) // full tiles that go with the narrow one
	w := data[min(from*TileRows, len(data)):]
	last := data[full*stride+from*narrow:]
	full -= tail
	body := full * TileRows
	if reverse || full == 0 {
		f.linearTail(dst[body:], start[body:], w[full*stride:], stride, last, x, h)
	}
	if full > 0 {
		f.linear(dst[:body], start, w, stride, x, h, reverse)
		if !reverse {
			f.linearTail(dst[body:], start[body:], w[full*stride:], stride, last, x, h)
		}
	}
}

// LSTM reads the inputs x and the state h and c of one stream, and sets next to
// the new h, and c to the new c. start holds the bias [tile][i f g o][8]:
//
//	acc := start + the product with x and h
//	LSTMCell(next, c, c, acc)
//
// next and c hold the units padded to [Lanes]. next does not overlap h.
func (p *Step) LSTM(next, c, start, x, h []float32, reverse bool) {
	p.check(x, h, TileRows, len(next) >= p.units && len(c) >= p.units && len(start) >= p.m.Rows && p.m.Rows%TileRows == 0)
	if p.units == 0 {
		return
	}
	next, c, start, h = next[:p.units], c[:p.units], start[:p.m.Rows], h[:p.hidden]
	raceRead(start)
	raceRead(x)
	raceRead(h)
	raceWrite(next)
	raceWrite(c)
	from := p.from(x, TileRows)
	if p.half != nil {
		p.half.lstmStep(next, c, start, p.m.Half[from:], p.stride, x, h, reverse)
	} else {
		p.float.lstmStep(next, c, start, p.m.Data[from:], p.stride, x, h, reverse)
	}
}

// GRU reads the inputs x and the state h of one stream of a GRU whose reset
// gate is applied after the product, and sets next to the new state. The tiles
// of the matrix have 24 rows, n r z in the columns of the input and r z n in
// those of the state. start holds the bias [tile][nx r z nh][8]:
//
//	nx r z := start + the product with x
//	r z nh += the product with h
//	GRUCell(next, h, [nx r z nh])
//
// next and h hold the units padded to [Lanes] and do not overlap.
func (p *Step) GRU(next, h, start, x []float32, reverse bool) {
	const rows = 3 * Lanes
	p.check(x, h, rows, len(next) >= p.units && len(h) >= p.units && len(start) >= 4*p.units)
	if p.units == 0 {
		return
	}
	next, h, start = next[:p.units], h[:max(p.units, p.hidden)], start[:4*p.units]
	raceRead(start)
	raceRead(x)
	raceRead(h)
	raceWrite(next)
	from := p.from(x, rows)
	if p.half != nil {
		p.half.gruStep(next, h, start, p.m.Half[from:], p.stride, x, p.hidden, reverse)
	} else {
		p.float.gruStep(next, h, start, p.m.Data[from:], p.stride, x, p.hidden, reverse)
	}
}

// Widen sets dst[i] to the value of src[i], an IEEE 754 binary16. Each is a
// float32, so nothing is rounded.
func (s *Set) Widen(dst []float32, src []uint16) {
	src = src[:len(src):len(src)][:len(dst)]
	raceWrite(dst)
	s.impl.widen(dst, src)
}
