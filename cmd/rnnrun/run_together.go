package main

import (
	"io"

	"github.com/rnnrun/rnnrun/internal/ports"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

const (
	togetherStreams = 64      // most sequences that are run together
	togetherMemory  = 1 << 25 // most bytes that they need
)

// A together runs the sequences of an array in batches. Each has its own session, and the
// answers are in the order of the sequences.
type together struct {
	*converter
	batch *rnn.Batch
	list  []*waiting // has room for togetherStreams
	n     int        // sequences that wait

	sessions []*rnn.Session
	xs       [][]float32
	tokens   [][]int32
}

// A waiting is a sequence that was read and not answered.
type waiting struct {
	runner
	xs      []float32
	numbers []float32 // numbers in xs, if it also has tokens
	tokens  []int32
	gaps    []int     // steps in xs before each bad step
	ys      []float32 // nil: not run yet
	failed  error     // the error that ended reading
}

// newTogether returns nil if running sequences together is not faster, or if too few of
// them fit in memory.
func (c *converter) newTogether() (*together, error) {
	m, layout := c.session.Model(), c.in.Layout()
	if layout.Sequences < 2 || layout.Steps < 1 || c.apart || twofold(m) || !m.GainsFromBatch() {
		return nil, nil
	}
	const least = 4
	each := m.SequenceBytes(layout.Steps)
	if each > togetherMemory/least || layout.Steps > togetherMemory/least/4/c.width {
		return nil, nil
	}
	streams := min(layout.Sequences, togetherStreams, togetherMemory/(each+4*layout.Steps*c.width))
	if streams < min(least, layout.Sequences) {
		return nil, nil
	}
	q := &together{converter: c, batch: m.NewBatch(streams)}
	for range streams {
		r, err := c.another()
		if err != nil {
			return nil, err
		}
		q.list = append(q.list, &waiting{runner: r})
	}
	return q, nil
}

// add reads the nth sequence, and runs all waiting sequences if there is no more room. The
// error belongs to the kth sequence.
func (q *together) add(n int) (k int, err error) {
	w := q.list[q.n]
	q.n++
	w.xs, w.gaps = w.xs[:0], w.gaps[:0]
	if w.failed = q.initial.start(&w.runner, n); w.failed == nil {
		w.failed = q.read(w, n)
	}
	if w.failed != nil || q.n == len(q.list) {
		return q.flush(n + 1)
	}
	return n, nil
}

// read reads the steps of the nth sequence.
func (q *together) read(w *waiting, n int) error {
	const block = 256 // steps
	for {
		held := len(w.xs)
		w.xs = append(w.xs, make([]float32, block*q.width)...)
		k, err := q.in.Read(w.xs[held:])
		w.xs = w.xs[:held+k]
		switch {
		case err == io.EOF:
			return nil
		case q.skips(err, n):
			w.gaps = append(w.gaps, len(w.xs)/q.width)
		case err != nil:
			return err
		}
	}
}

// flush runs and answers the sequences that wait; the last one is sequence n-1. It returns
// n, or the sequence of the error.
func (q *together) flush(n int) (int, error) {
	list, first := q.list[:q.n], n-q.n
	q.n = 0
	q.run(list)
	for i, w := range list {
		q.final.follow(&w.runner)
		if err := q.finish(w); err != nil {
			return first + i, err
		}
		q.final.keep()
	}
	return n, nil
}

// run runs sequences that have steps.
func (q *together) run(list []*waiting) {
	m := q.batch.Model()
	q.sessions, q.xs, q.tokens = q.sessions[:0], q.xs[:0], q.tokens[:0]
	for _, w := range list {
		if w.ys = nil; len(w.xs) == 0 {
			continue
		}
		numbers := w.xs
		if m.Description().TokenWidth() > 0 {
			w.numbers, w.tokens = ports.Split(m.Inputs(), w.xs, w.numbers[:0], w.tokens[:0])
			numbers = w.numbers
		}
		q.sessions, q.xs, q.tokens = append(q.sessions, w.session), append(q.xs, numbers), append(q.tokens, w.tokens)
	}
	ys, err := q.batch.RunSessions(q.sessions, q.xs, q.tokens)
	if err != nil {
		return // any error comes up again when the sequences are run one by one
	}
	for _, w := range list {
		if len(w.xs) > 0 {
			w.ys, ys = ys[0], ys[1:]
		}
	}
}

// finish answers a sequence.
func (q *together) finish(w *waiting) (err error) {
	m := q.batch.Model()
	if w.failed != nil && !m.Streamable() {
		return w.failed
	}
	ys := w.ys
	switch {
	case ys != nil:
		ys = w.scored(w.xs, ys)
	case len(w.xs) > 0 || len(w.gaps) == 0 && w.failed == nil:
		if ys, err = w.runner.run(w.xs); err != nil {
			return err
		}
	}
	if !m.Pooled() {
		if err := q.answer(ys, w.gaps); err != nil {
			return err
		}
	}
	if w.failed != nil {
		return w.failed
	}
	return q.end(ys, len(w.xs)/q.width)
}
