package runtime

// A batchHead is a head for all streams of a batch. Each stream's logits have a
// row.
type batchHead struct {
	batchStateless
	op            *headOp
	in, y, logits *place
	product       batchProduct // nil: the features are the logits
}

func (o *headOp) newBatch(p batchPorts) batchStepper {
	s := &batchHead{op: o, in: p.in[0], y: p.out[0], logits: p.out[1]}
	if o.weight != nil {
		s.product = o.weight.newBatchProduct(p.batch.streams)
	}
	return s
}

func (s *batchHead) step(at, _, n int) {
	o, x, y, logits := s.op, s.in.run.from(at), s.y.run.from(at), s.logits.run.from(at)
	for i := range n {
		if s.product == nil {
			copy(logits.row(i, o.logits), x.row(i, o.logits))
		} else {
			copy(logits.data[i*logits.stride:], o.bias)
		}
	}
	if s.product != nil {
		s.product.addInputs(logits.data, logits.stride, x, n)
	}
	for i := range n {
		o.finish(y.row(i, o.outputs), logits.row(i, o.logits))
	}
}

func (s *batchHead) bytes() int {
	n := sizeOf(s)
	if s.product != nil {
		n += s.product.bytes()
	}
	return n
}
