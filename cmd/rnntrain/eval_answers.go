package main

import (
	"errors"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/metrics"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// answers accumulates the probabilities that a model gives to targets. It computes them
// from the logits, because in float32 a probability may round to 0 or 1.
type answers struct {
	output           format.Output // output function of the model
	targets, correct int
	nats             float64 // sum of the loss over all targets
}

// newLogitSession returns a session whose outputs are the model's logits.
func newLogitSession(m *rnn.Model) (*rnn.Session, error) {
	logits, err := rnn.New(withLogits(m.Description()))
	if err != nil {
		return nil, err
	}
	return logits.NewSession(), nil
}

// add adds a step with these logits and this target class, and returns the most probable
// class.
func (a *answers) add(logits []float32, class int) int {
	a.targets++
	answer := kernels.ArgMax(logits)
	switch {
	case a.output == format.OutputSigmoid && len(logits) == 1: // the logit of the second of two classes
		if answer = 0; logits[0] >= 0 {
			answer = 1
		}
		a.nats += metrics.BinaryCrossEntropy(logits[0], class == 1)
	case a.output == format.OutputSigmoid:
		a.nats += metrics.BinaryCrossEntropy(logits[class], true)
	default:
		a.nats += metrics.CrossEntropy(logits, class)
	}
	if answer == class {
		a.correct++
	}
	return answer
}

// loss returns the mean loss of a target in nats.
func (a *answers) loss() float64 { return a.nats / float64(max(a.targets, 1)) }

// accuracy returns the fraction of targets that were the most probable class.
func (a *answers) accuracy() float64 { return float64(a.correct) / float64(max(a.targets, 1)) }

var errNothingMeasured = errors.New("there is nothing to measure on")
