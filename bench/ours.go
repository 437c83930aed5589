package main

import (
	"time"

	rnn "rnnrun/runtime"
)

// ours is rnnrun itself.
type ours struct{}

func (ours) Name() string    { return "rnnrun" }
func (ours) Version() string { return "this tree" }
func (ours) Close()          {}

func (ours) Open(c *Case) (Runner, error) {
	m, err := rnn.New(c.Spec.Model())
	if err != nil {
		return nil, err
	}
	return &ourRunner{c: c, session: m.NewSession()}, nil
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
