package main

import (
	"errors"
	"math"

	"github.com/rnnrun/rnnrun/kernels"
)

// answers sums up the probabilities that a model gives to targets.
type answers struct {
	targets, correct int
	nats             float64 // the loss, over all targets
}

// add adds the probabilities y for a target of that class, and returns the most
// probable class.
func (a *answers) add(y []float32, class int) int {
	a.targets++
	a.nats -= math.Log(math.Max(float64(y[class]), math.SmallestNonzeroFloat32))
	answer := kernels.ArgMax(y)
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
