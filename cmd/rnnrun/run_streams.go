package main

import (
	"cmp"
	"fmt"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
)

// A streamSet has the streams in a sequence of the input, one for each group.
type streamSet struct {
	*converter
	list  map[string]*stepStream
	order []*stepStream // in order of arrival
	nth   int           // index of the sequence in the input
	short int           // streams that ended before their first window was full
	due   dueAnswers
}

// A stepStream is the stream of steps of a group.
type stepStream struct {
	set   *streamSet
	group string
	runner
	place place
	time  float64 // of the last step

	steps  int           // since its start
	skip   int           // steps to skip before the next window
	xs     []float32     // of a window, or of a sequence that is run as a whole
	ahead  []float32     // steps that have not been run
	record series.Record // of the last step
	ys     []float32     // outputs of a pooled model that streams
}

// take runs a step in the stream of its group.
func (set *streamSet) take(x []float32, r series.Record) error {
	s, err := set.of(r)
	if err != nil {
		if set.skips(err, set.nth) {
			err = nil
		}
		return err
	}
	if gap := set.groups.gap; gap > 0 && r.HasTime {
		if s.steps > 0 && !(r.Time >= s.time && r.Time-s.time <= gap) {
			if err := s.restart(); err != nil {
				return err
			}
		}
		s.time = r.Time
	}
	s.steps++
	if set.window.length > 0 {
		return s.window(x, r)
	}
	s.step(x, r)
	return nil
}

// skip answers for a step that could not be read, if every step has an answer.
func (set *streamSet) skip(r series.Record) error {
	if set.window.length > 0 || set.session.Model().Pooled() {
		return nil
	}
	s, err := set.of(r)
	if err != nil {
		s = &stepStream{set: set} // the line has an empty answer
	}
	set.due.list = append(set.due.list, dueAnswer{stream: s, record: r, empty: true})
	return nil
}

// of returns the stream of a record's group. The first stream has the converter's session.
func (set *streamSet) of(r series.Record) (*stepStream, error) {
	if s := set.list[r.Group]; s != nil {
		return s, nil
	}
	if most := cmp.Or(set.groups.most, mostGroups); len(set.order) == most {
		return nil, &series.BadStep{Err: &series.Error{Name: set.input, Line: r.Line, Err: series.ErrColumns,
			Cause: fmt.Sprintf("the group %s exceeds --max-groups %d", message.Quote(r.Group), most)}}
	}
	s := &stepStream{set: set, group: r.Group, runner: set.runner}
	if len(set.order) > 0 {
		var err error
		if s.runner, err = set.another(); err != nil {
			return nil, err
		}
	}
	set.list[r.Group], set.order = s, append(set.order, s)
	s.begin()
	return s, nil
}

// begin begins a sequence of the stream.
func (s *stepStream) begin() {
	s.place = place{sequence: s.set.begun, stream: s.set.hysteresis}
	s.set.begun++
	s.steps, s.skip, s.xs, s.ys = 0, 0, s.xs[:0], nil
}

// restart ends the sequence of the stream, and begins another one.
func (s *stepStream) restart() error {
	if err := s.set.give(); err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	s.reset()
	s.begin()
	return nil
}

// step takes a step, which is run together with the other available steps. A bidirectional
// model reads to the end of the sequence first.
func (s *stepStream) step(x []float32, r series.Record) {
	m, due := s.session.Model(), &s.set.due
	s.record = r
	if !m.Streamable() {
		s.xs = append(s.xs, x...)
		return
	}
	if len(s.ahead) == 0 {
		due.streams = append(due.streams, s)
	}
	if s.ahead = append(s.ahead, x...); !m.Pooled() {
		due.list = append(due.list, dueAnswer{stream: s, record: r})
	}
}

// window adds a step to its window, which is run when it is full.
func (s *stepStream) window(x []float32, r series.Record) error {
	length, stride, width := s.set.window.length, s.set.window.stride, s.set.width
	if s.skip > 0 {
		s.skip--
		return nil
	}
	if s.xs = append(s.xs, x...); len(s.xs) < length*width {
		return nil
	}
	err := s.set.due.addWindow(s, r)
	s.xs = s.xs[:copy(s.xs, s.xs[min(stride, length)*width:])]
	s.skip = max(0, stride-length)
	return err
}

// end writes the answers that exist only at the end of the stream.
func (s *stepStream) end() error {
	set, m := s.set, s.session.Model()
	switch {
	case set.window.length > 0:
		if s.steps < set.window.length {
			set.note(s)
		}
		return nil
	case !m.Pooled() || s.steps == 0:
		return nil
	}
	ys := s.ys
	if !m.Streamable() {
		var err error
		if ys, err = s.run(s.xs); err != nil {
			return err
		}
	}
	return s.answer(ys, s.record)
}

// answer writes the outputs of a step of the stream; nil: the step could not be read.
func (s *stepStream) answer(ys []float32, r series.Record) error {
	text := s.set.text
	own := text.place
	text.place, text.given = s.place, &r
	defer func() { s.place, text.place, text.given = text.place, own, nil }()
	if ys == nil {
		return s.set.out.Skip()
	}
	return s.set.out.Write(ys)
}

// note reports a stream that ended before its first window was full.
func (set *streamSet) note(s *stepStream) {
	const most = 3
	if set.short++; set.short > most {
		return
	}
	of := ""
	if s.group != "" {
		of = ", group " + message.Quote(s.group)
	}
	fmt.Fprintf(set.errs, "rnnrun: %s, sequence %d%s: no answer: it has %s, but a window has %d\n", set.input, s.place.sequence, of, message.Count(s.steps, "step"), set.window.length)
}

// end ends all streams.
func (set *streamSet) end() error {
	const most = 3
	for _, s := range set.order {
		if err := s.end(); err != nil {
			return err
		}
	}
	if more := set.short - most; more > 0 {
		fmt.Fprintf(set.errs, "rnnrun: %s: sequences that are also shorter than a window: %d\n", set.input, more)
	}
	return nil
}
