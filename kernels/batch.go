package kernels

import "fmt"

// A Batch is a cell in many streams, which make their steps together: each tile of
// weights is multiplied with the vectors of all streams before the next tile, so
// that memory is read once per step, not once per stream. The bits are those of a
// [Stream] for each. The Batch holds the states.
type Batch struct {
	set        *Set
	products   batchProducts
	rows, tile int
	hidden     int // of the state, without padding
	streams    int
	activation Activation // of an RNN
	bias       []float32
	complete   func(b *Batch, s *batchScratch, t, first, n int) // makes results of the sums of a tile
	// write is complete for a tile without padding, and writes the results to out. The sums
	// lack those of a GRU that have no product with the state. nil: the set has none.
	write func(b *Batch, sums []float32, t int, out []float32)
	pairs bool // whether two tiles are multiplied at a time
	bytes int  // bytes of weights that a step reads

	h   []float32 // [streams][ldh]
	ldh int
	// An LSTM's cell state, or a second copy of a GRU's state: [tile][streams][8], so
	// that the streams of a tile stand side by side.
	tiled   []float32
	scratch []batchScratch // of each thread
	block   batchStep
}

// A batchScratch is the memory in which a thread computes a tile, or two.
type batchScratch struct {
	sums    []float32 // [tiles][batchBlock][TileRows]
	results []float32 // [batchBlock][TileRows]
	tile    tileSums
}

// A batchStep is a step of a block of streams.
type batchStep struct {
	first, n int
	inputs   bool // whether the sums begin with the bias
	start    []float32
	ld       int
	out      []float32
	ldout    int
	parts    int
}

// batchBlock is the greatest number of streams whose sums of a tile are kept: that
// many fit in the first-level cache beside the weights.
const batchBlock = 128

// batchProducts are the products of a batch's weights with the vectors of a block of
// streams.
type batchProducts interface {
	// readInputs and readStates take the vectors of n streams, which stand ld apart.
	readInputs(x []float32, ld, n int)
	readStates(h []float32, ld, n int)
	// addInputs and addStates set sums to their start plus the products with the vectors
	// that were read. The start may be the sums.
	addInputs(a *tileSums)
	addStates(a *tileSums)
	// pairs reports whether the products of two tiles of a GRU are faster together.
	pairs() bool
	bytes() int
}

// A batchShape is the shape that the weights give a batch.
type batchShape struct {
	set        *Set
	rows, tile int
	hidden     int
	bytes      int
}

func newBatch(z batchShape, products batchProducts, tile, streams int, bias []float32) *Batch {
	if z.tile != tile || streams < 1 || len(bias) < z.rows/tile*TileRows+z.rows%tile {
		panic(fmt.Sprintf("kernels: a batch of %d streams with %d sums, of %d rows in tiles of %d, not %d",
			streams, len(bias), z.rows, z.tile, tile))
	}
	b := &Batch{
		set: z.set, products: products, rows: z.rows, tile: tile, hidden: z.hidden, bytes: z.bytes, streams: streams,
		bias: bias, ldh: apart(z.hidden),
	}
	block := min(streams, batchBlock) * TileRows
	b.h, b.scratch = make([]float32, streams*b.ldh), make([]batchScratch, z.set.Threads())
	for i := range b.scratch {
		b.scratch[i] = batchScratch{sums: make([]float32, block), results: make([]float32, block)}
	}
	return b
}

// apart returns the distance between vectors of n numbers. It avoids multiples
// that would map all of them to the same few places of a cache.
func apart(n int) int {
	const line = 64 / 4
	n = (n + line - 1) / line * line
	if n%(8*line) == 0 {
		n += line
	}
	return n
}

func (b *Batch) asLSTM() *Batch {
	b.complete, b.tiled = (*Batch).completeLSTM, make([]float32, b.rows/TileRows*b.streams*Lanes)
	if b.set.impl.lstmStreams != nil {
		b.write = (*Batch).writeLSTM
	}
	return b
}

func (b *Batch) asGRU() *Batch {
	b.complete, b.tiled = (*Batch).completeGRU, make([]float32, b.rows/gruRows*b.streams*Lanes)
	if b.set.impl.gruStreams != nil {
		b.write, b.pairs = (*Batch).writeGRU, b.products.pairs()
	}
	if b.pairs {
		for i := range b.scratch {
			s := &b.scratch[i]
			s.sums = make([]float32, 2*len(s.sums))
		}
	}
	return b
}

func (b *Batch) asRNN(activation Activation) *Batch {
	b.complete, b.activation = (*Batch).completeRNN, activation
	return b
}

// Bytes returns how many bytes the batch takes besides its weights.
func (b *Batch) Bytes() int {
	n := 4*(cap(b.h)+cap(b.tiled)) + b.products.bytes()
	for _, s := range b.scratch {
		n += 4 * (cap(s.sums) + cap(s.results))
	}
	return n
}

