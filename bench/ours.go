package main

import (
	"time"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/benchmark"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// ours is rnnrun itself, with weights of a number format.
type ours struct{ dtype format.DType }

func (o ours) Name() string {
	if o.dtype == format.DTypeF32 {
		return "rnnrun"
	}
	return "rnnrun " + o.dtype.String()
}

func (o ours) DType() format.DType { return o.dtype }
func (ours) Version() string       { return "this tree" }
func (ours) Close()                {}

func (o ours) Open(c *Case) (Runner, error) {
	m, err := o.model(c.Spec)
	if err != nil {
		return nil, err
	}
	if c.Streams > 0 {
		return &batchRunner{c: c, batch: m.NewBatch(c.Streams)}, nil
	}
	return &ourRunner{c: c, session: m.NewSession()}, nil
}

// model returns the model of a spec.
func (o ours) model(s modeltest.Spec) (*rnn.Model, error) {
	m, err := s.Model().Convert(o.dtype)
	if err != nil {
		return nil, err
	}
	if o.dtype == format.DTypeInt8 && s.Tokens == 0 {
		// Those of a spec are within ±2: what a calibration finds.
		m.Layers[0].Directions[0].InputScale = 2.0 / 127
	}
	return benchmark.Open(m)
}

type ourRunner struct {
	c       *Case
	session *rnn.Session
	next    int // step
}

func (r *ourRunner) Close() {}

func (r *ourRunner) Outputs() ([]float32, error) {
	r.session.Reset()
	if r.c.Steps > 0 {
		return r.sequence()
	}
	var all []float32
	for i := range sequenceSteps {
		y, err := r.step(i)
		if err != nil {
			return nil, err
		}
		all = append(all, y...)
	}
	return all, nil
}

func (r *ourRunner) Measure(d time.Duration) (float64, error) {
	return measure(d, r.c.Steps, func(n int) error {
		for range n {
			var err error
			if r.c.Steps > 0 {
				r.session.Reset()
				_, err = r.sequence()
			} else {
				_, err = r.step(r.next)
				r.next++
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *ourRunner) step(i int) ([]float32, error) {
	if r.c.Tokens != nil {
		return r.session.StepToken(r.c.token(i))
	}
	return r.session.Step(r.c.input(i))
}

func (r *ourRunner) sequence() ([]float32, error) {
	if r.c.Tokens != nil {
		return r.session.RunTokens(r.c.Tokens)
	}
	return r.session.Run(r.c.Inputs)
}

// stepping returns a task that runs steps of a spec's model.
func stepping(m *rnn.Model, spec modeltest.Spec) (*benchmark.Task, error) {
	c := newCase(spec, 0)
	r := &ourRunner{c: &c, session: m.NewSession()}
	if _, err := r.step(0); err != nil {
		return nil, err
	}
	return &benchmark.Task{Do: func(n int) {
		for range n {
			_, _ = r.step(r.next) // what was done once gives no error
			r.next++
		}
	}}, nil
}
