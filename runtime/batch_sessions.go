package runtime

// RunSessions has each session read a sequence and returns the outputs of each, as
// [Session.RunInputs] does: xs[i] is [T][I] and tokens[i] is [T][K] of the i-th
// session, with a T of its own. xs may be nil if the model reads no numbers, and tokens
// if it reads none. The sessions are of the batch's model, and no two are the same;
// each continues from its state. Afterwards they are as after [Session.RunInputs]. So
// streams that keep their sessions can make the steps together that wait at the time.
//
// There may be more sessions than the batch has streams. RunSessions overwrites the
// states of the batch's own streams. In the steady state it allocates nothing. The
// error is one of [Session.RunInputs], with the index of the session. No session has
// then made a step, unless the model reads its sequences one by one.
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

// enter has the streams of the batch go on from the sessions of sequences.
func (b *Batch) enter(list []int) {
	b.arrange(len(list))
	for row, i := range list {
		s := b.runs.goingOn[i]
		if !b.model.streaming && s.steps > 0 { // states given since Reset stay
			s.Reset()
		}
		b.goOnFrom(row, s)
	}
}

// leave has the sessions of sequences go on from the streams of the batch, with the
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
