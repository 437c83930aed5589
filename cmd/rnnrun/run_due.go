package main

import (
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// mostDue is the greatest number of numbers in windows that wait to be run.
const mostDue = 1 << 18

// dueAnswers are the answers that wait until all available steps have been read, so that
// the steps of several groups, and windows, are run together. The answers are in the
// order of the lines.
type dueAnswers struct {
	set     *streamSet
	list    []dueAnswer
	streams []*stepStream // with steps to run
	windows []float32     // one after the other
	batch   *rnn.Batch    // nil: nothing has been run together
}

// A dueAnswer is an answer that waits for its outputs.
type dueAnswer struct {
	stream *stepStream
	record series.Record
	step   int  // for a window, its last step
	empty  bool // the line could not be read
	ys     []float32
}

// addWindow adds a window of a stream.
func (d *dueAnswers) addWindow(s *stepStream, r series.Record) error {
	d.windows = append(d.windows, s.xs...)
	d.list = append(d.list, dueAnswer{stream: s, record: r, step: s.steps - 1})
	if len(d.windows) < mostDue {
		return nil
	}
	return d.set.give()
}

// give runs all waiting steps and windows, and writes their answers.
func (set *streamSet) give() error {
	d := &set.due
	if set.window.length > 0 {
		return d.giveWindows()
	}
	if err := d.run(); err != nil {
		return err
	}
	width := set.answers
	for i := range d.list {
		a := &d.list[i]
		var ys []float32
		if s := a.stream; !a.empty {
			ys, s.ys = s.ys[:width], s.ys[width:]
		}
		if err := a.stream.answer(ys, a.record); err != nil {
			return err
		}
	}
	d.list = d.list[:0]
	return nil
}

// run runs the steps of the streams.
func (d *dueAnswers) run() (err error) {
	streams := d.streams
	d.streams = d.streams[:0]
	m := d.set.session.Model()
	if len(streams) < 2 || !d.together(m, 1) {
		for _, s := range streams {
			if s.ys, err = s.run(s.ahead); err != nil {
				return err
			}
			s.ahead = s.ahead[:0]
		}
		return nil
	}
	var sessions []*rnn.Session
	var xs [][]float32
	for _, s := range streams {
		sessions, xs = append(sessions, s.session), append(xs, s.ahead)
	}
	ys, err := d.batch.RunSessions(sessions, xs, nil)
	if err != nil {
		return err
	}
	for i, s := range streams {
		s.ys = s.scored(s.ahead, append([]float32(nil), ys[i]...))
		s.ahead = s.ahead[:0]
	}
	return nil
}

// giveWindows runs the windows, and writes their answers.
func (d *dueAnswers) giveWindows() error {
	m, windows, size := d.set.session.Model(), d.windows, d.set.window.length*d.set.width
	list := d.list
	d.windows, d.list = d.windows[:0], d.list[:0]
	if len(list) > 1 && d.together(m, d.set.window.length) {
		var xs [][]float32
		for i := range list {
			xs = append(xs, windows[i*size:][:size])
		}
		ys, err := d.batch.Run(xs)
		if err != nil {
			return err
		}
		for i := range list {
			list[i].ys = ys[i]
		}
	}
	for i := range list {
		a := &list[i]
		if s := a.stream; a.ys == nil {
			s.session.Reset()
			var err error
			if a.ys, err = s.run(windows[i*size:][:size]); err != nil {
				return err
			}
		}
		a.stream.place.step = a.step
		if err := a.stream.answer(a.ys, a.record); err != nil {
			return err
		}
	}
	return nil
}

// together reports whether sequences of this length, which is always the same, are run by
// the batch, and makes the batch.
func (d *dueAnswers) together(m *rnn.Model, steps int) bool {
	if d.batch != nil || !d.set.batches {
		return d.batch != nil
	}
	if m.Description().TokenWidth() > 0 || twofold(m) || m.SequenceBytes(steps) > togetherMemory/togetherStreams || !m.GainsFromBatch() {
		d.set.batches = false
		return false
	}
	d.batch = m.NewBatch(togetherStreams)
	return true
}
