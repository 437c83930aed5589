package runtime

// A batchEmbedded is a direction of the first layer that reads tokens itself, in all
// streams of a batch.
type batchEmbedded struct {
	batchLayer
	batch *Batch
	in    *place
	sums  *embeddedStep // gives the sums of a token
	start []float32     // [streams][len(bias)]
	ld    int
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
	ld := len(o.shared().bias)
	return &batchEmbedded{batchLayer: layer, batch: p.batch, in: p.in[0], sums: o.newStepper(p.ports).(*embeddedStep),
		start: floats(p.batch.streams * ld), ld: ld}
}

func (s *batchEmbedded) step(at, first, n int) {
	for i := range n {
		copy(s.start[i*s.ld:], s.sums.sums(s.in.tokens[at+i]))
	}
	s.advance(at, first, n, s.start, s.ld)
}

func (s *batchEmbedded) bytes() int {
	return sizeOf(s) + s.batchLayer.bytes() + s.sums.bytes() + floatsBytes(len(s.start))
}