// Step makes a step of n streams from the first on. Their inputs stand ldx apart in x,
// and their new states go to out, where they stand ldout apart. out does not overlap
// x.
func (b *Batch) Step(first, n int, x []float32, ldx int, out []float32, ldout int) {
	b.check(first, n, out, ldout)
	for done := 0; done < n; {
		block := blockOf(n - done)
		b.products.readInputs(x[done*ldx:], ldx, block)
		b.step(first+done, block, nil, 0, out[done*ldout:], ldout)
		done += block
	}
}

// Advance is Step, except that the sums begin with start, which already holds the
// product with the inputs; the sums of the streams stand ld apart.
func (b *Batch) Advance(first, n int, start []float32, ld int, out []float32, ldout int) {
	b.check(first, n, out, ldout)
	if n > 0 {
		checkSpan("start", len(start), n, ld, b.rows/b.tile*TileRows+b.rows%b.tile)
	}
	for done := 0; done < n; {
		block := blockOf(n - done)
		b.step(first+done, block, start[done*ld:], ld, out[done*ldout:], ldout)
		done += block
	}
}

// blockOf returns how many of the next n streams are one block: blocks are about
// even.
func blockOf(n int) int {
	blocks := (n + batchBlock - 1) / batchBlock
	return (n + blocks - 1) / blocks
}

func (b *Batch) check(first, n int, out []float32, ldout int) {
	if first < 0 || n < 0 || first > b.streams-n {
		panic(fmt.Sprintf("kernels: streams [%d, %d) of a batch of %d", first, first+n, b.streams))
	}
	if n > 0 {
		checkSpan("out", len(out), n, ldout, b.hidden)
	}
}

// step makes a step of a block of streams. start is nil if the sums begin with the
// bias.
func (b *Batch) step(first, n int, start []float32, ld int, out []float32, ldout int) {
	inputs := start == nil
	if inputs {
		start = b.bias
	}
	b.products.readStates(b.h[first*b.ldh:], b.ldh, n)
	b.block = batchStep{first, n, inputs, start, ld, out, ldout, 1}
	if w := b.set.workers; w == nil {
		b.part(0, 0)
	} else if b.block.parts = w.divide(b.tiles(), b.bytes, n); b.block.parts > 1 && w.take() {
		w.do(b, b.block.parts, false)
	} else {
		b.block.parts = 1
		b.part(0, 0)
	}
	b.block = batchStep{} // it refers to memory of the caller's
	for j := range n {
		copy(b.h[(first+j)*b.ldh:][:b.hidden], out[j*ldout:])
	}
}

// tiles returns the number of tiles.
func (b *Batch) tiles() int { return (b.rows + b.tile - 1) / b.tile }

// part implements task: it makes a step for the units of some tiles.
func (b *Batch) part(i, thread int) {
	k, s, results, count := &b.block, &b.scratch[thread], b.resultsOfTile(), b.tiles()
	end := count * (i + 1) / k.parts
	for t := count * i / k.parts; t < end; t += s.tile.tiles {
		// All states are read until the last tile is done, so the new ones go elsewhere.
		from := t * results
		width := min(results, b.hidden-from)
		whole := b.write != nil && width == Lanes
		tiles := 1
		if b.pairs && t+1 < end && from+2*Lanes <= b.hidden {
			tiles = 2
		}
		b.add(s, t, tiles, whole)
		if whole {
			for i := range tiles {
				b.write(b, s.sums[i*s.tile.next:], t+i, k.out[from+i*Lanes:])
			}
			continue
		}
		b.complete(b, s, t, k.first, k.n)
		for j := range k.n {
			copyResults(k.out[j*k.ldout+from:], s.results[j*results:], width)
		}
	}
	s.tile = tileSums{} // it refers to memory of the caller's
}

// copyResults is copy for few numbers, without a call.
func copyResults(dst, src []float32, n int) {
	if n == Lanes {
		copyLanes((*[Lanes]float32)(dst), (*[Lanes]float32)(src))
		return
	}
	copy(dst[:n], src)
}

// copyLanes copies in parts for which the compiler makes no call on 64-bit processors,
// since they have at most 16 bytes and may overlap.
func copyLanes(dst, src *[Lanes]float32) {
	const part = Lanes / 2
	*(*[part]float32)(dst[:]) = *(*[part]float32)(src[:])
	*(*[part]float32)(dst[part:]) = *(*[part]float32)(src[part:])
}

