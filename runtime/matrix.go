package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/padding"
	"github.com/rnnrun/rnnrun/kernels"
)

// A matrix is a packed weight matrix, bound to a kernel set. Its first columns
// multiply the inputs, the others the state. Sessions share it.
type matrix interface {
	kernels.Weights
	// newProduct returns the product for one session.
	newProduct() product
	// newBatchProduct returns the product with the inputs of the given number
	// of streams.
	newBatchProduct(streams int) batchProduct
}

// A batchProduct multiplies the input columns of a matrix by many vectors.
type batchProduct interface {
	// addInputs adds the products with n inputs to their accumulators, which are ld
	// numbers apart.
	addInputs(acc []float32, ld int, x rows, n int)
	// bytes returns how many bytes the product takes.
	bytes() int
}

// A product multiplies a matrix by the vectors of one session.
type product interface {
	// addInputs adds the products with n inputs to their accumulators, which
	// are ld numbers apart.
	addInputs(acc []float32, ld int, x rows, n int)
	// addState adds the product with a state h to its accumulators.
	addState(acc, h []float32)
	// linear sets dst to start plus the products with x and h. x is nil if start
	// already includes its product. reverse reads the last rows first, which are
	// still in the caches after the call before; the bits are the same.
	linear(dst, start, x, h []float32, reverse bool)
	// bytes returns how many bytes the product takes.
	bytes() int
}

// bindMatrix binds a matrix with the given number of input columns. For int8
// weights, the scales are those of quantized inputs and states; 0: chosen for
// each vector.
func bindMatrix(set *kernels.Set, m *format.Matrix, inputs int, inputScale, stateScale float32) matrix {
	if m.DType == format.DTypeInt8 {
		return bindInt8(set, m, inputs, inputScale, stateScale)
	}
	b := &floatMatrix{set: set, inputs: inputs,
		m: kernels.Matrix{Data: m.Data, Half: m.Half, Rows: m.Rows, Depth: m.Depth, Tile: m.Tile}}
	if m.DType == format.DTypeInt4 {
		b.m.Data = widened(m)
	}
	b.FloatWeights = set.NewWeights(&b.m, inputs)
	return b
}

// A floatMatrix has weights in float32 or binary16. Its product needs no memory.
type floatMatrix struct {
	*kernels.FloatWeights
	set    *kernels.Set
	m      kernels.Matrix
	inputs int
}

func (m *floatMatrix) newProduct() product { return m }

func (m *floatMatrix) newBatchProduct(int) batchProduct { return m }

func (m *floatMatrix) bytes() int { return 0 }

func (m *floatMatrix) addInputs(acc []float32, ld int, x rows, n int) {
	m.set.Product(acc, ld, &m.m, 0, m.inputs, x.data, x.stride, n)
}

func (m *floatMatrix) addState(acc, h []float32) {
	m.set.Product(acc, len(acc), &m.m, m.inputs, m.m.Depth, h, 0, 1)
}

func (m *floatMatrix) linear(dst, start, x, h []float32, reverse bool) {
	m.Linear(dst, start, x, h, reverse)
}

// widened returns the weights of an int4 matrix as float32, exactly. No kernel
// reads int4.
func widened(m *format.Matrix) []float32 {
	w := format.Matrix{Rows: m.Rows, Depth: m.Depth, Tile: m.Tile} // its Index gives the place of each weight
	data := floats(m.Rows * m.Depth)
	for i := range m.Rows {
		for k := range m.Depth {
			data[w.Index(i, k)] = m.At(i, k)
		}
	}
	return data
}

// An int8Matrix has weights in int8.
type int8Matrix struct {
	*kernels.Int8Weights
	set          *kernels.Set
	input, state kernels.Int8Columns // state has no Int8 if there are no columns for a state
}

func bindInt8(set *kernels.Set, m *format.Matrix, inputs int, inputScale, stateScale float32) *int8Matrix {
	// A matrix without columns for a state splits after its last column.
	states := m.Depth - m.Split
	first, last := padding.UpToQuad(m.Split), padding.UpToQuad(states)
	bind := func(from, columns int, scale []float32) *kernels.Int8 {
		return set.NewInt8(m.Int8, m.Rows, first+last, m.Tile, from, columns, scale)
	}
	b := &int8Matrix{set: set, input: kernels.Int8Columns{Int8: bind(0, first, m.Scale), Size: inputs, Scale: inputScale}}
	if states > 0 {
		b.state = kernels.Int8Columns{Int8: bind(first, last, m.Scale[m.Rows:]), Size: states, Scale: stateScale}
	}
	b.Int8Weights = set.NewInt8Weights(b.input, b.state)
	return b
}

func (m *int8Matrix) newProduct() product {
	return &int8Product{m, m.set.NewQuantizer(m.input.Size, m.input.Scale), m.set.NewQuantizer(m.state.Size, m.state.Scale)}
}

// An int8Product quantizes the vectors of a session, one after the other.
type int8Product struct {
	m    *int8Matrix
	x, h kernels.Quantizer
}

func (p *int8Product) bytes() int { return sizeOf(p) + p.x.Bytes() + p.h.Bytes() }

func (p *int8Product) addInputs(acc []float32, ld int, x rows, n int) {
	for i := range n {
		q, scale := p.x.Quantize(x.row(i, p.m.input.Size))
		p.addQuantized(acc[i*ld:], q, scale)
	}
}

// addQuantized is addInputs for one quantized input.
func (p *int8Product) addQuantized(acc []float32, q []int8, scale float32) {
	p.m.set.LinearInt8(acc, acc, p.m.input.Int8, scale, q, false)
}

func (p *int8Product) addState(acc, h []float32) { p.linear(acc, acc, nil, h, false) }

func (p *int8Product) linear(dst, start, x, h []float32, reverse bool) {
	if len(x) > 0 {
		q, scale := p.x.Quantize(x)
		p.m.set.LinearInt8(dst, start, p.m.input.Int8, scale, q, reverse)
		start = dst
	}
	if p.m.state.Int8 != nil {
		q, scale := p.h.Quantize(h[:p.m.state.Size])
		p.m.set.LinearInt8(dst, start, p.m.state.Int8, scale, q, reverse)
	}
}

// batchVectors is the number of vectors of a batch that are quantized at once.
const batchVectors = 64

func (m *int8Matrix) newBatchProduct(streams int) batchProduct {
	return &int8BatchProduct{m.set.NewInt8Product(m.input, min(streams, batchVectors)), m.input.Size}
}

// An int8BatchProduct quantizes many vectors and multiplies them at once.
type int8BatchProduct struct {
	product *kernels.Int8Product
	size    int // of a vector
}

func (p *int8BatchProduct) bytes() int { return sizeOf(p) + p.product.Bytes() }

func (p *int8BatchProduct) addInputs(acc []float32, ld int, x rows, n int) {
	for done, block := 0, p.product.Most(); done < n; done += block {
		block = min(block, n-done)
		p.product.Quantize(x.from(done).data, x.stride, block)
		p.product.Add(acc[done*ld:], ld, block)
	}
}
