package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// keptSums is how many sums of tokens a direction of a batch's first layer keeps at
// most: 4 MiB, for the tokens that come first. Frequent ones are among them.
const keptSums = 4 << 20 / 4

// A batchEmbedded is a direction of the first layer that reads tokens itself, for
// all streams of a batch.
type batchEmbedded struct {
	batchLayer
	batch *Batch
	in    *place
	sums  *embeddedStep // computes the sums of a token
	start []float32     // [streams][len(bias)]
	ld    int
	// product multiplies the quantized rows of an int8 table. It is nil if the model
	// keeps the sums of all tokens, or if they are computed one by one.
	product *kernels.Int8Product
	missing []int     // the streams whose tokens have no kept sums
	made    []float32 // their sums: [product.Most()][ld]
	kept    []float32 // the sums of some tokens: [count][ld], with room for more
	at      []int32   // for each token, the row of its sums in kept, counted from 1, or 0 if there is none
	count   int32
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
	l, streams := o.shared(), p.batch.streams
	s := &batchEmbedded{batchLayer: layer, batch: p.batch, in: p.in[0], sums: o.newStepper(p.ports).(*embeddedStep),
		start: floats(streams * len(l.bias)), ld: len(l.bias)}
	if m, ok := l.gates.(*int8Matrix); ok && o.rows == nil && l.then == nil && o.embedding.table.DType == format.DTypeInt8 {
		most := min(streams, batchVectors)
		s.product = m.set.NewInt8Product(m.input, most)
		s.missing, s.made = make([]int, 0, most), floats(most*s.ld)
		if tokens := o.embedding.table.Tokens; streams > 1 {
			s.kept, s.at = floats(min(tokens, keptSums/s.ld)*s.ld), make([]int32, tokens)
		}
	}
	return s
}

func (s *batchEmbedded) step(at, first, n int) {
	tokens := s.in.tokens[at:][:n]
	if s.product == nil {
		for i, token := range tokens {
			copy(s.start[i*s.ld:], s.sums.sums(token))
		}
	} else {
		s.begin(tokens)
	}
	s.advance(at, first, n, s.start, s.ld)
}

// begin sets the sums that the streams start with to those of their tokens.
func (s *batchEmbedded) begin(tokens []int32) {
	for i, token := range tokens {
		if s.at != nil && s.at[token] > 0 {
			copy(s.start[i*s.ld:][:s.ld], s.kept[int(s.at[token]-1)*s.ld:])
			continue
		}
		if s.missing = append(s.missing, i); len(s.missing) == cap(s.missing) {
			s.multiply(tokens)
		}
	}
	s.multiply(tokens)
}

// multiply computes the sums of the missing streams: the bias plus the products with the
// rows of their tokens. It keeps them while there is room.
func (s *batchEmbedded) multiply(tokens []int32) {
	for k, i := range s.missing {
		copy(s.made[k*s.ld:], s.sums.inputs.layer.bias)
		q, scale := s.sums.op.embedding.quantized(tokens[i])
		s.product.SetQuantized(k, q, scale)
	}
	s.product.Add(s.made, s.ld, len(s.missing))
	for k, i := range s.missing {
		sums := s.made[k*s.ld:][:s.ld]
		copy(s.start[i*s.ld:], sums)
		if token := tokens[i]; len(s.kept) > int(s.count)*s.ld && s.at[token] == 0 {
			copy(s.kept[int(s.count)*s.ld:], sums)
			s.count++
			s.at[token] = s.count
		}
	}
	s.missing = s.missing[:0]
}

func (s *batchEmbedded) bytes() int {
	n := sizeOf(s) + s.batchLayer.bytes() + s.sums.bytes() + floatsBytes(len(s.start)) +
		sliceBytes(s.missing) + floatsBytes(len(s.made)) + floatsBytes(len(s.kept)) + sliceBytes(s.at)
	if s.product != nil {
		n += s.product.Bytes()
	}
	return n
}
