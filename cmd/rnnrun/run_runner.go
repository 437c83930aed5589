package main

import rnn "github.com/rnnrun/rnnrun/runtime"

// A runner runs steps in a session, and scores them if anomalies are asked for.
type runner struct {
	session  *rnn.Session
	run      func([]float32) ([]float32, error)
	detector *rnn.Detector             // nil: anomalies are not asked for
	measured func(run runFunc) runFunc // takes the time of run; nil: nobody asks
}

// A runFunc runs steps and returns their answers.
type runFunc = func([]float32) ([]float32, error)

func newRunner(s *rnn.Session) runner { return runner{session: s, run: runOf(s)} }

// another returns a runner of the same kind with states of its own.
func (r *runner) another() (runner, error) {
	other := newRunner(r.session.Model().NewSession())
	if r.measured != nil {
		other.measure(r.measured)
	}
	if r.detector == nil {
		return other, nil
	}
	return other, other.detect()
}

// measure has the time taken of what is run.
func (r *runner) measure(measured func(run runFunc) runFunc) {
	r.measured, r.run = measured, measured(r.run)
}

// reset brings the runner to the model's initial states.
func (r *runner) reset() {
	r.session.Reset()
	if r.detector != nil {
		r.detector.Reset()
	}
}
