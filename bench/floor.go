package main

import (
	"errors"
	"time"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/benchmark"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// errNotApplicable is why a peer does not take part in a case.
var errNotApplicable = errors.New("not applicable")

// reading is not a peer, but the limit of a step: reading the weights once.
type reading struct{}

func (reading) Name() string        { return "reading the weights" }
func (reading) DType() format.DType { return format.DTypeF32 }
func (reading) Version() string     { return "" }
func (reading) Close()              {}

func (reading) Open(c *Case) (Runner, error) {
	if c.Steps > 0 || c.Streams > 0 {
		return nil, errNotApplicable
	}
	bytes, err := stepBytes(c)
	if err != nil {
		return nil, err
	}
	task, _ := benchmark.NewRead(bytes)
	return readRunner{task}, nil
}

// stepBytes returns how many bytes of weights a step reads.
func stepBytes(c *Case) (int, error) {
	m, err := rnn.New(c.Spec.Model())
	if err != nil {
		return 0, err
	}
	return m.StepBytes(), nil
}

type readRunner struct{ task *benchmark.Task }

func (readRunner) Outputs() ([]float32, error) { return nil, nil }
func (readRunner) Close()                      {}

func (r readRunner) Measure(d time.Duration) (float64, error) {
	benchmark.Run(d, r.task)
	return r.task.Percentile(50), nil
}
