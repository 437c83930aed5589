package main

import (
	"strconv"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/ports"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// detect adds the score and the flag of each step after its outputs, if --anomaly is
// given.
func (v *conversion) detect(c *converter) error {
	m := c.session.Model()
	switch {
	case !v.anomaly:
		return nil
	case v.label || v.output.Several():
		return cli.Usagef("--anomaly writes its columns after the outputs: leave out --label, and give one file, -o FILE")
	case c.in.Layout().Frames:
		return cli.Usagef("--anomaly scores steps: put a step in each row of the input, not a frame")
	}
	c.answers = v.answerWidth(m)
	return c.runner.detect()
}

// detect adds the score and the flag of each step to the runner's answers.
func (r *runner) detect() (err error) {
	m := r.session.Model()
	if r.detector, err = m.NewDetector(); err != nil {
		return cli.Usagef("--anomaly: %w", err)
	}
	run, detector, outputs := r.run, r.detector, m.OutputSize()
	var answers []float32
	score := func(xs, ys []float32) []float32 {
		answers = answers[:0]
		if len(ys) == 0 {
			return answers
		}
		inputs := len(xs) * outputs / len(ys)
		for ; len(ys) > 0; xs, ys = xs[inputs:], ys[outputs:] {
			score := detector.Score(xs[:inputs], ys[:outputs])
			flag := float32(0)
			if detector.Anomalous(score) {
				flag = 1
			}
			answers = append(append(answers, ys[:outputs]...), score, flag)
		}
		return answers
	}
	r.score = score
	r.run = func(xs []float32) ([]float32, error) {
		ys, err := run(xs)
		if err != nil {
			return nil, err
		}
		return score(xs, ys), nil
	}
	return nil
}

// answerWidth returns the numbers in an answer: the outputs, and the score and flag.
func (v *conversion) answerWidth(m *rnn.Model) int {
	if v.anomaly {
		return m.OutputSize() + 2 // score and flag
	}
	return m.OutputSize()
}

// outputNames returns the names of the numbers in an answer; nil: they have none.
func (v *conversion) outputNames(m *rnn.Model) []string {
	names := ports.OutputNames(m)
	if !v.anomaly {
		return names
	}
	for i := len(names); i < m.OutputSize(); i++ {
		names = append(names, "y"+strconv.Itoa(i))
	}
	return append(names[:len(names):len(names)], "score", "anomaly")
}
