package runtime

import "unsafe"

// SessionBytes returns the size in bytes of a session that only steps:
// [Session.Bytes] of a new session.
func (m *Model) SessionBytes() int { return m.NewSession().Bytes() }

// Bytes returns the current size of the session, including the memory of
// sequences and texts: see [Model.SequenceBytes] and [Session.Shrink]. The
// allocator rounds each piece up, which adds at most a fifth.
func (s *Session) Bytes() int {
	p := s.model.plan
	n := sizeOf(s) + sliceBytes(s.places) + sliceBytes(s.below) + sliceBytes(s.above) + sliceBytes(s.states)
	for _, width := range p.widths() {
		n += floatsBytes(room(width))
	}
	for i, v := range p.values {
		if v.slot == own {
			n += floatsBytes(room(v.width))
		}
		n += sliceBytes(s.places[i].tokens)
	}
	n += sliceBytes(s.later)
	if len(p.ports) > 1 {
		n += floatsBytes(len(s.x))
	}
	if len(p.results) > 1 {
		n += floatsBytes(len(s.y))
	}
	for _, v := range p.ports {
		if len(p.ports) > 1 {
			n += floatsBytes(len(s.places[v].run.data))
		}
	}
	for _, v := range p.results {
		if len(p.results) > 1 {
			n += floatsBytes(len(s.places[v].run.data))
		}
	}
	for _, list := range append([][]stepper{s.below, s.above}, s.later...) {
		for _, stepper := range list {
			n += stepper.bytes()
		}
	}
	return n + s.sequence.bytes() + s.text.bytes()
}

func (q *sequence) bytes() int {
	n := sliceBytes(q.shared) + floatsBytes(len(q.scratch)) + floatsBytes(len(q.y))
	for _, shared := range q.shared {
		n += floatsBytes(len(shared))
	}
	return n
}

func (t *text) bytes() int { return sliceBytes(t.tokens) + floatsBytes(cap(t.probabilities)) }

// Bytes returns the current size of the translator in bytes, as [Session.Bytes]
// does.
func (t *Translator) Bytes() int {
	n := sizeOf(t) + t.encoder.Bytes() + sliceBytes(t.decoders) + t.search.bytes() + sliceBytes(t.next) + sliceBytes(t.source) + sliceBytes(t.text)
	for _, d := range t.decoders {
		n += d.Bytes()
	}
	if t.beam != nil {
		n += t.beam.Bytes()
	}
	return n
}

func (s *search) bytes() int {
	return sliceBytes(s.live) + sliceBytes(s.next) + sliceBytes(s.candidates) + sliceBytes(s.top) + sliceBytes(s.trace) +
		sliceBytes(s.done) + sliceBytes(s.busy) + sliceBytes(s.copies) + sliceBytes(s.found) + sliceBytes(s.tokens)
}

// SessionBytes returns the size in bytes of a translator without options:
// [Translator.Bytes] of a new one.
func (m *EncoderDecoder) SessionBytes() int {
	t, err := m.NewTranslator()
	if err != nil {
		return 0 // it is closed
	}
	return t.Bytes()
}

// SequenceBytes is [Model.SequenceBytes] for sources of up to the given number
// of tokens.
func (m *EncoderDecoder) SequenceBytes(steps int) int { return m.encoder.SequenceBytes(steps) }

// sizeOf returns the size of what p points to.
func sizeOf[T any](p *T) int { return int(unsafe.Sizeof(*p)) }

// sliceBytes returns how many bytes the elements of a slice take.
func sliceBytes[T any](s []T) int {
	var element T
	return cap(s) * int(unsafe.Sizeof(element))
}
