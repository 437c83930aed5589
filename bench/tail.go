package main

import (
	"log"
	"time"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/benchmark"
)

// A Tail holds the times of single steps of rnnrun.
type Tail struct {
	Network       string                  `json:"network"`
	Samples       int                     `json:"samples"`
	Batch         int                     `json:"batch"` // steps of a sample
	All           Percentiles             `json:"step_ns"`
	Max           float64                 `json:"max_ns"`
	Interruptions benchmark.Interruptions `json:"interruptions"` // of the loops between the steps
	Undisturbed   Percentiles             `json:"undisturbed_ns"`
}

// Percentiles are those of the time of a step in ns.
type Percentiles struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p99.9"`
}

func percentiles(of func(percent float64) float64) Percentiles {
	return Percentiles{of(50), of(99), of(99.9)}
}

// tails times steps one by one.
func (s *settings) tails(report *Report, _ []Peer) error {
	for _, cell := range gated {
		for _, shape := range [][2]int{{1, 40}, {40, 64}, {64, 128}} {
			cell.Input, cell.Hidden, cell.Seed = shape[0], shape[1], 1
			c := newCase(cell, 0)
			if !s.only.MatchString("steady " + c.Name) {
				continue
			}
			t, err := s.tail(&c)
			if err != nil {
				return err
			}
			report.Tails = append(report.Tails, t)
		}
	}
	return nil
}

func (s *settings) tail(c *Case) (Tail, error) {
	m, err := ours{format.DTypeF32}.model(c.Spec)
	if err != nil {
		return Tail{}, err
	}
	run, err := stepping(m, c.Spec)
	if err != nil {
		return Tail{}, err
	}
	loop := benchmark.NewClock(run)
	start := time.Now()
	benchmark.Alternate(s.steps, run, loop)
	t := Tail{
		Network: c.Name, Samples: run.Samples(), Batch: run.Batch(), Max: run.Percentile(100),
		All:           percentiles(run.Percentile),
		Interruptions: benchmark.FindInterruptions(loop),
		Undisturbed:   percentiles(func(p float64) float64 { return benchmark.Undisturbed(run, loop, p) }),
	}
	log.Printf("steady %s: %d steps in %.1f s", c.Name, s.steps, time.Since(start).Seconds())
	return t, nil
}
