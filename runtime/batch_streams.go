package runtime

// A batchStreams runs an op that has no implementation for many streams. It has a
// stepper for each stream, which stays with the stream in any row.
type batchStreams struct {
	batch   *Batch
	in, out []*place // of the batch
	offset  int
	width   int  // of its outputs in out[0], from offset on
	shares  bool // whether other ops write between its outputs
	streams []batchStream
}

// A batchStream is the stepper of one stream, and the places that it reads and
// writes.
type batchStream struct {
	stepper
	in, out []place
}

func newBatchStreams(o op, p batchPorts) batchStepper {
	s := &batchStreams{batch: p.batch, in: p.in, out: p.out, offset: p.offset, width: len(p.out[0].step) - p.offset}
	if l, ok := o.(layerOp); ok {
		if _, s.shares = o.(*framesOp); !s.shares {
			s.width = l.shared().output
		}
	}
	for i := range p.batch.streams {
		t := batchStream{in: placesLike(p.in), out: placesLike(p.out)}
		q := ports{offset: p.offset, steps: &p.batch.steps[i]}
		for k := range t.in {
			q.in = append(q.in, &t.in[k])
		}
		for k := range t.out {
			q.out = append(q.out, &t.out[k])
		}
		t.stepper = o.newStepper(q)
		s.streams = append(s.streams, t)
	}
	return s
}

// placesLike returns places of the same sizes for one stream.
func placesLike(places []*place) []place {
	list := make([]place, len(places))
	for i, p := range places {
		list[i].step = floats(room(len(p.step)))[:len(p.step)]
	}
	return list
}

func (s *batchStreams) of(row int) *batchStream { return &s.streams[s.batch.stream[row]] }

func (s *batchStreams) step(at, first, n int) {
	for i := range n {
		t := s.of(first + i)
		for k, p := range s.in {
			copy(t.in[k].step, p.run.row(at+i, len(p.step)))
			if tokens := len(p.tokens) / s.batch.room; tokens > 0 {
				t.in[k].tokens = p.tokens[(at+i)*tokens:][:tokens]
			}
		}
		if s.shares {
			copy(t.out[0].step, s.out[0].run.row(at+i, len(t.out[0].step)))
		}
		t.step()
		s.write(t, at+i)
	}
}

// write copies the outputs of a stream to a row.
func (s *batchStreams) write(t *batchStream, at int) {
	for k, p := range s.out {
		y := t.out[k].step
		if k == 0 {
			y = y[s.offset:][:s.width]
			copy(p.run.row(at, len(p.step))[s.offset:], y)
			continue
		}
		copy(p.run.row(at, len(p.step)), y)
	}
}

func (s *batchStreams) reset(row int) { s.of(row).reset() }
func (s *batchStreams) swap(_, _ int) {}

func (s *batchStreams) appendState(dst []float32, row int) []float32 {
	b := s.batch
	b.states = s.of(row).carried(b.states[:0])
	for _, v := range b.states {
		dst = append(dst, v...)
	}
	return dst
}

func (s *batchStreams) setState(row int, src []float32) (rest []float32) {
	b := s.batch
	b.states = s.of(row).carried(b.states[:0])
	for _, v := range b.states {
		src = src[copy(v, src):]
	}
	return src
}

func (s *batchStreams) publish(row int) {
	t := s.of(row)
	t.publish()
	s.write(t, row)
}

func (s *batchStreams) bytes() int {
	n := sizeOf(s) + sliceBytes(s.streams)
	for i := range s.streams {
		t := &s.streams[i]
		n += t.bytes() + sliceBytes(t.in) + sliceBytes(t.out)
		for _, list := range [...][]place{t.in, t.out} {
			for k := range list {
				n += floatsBytes(room(len(list[k].step)))
			}
		}
	}
	return n
}
