package runtime

// A batchDense is a dense layer for all streams of a batch.
type batchDense struct {
	op      *denseOp
	batch   *Batch
	in, out *place
	offset  int
	product batchProduct
	last    rows // the last outputs of each stream, which snapshots hold
}

func (o *denseOp) newBatch(p batchPorts) batchStepper {
	return &batchDense{op: o, batch: p.batch, in: p.in[0], out: p.out[0], offset: p.offset,
		product: o.gates.newBatchProduct(p.batch.streams),
		last:    rows{floats(p.batch.streams * o.output), o.output}}
}

func (s *batchDense) step(at, first, n int) {
	o, ld := s.op, len(s.op.bias)
	x, y := s.in.run.from(at), s.out.run.from(at)
	most := len(s.batch.scratch) / ld
	for done := 0; done < n; done += most {
		block := min(most, n-done)
		sums := s.batch.scratch[:block*ld]
		for i := range block {
			copy(sums[i*ld:], o.bias)
		}
		s.product.addInputs(sums, ld, x.from(done), block)
		for i := range block {
			to := y.row(done+i, s.offset+o.output)[s.offset:]
			o.activate.apply(to, sums[i*ld:][:o.output])
			copy(s.last.row(first+done+i, o.output), to)
		}
	}
}

func (s *batchDense) reset(row int) { clear(s.last.row(row, s.op.output)) }

func (s *batchDense) swap(i, j int) {
	swapNumbers(s.last.row(i, s.op.output), s.last.row(j, s.op.output))
}

func (s *batchDense) appendState(dst []float32, row int) []float32 {
	return append(dst, s.last.row(row, s.op.output)...)
}

func (s *batchDense) setState(row int, src []float32) (rest []float32) {
	return src[copy(s.last.row(row, s.op.output), src):]
}

func (s *batchDense) publish(row int) {
	copy(s.out.run.row(row, s.offset+s.op.output)[s.offset:], s.last.row(row, s.op.output))
}

func (s *batchDense) bytes() int {
	return sizeOf(s) + s.product.bytes() + floatsBytes(len(s.last.data))
}

func swapNumbers(a, b []float32) {
	for i := range a {
		a[i], b[i] = b[i], a[i]
	}
}
