package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A batchEmbedded is a direction of the first layer that reads tokens itself, for
// all streams of a batch.
type batchEmbedded struct {
	batchLayer
	batch *Batch
	in    *place
	sums  *embeddedStep // computes the sums of a token
	start []float32     // [streams][len(bias)]
	ld    int
	// product multiplies the quantized rows of an int8 table. It is nil if the sums
	// of tokens are kept, or computed one by one.
	product *kernels.Int8Product
}

func (o *embeddedOp) newBatch(p batchPorts) batchStepper {
	inner, ok := o.layerOp.(batchOp)
	if !ok {
		return nil
	}
	layer, ok := inner.newBatch(p).(batchLayer)
	if !ok {
		return nil
	}
	l := o.shared()
	s := &batchEmbedded{batchLayer: layer, batch: p.batch, in: p.in[0], sums: o.newStepper(p.ports).(*embeddedStep),
		start: floats(p.batch.streams * len(l.bias)), ld: len(l.bias)}
	if m, ok := l.gates.(*int8Matrix); ok && o.rows == nil && l.then == nil && o.embedding.table.DType == format.DTypeInt8 {
		s.product = m.set.NewInt8Product(m.input, min(p.batch.streams, batchVectors))
	}
	return s
}

func (s *batchEmbedded) step(at, first, n int) {
	tokens := s.in.tokens[at:][:n]
	if s.product != nil {
		s.multiply(tokens)
	} else {
		for i, token := range tokens {
			copy(s.start[i*s.ld:], s.sums.sums(token))
		}
	}
	s.advance(at, first, n, s.start, s.ld)
}

// multiply sets the sums of tokens to the bias plus the products with their
// rows.
func (s *batchEmbedded) multiply(tokens []int32) {
	most := s.product.Most()
	for done := 0; done < len(tokens); done += most {
		block := tokens[done:min(done+most, len(tokens))]
		start := s.start[done*s.ld:]
		for i, token := range block {
			copy(start[i*s.ld:], s.sums.inputs.layer.bias)
			q, scale := s.sums.op.embedding.quantized(token)
			s.product.SetQuantized(i, q, scale)
		}
		s.product.Add(start, s.ld, len(block))
	}
}

func (s *batchEmbedded) bytes() int {
	n := sizeOf(s) + s.batchLayer.bytes() + s.sums.bytes() + floatsBytes(len(s.start))
	if s.product != nil {
		n += s.product.Bytes()
	}
	return n
}
