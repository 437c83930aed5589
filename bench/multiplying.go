package main

import (
	"time"

	"github.com/rnnrun/rnnrun/bench/multiply"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/benchmark"
	"github.com/rnnrun/rnnrun/kernels"
)

// multiplying is not a peer, but the limit of a batch: the multiply-adds of its step, with
// nothing to read, at the rate of the core's widest instructions.
type multiplying struct{ dtype format.DType }

func (multiplying) Name() string          { return "multiplying" }
func (m multiplying) DType() format.DType { return m.dtype }
func (multiplying) Version() string       { return "" }
func (multiplying) Close()                {}

func (m multiplying) Open(c *Case) (Runner, error) {
	set, err := kernels.Default()
	if err != nil {
		return nil, err
	}
	loop := multiply.Float32(set.Name())
	if m.dtype == format.DTypeInt8 {
		loop = multiply.Int8(set.Name())
	}
	if loop == nil || c.Streams == 0 {
		return nil, errNotApplicable
	}
	adds := 0
	for _, l := range c.Spec.Model().Layers {
		adds += l.Work().MultiplyAdds
	}
	return multiplyRunner{loop, adds}, nil
}

type multiplyRunner struct {
	loop *multiply.Loop
	adds int // of a step of a stream
}

func (multiplyRunner) Outputs() ([]float32, error) { return nil, nil }
func (multiplyRunner) Close()                      {}

// Measure returns the time of a step for each stream.
func (r multiplyRunner) Measure(d time.Duration) (float64, error) {
	const turns = 1000
	task := &benchmark.Task{Do: func(n int) { r.loop.Run(n * turns) }}
	benchmark.Run(d, task)
	return task.Percentile(50) / float64(turns*r.loop.Adds) * float64(r.adds), nil
}
