package runtime

// RunSessions runs a sequence in each session and returns the outputs of each, as
// [Session.RunInputs] does. xs[i] is [T][I] and tokens[i] is [T][K] for the i-th
// session, with its own T. xs may be nil if the model reads no numbers, and tokens if
// it reads no tokens. The sessions must be distinct, and belong to the batch's model.
// Each continues from its state, and is afterwards as after [Session.RunInputs]. A
// server that keeps a session per stream can thus compute all waiting steps together.
//
// There may be more sessions than the batch has streams. RunSessions overwrites the
// states of the batch's own streams. In the steady state it allocates nothing. The
// error is one of [Session.RunInputs]'s, with the index of the session. If there is
// an error, no session has made a step, unless the model reads its sequences one by
// one.
func (b *Batch) RunSessions(sessions []*Session, xs [][]float32, tokens [][]int32) ([][]float32, error) {
	m, q := b.model, &b.runs
	input := func(i int) (x []float32, t []int32) {
		if xs != nil {
			x = xs[i]
		}
		if tokens != nil {
			t = tokens[i]
		}
		return x, t
	}
	for i := range sessions {
		if _, err := m.refuseInputs(input(i)); err != nil {
			return nil, inSequence(i, err)
		}
	}
	q.goingOn = sessions
	defer func() { q.goingOn = nil }()
	return b.run(len(sessions), func(i int) int {
		if x, t := input(i); m.tokenWidth > 0 {
			return len(t) / m.tokenWidth
		} else {
			return len(x) / m.numberWidth
		}
	}, input)
}

// enter copies the states of the sequences' sessions to the batch's streams.
func (b *Batch) enter(list []int) {
	b.arrange(len(list))
	for row, i := range list {
		s := b.runs.goingOn[i]
		if !b.model.streaming && s.steps > 0 { // keep states that were written since Reset
			s.Reset()
		}
		b.goOnFrom(row, s)
	}
}

// leave copies the states of the streams back to the sequences' sessions, with the
// outputs of their last step.
func (b *Batch) leave(list []int) {
	m, q, p := b.model, &b.runs, b.model.plan
	for row, i := range list {
		s := q.goingOn[i]
		s.steps += uint64(q.steps[i])
		b.steps[row] = s.steps
		b.values = b.appendValues(b.values[:0], row)
		values := b.values
		for _, state := range s.carried() {
			values = values[copy(state, values):]
		}
		last := row // of its last step
		if !m.streaming && !p.once && q.steps[i] > 0 {
			last = q.at[q.steps[i]-1] + row
		}
		for k, v := range p.results {
			if q.steps[i] > 0 || !p.each[k] {
				copy(s.places[v].step, b.places[v].run.row(last, len(s.places[v].step)))
			}
		}
		if q.steps[i] > 0 || !p.each[0] {
			copy(s.logits, b.places[p.logits].run.row(last, len(s.logits)))
		}
		if s.several {
			s.gather()
		}
	}
}
