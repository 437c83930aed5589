package main

import (
	"fmt"
	"io"
	"time"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/internal/texts"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// converter returns a converter from the lines of a stream, or its raw numbers, to
// answers. name is the name of the input in messages.
func (s *server) converter(v *conversion, session *rnn.Session, name string, in io.Reader, out, errs io.Writer) (*converter, error) {
	source := v.source(s.m, in)
	source.Name, source.Lists = name, false // each line has an answer
	source.ReadAhead = longestLine
	r, o, err := source.Open()
	if err != nil {
		return nil, err
	}
	if o.Kind == series.KindNPY {
		return nil, fmt.Errorf("the stream is an array: send lines")
	}
	kind, err := v.outputKind(s.m, o.Kind, out)
	if err != nil {
		return nil, err
	}
	k := newConverter(session, r, &o, errs)
	k.strict = v.strict
	k.runner = newRunner(session, s.batcher.runOf)
	k.measure(s.measured(k.width))
	k.fits = s.fits
	if err := v.cutsWindows(&k, s.m, o.Kind); err != nil {
		return nil, err
	}
	if err := v.detect(&k); err != nil {
		return nil, err
	}
	if k.out, err = v.writer(outputFiles{{Writer: out}}, kind, session, r.Layout(), &o); err != nil {
		return nil, err
	}
	k.text, _ = k.out.(*answerer)
	return &k, nil
}

// fits refuses a sequence that is run as a whole and needs too much memory.
func (s *server) fits(steps int) error {
	if n := s.m.SequenceBytes(steps); n > texts.MostBytes {
		return fmt.Errorf("the model reads whole sequences, and %s need %d MiB of memory, more than %d: send shorter sequences", message.Count(steps, "step"), n>>20, texts.MostBytes>>20)
	}
	return nil
}

// measured returns a function that measures the time of steps of that many numbers.
func (s *server) measured(width int) func(run runFunc) runFunc {
	return func(run runFunc) runFunc {
		return func(xs []float32) ([]float32, error) {
			begin := time.Now()
			ys, err := run(xs)
			s.counts.steps.Observe(time.Since(begin), len(xs)/width)
			return ys, err
		}
	}
}
