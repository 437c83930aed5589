package main

import rnn "github.com/rnnrun/rnnrun/runtime"

// A runner runs steps in a session, and scores them if anomalies are asked for.
type runner struct {
	session  *rnn.Session
	run      func([]float32) ([]float32, error)
	detector *rnn.Detector                    // nil: anomalies are not asked for
	score    func(xs, ys []float32) []float32 // returns answers with the scores of steps; nil: as detector
	open     func(*rnn.Session) runFunc       // returns run for a session
	measured func(run runFunc) runFunc        // takes the time of run; nil: nobody asks
}

// scored returns the answers of steps that were run for the runner: the outputs, and
// what stands after them. They are valid until the next call.
func (r *runner) scored(xs, ys []float32) []float32 {
	if r.score == nil {
		return ys
	}
	return r.score(xs, ys)
}

// A runFunc runs steps and returns their answers.
type runFunc = func([]float32) ([]float32, error)

// newRunner returns a runner of a session, whose steps open has made.
func newRunner(s *rnn.Session, open func(*rnn.Session) runFunc) runner {
	return runner{session: s, run: open(s), open: open}
}

// another returns a runner of the same kind with states of its own.
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
