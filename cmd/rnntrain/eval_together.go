package main

import (
	"slices"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

const (
	togetherStreams   = 64      // sequences in a batch
	togetherSequences = 512     // most waiting sequences
	togetherMemory    = 1 << 24 // most bytes of their steps in a session
)

// A together runs sequences of tokens, many at once if that is faster for the model. It
// handles the outputs in the order of the sequences.
type together struct {
	session *rnn.Session
	batch   *rnn.Batch // nil: sequences are run one by one
	steps   int
	waiting [][]int32
	answers []answerFunc // handlers of the waiting sequences
}

// An answerFunc handles the outputs of a sequence, which are valid until it returns, or
// the error of running it.
type answerFunc func(y []float32, err error) error

func newTogether(s *rnn.Session) *together {
	q := &together{session: s}
	if m := s.Model(); m.GainsFromBatch() {
		q.batch = m.NewBatch(togetherStreams)
	}
	return q
}

// add runs a sequence, now or together with later ones. It returns the error of an
// answerFunc.
func (q *together) add(tokens []int32, answer answerFunc) error {
	m := q.session.Model()
	if q.batch == nil {
		return q.alone(tokens, answer)
	}
	if len(q.waiting) == togetherSequences || m.SequenceBytes(q.steps+len(tokens)) > togetherMemory {
		if err := q.flush(); err != nil {
			return err
		}
	}
	if m.SequenceBytes(len(tokens)) > togetherMemory {
		return q.alone(tokens, answer)
	}
	q.waiting, q.answers = append(q.waiting, slices.Clone(tokens)), append(q.answers, answer)
	q.steps += len(tokens)
	return nil
}

// alone runs one sequence.
func (q *together) alone(tokens []int32, answer answerFunc) error {
	q.session.Reset()
	return answer(q.session.RunTokens(tokens))
}

// flush runs the sequences that wait.
func (q *together) flush() error {
	waiting, answers := q.waiting, q.answers
	q.waiting, q.answers, q.steps = q.waiting[:0], q.answers[:0], 0
	if len(waiting) == 0 {
		return nil
	}
	ys, err := q.batch.RunTokens(waiting)
	for i, answer := range answers {
		var failed error
		if err == nil {
			failed = answer(ys[i], nil)
		} else { // one sequence failed: handle those before it
			failed = q.alone(waiting[i], answer)
		}
		if failed != nil {
			return failed
		}
	}
	return nil
}
