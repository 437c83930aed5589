package kernels

import "unsafe"

// NewLSTMBatch implements [Weights].
func (p *FloatWeights) NewLSTMBatch(streams int, bias []float32) *Batch {
	return newBatch(p.shape(), &floatBatchProducts{p: p}, TileRows, streams, bias).asLSTM()
}

// NewGRUBatch implements [Weights].
func (p *FloatWeights) NewGRUBatch(streams int, bias []float32) *Batch {
	return newBatch(p.shape(), &floatBatchProducts{p: p}, gruRows, streams, bias).asGRU()
}

// NewRNNBatch implements [Weights].
func (p *FloatWeights) NewRNNBatch(streams int, bias []float32, activation Activation) *Batch {
	return newBatch(p.shape(), &floatBatchProducts{p: p}, TileRows, streams, bias).asRNN(activation)
}

func (p *FloatWeights) shape() batchShape {
	return batchShape{p.set, p.m.Rows, p.m.Tile, p.hidden, p.m.Rows * p.m.Depth * p.m.weightBytes()}
}

// floatBatchProducts are those of [FloatWeights], which read vectors where they are.
type floatBatchProducts struct {
	p        *FloatWeights
	x, h     []float32
	ldx, ldh int
}

func (q *floatBatchProducts) readInputs(x []float32, ld, n int) {
	checkSpan("x", len(x), n, ld, q.p.inputs)
	q.x, q.ldx = x, ld
}

func (q *floatBatchProducts) readStates(h []float32, ld, _ int) { q.h, q.ldh = h, ld }

func (q *floatBatchProducts) addInputs(a *tileSums) {
	q.p.set.productTiles(a, &q.p.m, 0, q.p.inputs, q.x, q.ldx)
}

func (q *floatBatchProducts) addStates(a *tileSums) {
	q.p.set.productTiles(a, &q.p.m, q.p.inputs, q.p.m.Depth, q.h, q.ldh)
}

func (q *floatBatchProducts) pairs() bool { return q.p.set.impl.panelPair != nil }

func (q *floatBatchProducts) bytes() int { return int(unsafe.Sizeof(*q)) }

// NewLSTMBatch implements [Weights].
func (p *Int8Weights) NewLSTMBatch(streams int, bias []float32) *Batch {
	return newBatch(p.shape(), p.newProducts(streams), TileRows, streams, bias).asLSTM()
}

// NewGRUBatch implements [Weights].
func (p *Int8Weights) NewGRUBatch(streams int, bias []float32) *Batch {
	return newBatch(p.shape(), p.newProducts(streams), gruRows, streams, bias).asGRU()
}

// NewRNNBatch implements [Weights].
func (p *Int8Weights) NewRNNBatch(streams int, bias []float32, activation Activation) *Batch {
	return newBatch(p.shape(), p.newProducts(streams), TileRows, streams, bias).asRNN(activation)
}

func (p *Int8Weights) shape() batchShape {
	if p.state.Int8 == nil {
		panic("kernels: a batch of int8 weights without a state's")
	}
	return batchShape{p.set, p.state.rows, p.state.tile, p.state.Size, p.bytes()}
}

func (p *Int8Weights) newProducts(streams int) *int8BatchProducts {
	q := &int8BatchProducts{h: p.set.NewInt8Product(p.state, min(streams, batchBlock))}
	if p.input.Int8 != nil {
		q.x = p.set.NewInt8Product(p.input, min(streams, batchBlock))
	}
	return q
}

// int8BatchProducts are those of [Int8Weights].
type int8BatchProducts struct{ x, h *Int8Product }

func (q *int8BatchProducts) readInputs(x []float32, ld, n int) { q.x.Quantize(x, ld, n) }
func (q *int8BatchProducts) readStates(h []float32, ld, n int) { q.h.Quantize(h, ld, n) }

func (q *int8BatchProducts) addInputs(a *tileSums) { q.x.addTiles(a) }
func (q *int8BatchProducts) addStates(a *tileSums) { q.h.addTiles(a) }

func (q *int8BatchProducts) pairs() bool { return q.h.set.impl.int8.panelPair != nil }

func (q *int8BatchProducts) bytes() int {
	n := int(unsafe.Sizeof(*q)) + q.h.Bytes()
	if q.x != nil {
		n += q.x.Bytes()
	}
	return n
}