// add sets the sums of one tile or two to start plus the products. partly leaves out the
// sums of a GRU that start already holds.
func (b *Batch) add(s *batchScratch, t, tiles int, partly bool) {
	k, a := &b.block, &s.tile
	*a = tileSums{t: t, tiles: tiles, n: k.n, sums: s.sums, start: k.start[t*TileRows:], ld: k.ld,
		next: len(s.sums) / 2, startNext: TileRows}
	if k.inputs {
		b.products.addInputs(a)
	}
	if b.tile == gruRows { // [nx r z nh]: nx has no product with the state, nh none with the inputs
		for i := range tiles {
			sums, start := a.of(i)
			if k.inputs {
				copyColumn(sums[3*Lanes:], start[3*Lanes:], a.ld, a.n)
			} else if !partly {
				copyColumn(sums, start, a.ld, a.n)
			}
		}
		a.sums, a.start = a.sums[Lanes:], a.start[Lanes:]
	}
	if k.inputs {
		a.start, a.ld, a.startNext = a.sums, TileRows, a.next
	}
	b.products.addStates(a)
}

// copyColumn copies the first [Lanes] sums of n streams.
func copyColumn(sums, start []float32, ld, n int) {
	for j := range n {
		copyLanes((*[Lanes]float32)(sums[j*TileRows:]), (*[Lanes]float32)(start[j*ld:]))
	}
}

// resultsOfTile returns how many results a tile has.
func (b *Batch) resultsOfTile() int {
	if b.tiled != nil {
		return Lanes
	}
	return TileRows
}

// of returns the numbers of n streams in a tile of tiled.
func (b *Batch) of(t, first, n int) []float32 {
	return b.tiled[(t*b.streams+first)*Lanes:][:n*Lanes]
}

func (b *Batch) completeLSTM(s *batchScratch, t, first, n int) {
	c := b.of(t, first, n)
	b.set.LSTMCell(s.results[:n*Lanes], c, c, s.sums)
}

func (b *Batch) writeLSTM(sums []float32, t int, out []float32) {
	k := &b.block
	c, sums := b.of(t, k.first, k.n), sums[:k.n*TileRows]
	raceWrite(c)
	raceWrite(sums)
	raceWriteRows(out, k.ldout, k.n, Lanes)
	b.set.impl.lstmStreams(out, k.ldout, c, sums)
}

func (b *Batch) completeGRU(s *batchScratch, t, first, n int) {
	h := b.of(t, first, n)
	b.set.GRUCell(h, h, s.sums)
	copy(s.results, h)
}

func (b *Batch) writeGRU(sums []float32, t int, out []float32) {
	k := &b.block
	h, sums := b.of(t, k.first, k.n), sums[:k.n*TileRows]
	nx, ldnx := sums, TileRows
	if !k.inputs {
		nx, ldnx = k.start[t*TileRows:], k.ld
	}
	raceWrite(h)
	raceWrite(sums)
	raceWriteRows(out, k.ldout, k.n, Lanes)
	b.set.impl.gruStreams(out, k.ldout, h, nx, ldnx, sums)
}

func (b *Batch) completeRNN(s *batchScratch, t, _, n int) {
	results, sums := s.results[:n*TileRows], s.sums[:n*TileRows]
	switch b.activation {
	case ActivationTanh:
		b.set.Tanh(results, sums)
	case ActivationReLU:
		b.set.ReLU(results, sums)
	default:
		copy(results, sums)
	}
}

// HasCellState reports whether the cell is an LSTM.
func (b *Batch) HasCellState() bool { return b.tiled != nil && b.tile == TileRows }

// State copies the state of a stream to h, and for an LSTM the cell state to c.
func (b *Batch) State(stream int, h, c []float32) {
	copy(h, b.h[stream*b.ldh:][:b.hidden])
	for t := 0; t*Lanes < len(c); t++ {
		copy(c[t*Lanes:], b.of(t, stream, 1))
	}
}

// SetState makes a stream go on from a state h, and for an LSTM a cell state c.
// Missing numbers are 0.
func (b *Batch) SetState(stream int, h, c []float32) {
	row := b.h[stream*b.ldh:][:b.hidden]
	clear(row[copy(row, h):])
	if b.tile == gruRows {
		c = row
	}
	for t := 0; t < len(b.tiled)/(b.streams*Lanes); t++ {
		at := b.of(t, stream, 1)
		clear(at[copy(at, c[min(t*Lanes, len(c)):]):])
	}
}

// Swap exchanges the states of two streams.
func (b *Batch) Swap(i, j int) {
	swap(b.h[i*b.ldh:][:b.hidden], b.h[j*b.ldh:])
	for t := 0; t < len(b.tiled)/(b.streams*Lanes); t++ {
		swap(b.of(t, i, 1), b.of(t, j, 1))
	}
}

func swap(a, b []float32) {
	for i := range a {
		a[i], b[i] = b[i], a[i]
	}
}
