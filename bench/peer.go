package main

import (
	"time"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/benchmark"
)

// A Peer is a library that runs networks.
type Peer interface {
	Name() string
	DType() format.DType // of its weights
	Version() string
	// Open prepares it for a case.
	Open(c *Case) (Runner, error)
	Close()
}

// A Runner is a peer that is ready for a case.
type Runner interface {
	// Outputs returns the outputs of the case's steps from the start.
	Outputs() ([]float32, error)
	// Measure runs for about that long, and returns the median time of a step
	// in ns.
	Measure(d time.Duration) (float64, error)
	Close()
}

// measure returns the median time of a step. run runs a step, or a sequence of
// so many, n times.
func measure(d time.Duration, steps int, run func(n int) error) (float64, error) {
	var err error
	t := &benchmark.Task{Do: func(n int) {
		if err == nil {
			err = run(n)
		}
	}}
	if err = run(1); err != nil {
		return 0, err
	}
	benchmark.Run(d, t)
	return t.Percentile(50) / float64(max(steps, 1)), err
}
