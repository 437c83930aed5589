package runtime

// A batchPool reduces the features of all steps of each stream of a batch.
type batchPool struct {
	batch   *Batch
	reduce  func(reduced, x []float32)
	in, out *place
	reduced rows // by stream
	width   int
}

func (o *poolOp) newBatch(p batchPorts) batchStepper {
	width := len(p.out[0].step)
	return &batchPool{batch: p.batch, reduce: o.reduce, in: p.in[0], out: p.out[0],
		reduced: rows{floats(p.batch.streams * width), width}, width: width}
}

func (s *batchPool) of(row int) []float32 { return s.reduced.row(s.batch.stream[row], s.width) }

func (s *batchPool) step(at, first, n int) {
	for i := range n {
		x, reduced := s.in.run.row(at+i, s.width), s.of(first+i)
		if s.batch.steps[s.batch.stream[first+i]] == 0 {
			copy(reduced, x)
		} else {
			s.reduce(reduced, x)
		}
		if !s.batch.atEnd {
			copy(s.out.run.row(at+i, s.width), reduced)
		}
	}
}

func (s *batchPool) reset(row int) { clear(s.of(row)) }
func (s *batchPool) swap(_, _ int) {}

func (s *batchPool) appendState(dst []float32, row int) []float32 { return append(dst, s.of(row)...) }

func (s *batchPool) setState(row int, src []float32) (rest []float32) {
	return src[copy(s.of(row), src):]
}

func (s *batchPool) publish(row int) { copy(s.out.run.row(row, s.width), s.of(row)) }
func (s *batchPool) bytes() int      { return sizeOf(s) + floatsBytes(len(s.reduced.data)) }
