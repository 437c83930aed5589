package main

import rnn "github.com/rnnrun/rnnrun/runtime"

// A runner runs steps in a session, and scores them if anomalies are asked for.
type runner struct {
	session  *rnn.Session
	run      func([]float32) ([]float32, error)
	detector *rnn.Detector // nil: anomalies are not asked for
}

func newRunner(s *rnn.Session) runner { return runner{session: s, run: runOf(s)} }

// another returns a runner of the same kind with states of its own.
func (r *runner) another() (runner, error) {
	other := newRunner(r.session.Model().NewSession())
	if r.detector == nil {
		return other, nil
	}
	return other, other.detect()
}

// reset brings the runner to the model's initial states.
func (r *runner) reset() {
	r.session.Reset()
	if r.detector != nil {
		r.detector.Reset()
	}
}
