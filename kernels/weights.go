package kernels

import "fmt"

// Weights are the weights of a cell or of a linear product, bound to a kernel
// set. They are immutable and safe for concurrent use. A method binds them to
// the memory of one stream. It panics if the memory or the tiles do not fit.
type Weights interface {
	// NewLSTM returns an LSTM.
	NewLSTM(m Memory) Stream
	// NewGRU returns a GRU whose reset gate is applied after the product.
	NewGRU(m Memory) Stream
	// NewRNN returns an RNN. Its units are the rows of the matrix.
	NewRNN(m Memory, activation Activation) Stream
	// NewLinear returns a product with the inputs alone: no column is a state's.
	// It writes to Next, and has neither H nor C.
	NewLinear(m Memory, activation Activation) Stream

	// NewLSTMBatch, NewGRUBatch and NewRNNBatch return the same for that many
	// streams. bias is as in [Memory].
	NewLSTMBatch(streams int, bias []float32) *Batch
	NewGRUBatch(streams int, bias []float32) *Batch
	NewRNNBatch(streams int, bias []float32, activation Activation) *Batch
}

// FloatWeights are [Weights] in float32 or binary16: a matrix whose first columns
// are those of the inputs x, and whose last ones are those of the state h.
//
// Each of its own methods walks the weights once. Meanwhile a tile's sums stay
// in registers, from the bias to the new state. If start already holds the
// product with x, x is nil.
//
// reverse takes the last tile first. The numbers are the same. A stream that
// alternates the order starts each step with the weights that are still in the
// caches: most of a matrix that is only slightly too large for them.
type FloatWeights struct {
	set    *Set
	float  *products[float32]
	half   *products[uint16] // if the weights are binary16
	m      Matrix
	inputs int
	hidden int
	units  int // of an LSTM or a GRU, padded
	stride int // weights from tile to tile
}

// NewWeights binds a matrix whose first columns are those of the inputs. Its
// tiles have 32 rows, or 24 for a GRU. It panics if the sizes do not fit each
// other, as the methods of FloatWeights do.
func (s *Set) NewWeights(m *Matrix, inputs int) *FloatWeights {
	m.checkColumns(inputs, m.Depth)
	p := &FloatWeights{set: s, float: &s.impl.float, m: *m, inputs: inputs, hidden: m.Depth - inputs, stride: m.Tile * m.Depth}
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
func (p *FloatWeights) from(x []float32, rows int) int {
	if len(x) == 0 {
		return p.inputs * rows
	}
	return 0
}

// check panics unless x, h and the tiles have the sizes of the weights.
func (p *FloatWeights) check(x, h []float32, tile int, ok bool) {
	if len(x) != p.inputs && len(x) != 0 || len(h) < p.hidden || p.m.Tile != tile || !ok {
		p.fail(x, h)
	}
}

//go:noinline
func (p *FloatWeights) fail(x, h []float32) {
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
func (p *FloatWeights) Linear(dst, start, x, h []float32, reverse bool) {
	p.check(x, h, TileRows, len(dst) >= p.m.Rows && len(start) >= p.m.Rows)
	if !p.share(weightsTask{p, dst, nil, start, x, h, reverse, 0}) {
		p.linear(dst, start, x, h, reverse)
	}
}

// linear is Linear on one thread.
func (p *FloatWeights) linear(dst, start, x, h []float32, reverse bool) {
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
func (p *FloatWeights) LSTM(next, c, start, x, h []float32, reverse bool) {
	p.check(x, h, TileRows, len(next) >= p.units && len(c) >= p.units && len(start) >= p.m.Rows && p.m.Rows%TileRows == 0)
	if p.units == 0 {
		return
	}
	if !p.share(weightsTask{p, next, c, start, x, h, reverse, 0}) {
		p.lstm(next, c, start, x, h, reverse)
	}
}

// lstm is LSTM on one thread.
func (p *FloatWeights) lstm(next, c, start, x, h []float32, reverse bool) {
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
func (p *FloatWeights) GRU(next, h, start, x []float32, reverse bool) {
	p.check(x, h, gruRows, len(next) >= p.units && len(h) >= p.units && len(start) >= 4*p.units)
	if p.units == 0 {
		return
	}
	if p.share(weightsTask{p, next, nil, start, x, h, reverse, 0}) {
		return
	}
	next, h, start = next[:p.units], h[:max(p.units, p.hidden)], start[:4*p.units]
	raceRead(start)
	raceRead(x)
	raceRead(h)
	raceWrite(next)
	from := p.from(x, gruRows)
	if p.half != nil {
		p.half.gruStep(next, h, start, p.m.Half[from:], p.stride, x, p.hidden, reverse)
	} else {
		p.float.gruStep(next, h, start, p.m.Data[from:], p.stride, x, p.hidden, reverse)
	}
}
