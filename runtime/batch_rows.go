package runtime

// rowwise reports whether an op is stateless and treats the rows of a block
// independently, so that the rows may belong to different streams.
func rowwise(o op) bool {
	switch o.(type) {
	case *addOp, *convOp, *embeddingOp, *normalizationOp, *valueOp:
		return true
	}
	return false
}

// A batchRows is an op that runs over the rows of all streams.
type batchRows struct {
	batchStateless
	stepper stepper
	p       batchPorts
}

func (s *batchRows) step(at, _, n int) {
	b := s.p.batch
	if at == 0 {
		s.stepper.run(n, b.scratch)
		return
	}
	s.each(func(p *place) { b.moved = append(b.moved, *p) })
	k := 0
	s.each(func(p *place) { // a place may occur twice
		p.run, p.tokens = b.moved[k].run.from(at), b.moved[k].tokens[at*(len(b.moved[k].tokens)/b.room):]
		k++
	})
	s.stepper.run(n, b.scratch)
	k = 0
	s.each(func(p *place) {
		p.run, p.tokens = b.moved[k].run, b.moved[k].tokens
		k++
	})
	b.moved = b.moved[:0]
}

// each calls do with the op's places.
func (s *batchRows) each(do func(p *place)) {
	for _, p := range s.p.in {
		do(p)
	}
	for _, p := range s.p.out {
		do(p)
	}
}

func (s *batchRows) bytes() int { return sizeOf(s) + s.stepper.bytes() }
