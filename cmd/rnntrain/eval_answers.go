package main

import (
	"errors"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/metrics"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// answers sums up the probabilities that a model gives to targets, which it takes
// from the logits: a probability in float32 rounds to 0 and to 1.
type answers struct {
	output           format.Output // of the model
	targets, correct int
	nats             float64 // the loss, over all targets
}

// newLogitSession returns a session of the model whose outputs are its logits.
func newLogitSession(m *rnn.Model) (*rnn.Session, error) {
	logits, err := rnn.New(withLogits(m.Description()))
	if err != nil {
		return nil, err
	}
	return logits.NewSession(), nil
}

// add adds the logits of a step whose target is that class, and returns the most
// probable class.
func (a *answers) add(logits []float32, class int) int {
	a.targets++
	answer := kernels.ArgMax(logits)
	switch {
	case a.output == format.OutputSigmoid && len(logits) == 1: // of the second of two classes
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

// loss returns the mean nats of a target.
func (a *answers) loss() float64 { return a.nats / float64(max(a.targets, 1)) }

// accuracy returns the share of the targets that are the most probable class.
func (a *answers) accuracy() float64 { return float64(a.correct) / float64(max(a.targets, 1)) }

var errNothingMeasured = errors.New("there is nothing to measure on")
