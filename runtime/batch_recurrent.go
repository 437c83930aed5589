package runtime

import "github.com/rnnrun/rnnrun/kernels"

// A batchLayer is a layer for all streams of a batch that can start from
// precomputed input products.
type batchLayer interface {
	batchStepper
	// advance is step for precomputed sums: start holds each stream's bias plus
	// its input product, ld numbers apart.
	advance(at, first, n int, start []float32, ld int)
	// state returns copies of h, and of an LSTM's c, of the stream in a row: nil
	// if there are none. They are valid until the next call.
	state(row int) (h, c []float32)
}

// A batchRecurrent is a recurrent layer that a [kernels.Batch] steps.
type batchRecurrent struct {
	op      *recurrent
	in, out *place
	offset  int
	kernel  *kernels.Batch
	h, c    []float32 // of one stream, without padding
}

// newBatchOf returns a recurrent layer for all streams of a batch, at its
// initial states.
func (r *recurrent) newBatchOf(p batchPorts, kernel *kernels.Batch) batchStepper {
	s := &batchRecurrent{op: r, in: p.in[0], out: p.out[0], offset: p.offset, kernel: kernel, h: floats(r.output)}
	if kernel.HasCellState() {
		s.c = floats(r.units)
	}
	for row := range p.batch.streams {
		s.reset(row)
	}
	return s
}

func (s *batchRecurrent) step(at, first, n int) {
	x, y := s.in.run.from(at), s.out.run.from(at)
	s.kernel.Step(first, n, x.data, x.stride, y.data[s.offset:], y.stride)
}

func (s *batchRecurrent) advance(at, first, n int, start []float32, ld int) {
	y := s.out.run.from(at)
	s.kernel.Advance(first, n, start, ld, y.data[s.offset:], y.stride)
}

func (s *batchRecurrent) reset(row int) { s.kernel.SetState(row, s.op.h0, s.op.c0) }
func (s *batchRecurrent) swap(i, j int) { s.kernel.Swap(i, j) }
func (s *batchRecurrent) bytes() int {
	return sizeOf(s) + s.kernel.Bytes() + floatsBytes(len(s.h)) + floatsBytes(len(s.c))
}
func (s *batchRecurrent) publish(row int) {
	h, _ := s.state(row)
	copy(s.out.run.row(row, s.offset+len(h))[s.offset:], h)
}

func (s *batchRecurrent) state(row int) (h, c []float32) {
	s.kernel.State(row, s.h, s.c)
	return s.h, s.c
}

func (s *batchRecurrent) appendState(dst []float32, row int) []float32 {
	h, c := s.state(row)
	return append(append(dst, h...), c...)
}

func (s *batchRecurrent) setState(row int, src []float32) (rest []float32) {
	h, c := src[:len(s.h)], src[len(s.h):][:len(s.c)]
	s.kernel.SetState(row, h, c)
	return src[len(h)+len(c):]
}
