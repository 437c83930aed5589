package main

import rnn "github.com/rnnrun/rnnrun/runtime"

// A runner runs steps in a session, and scores them for --anomaly.
type runner struct {
	session  *rnn.Session
	run      func([]float32) ([]float32, error)
	detector *rnn.Detector                    // nil without --anomaly
	score    func(xs, ys []float32) []float32 // returns answers with the scores of steps; nil without detector
	open     func(*rnn.Session) runFunc       // returns run for a session
	measured func(run runFunc) runFunc        // measures the time of run; nil: not measured
}

// scored returns the answers of steps that were run for the runner: the outputs, and the
// score and flag. They are valid until the next call.
func (r *runner) scored(xs, ys []float32) []float32 {
	if r.score == nil {
		return ys
	}
	return r.score(xs, ys)
}

// A runFunc runs steps and returns their answers.
type runFunc = func([]float32) ([]float32, error)

// newRunner returns a runner of a session. open returns the function that runs its steps.
func newRunner(s *rnn.Session, open func(*rnn.Session) runFunc) runner {
	return runner{session: s, run: open(s), open: open}
}

// another returns a runner of the same kind with its own states.
func (r *runner) another() (runner, error) {
	other := newRunner(r.session.Model().NewSession(), r.open)
	if r.measured != nil {
		other.measure(r.measured)
	}
	if r.detector == nil {
		return other, nil
	}
	return other, other.detect()
}

// measure makes the runner measure the time of steps.
func (r *runner) measure(measured func(run runFunc) runFunc) {
	r.measured, r.run = measured, measured(r.run)
}

// reset sets the runner to the model's initial states.
func (r *runner) reset() {
	r.session.Reset()
	if r.detector != nil {
		r.detector.Reset()
	}
}
