package main

import (
	"time"

	"github.com/rnnrun/rnnrun/internal/prometheus"
)

// counts are the counters of a server.
type counts struct {
	begun    time.Time
	requests prometheus.Counters
	errors   prometheus.Counters
	bytes    prometheus.Counters
	steps    prometheus.Histogram
	texts    prometheus.Histogram
}

// in counts bytes that were read.
func (c *counts) in(n int) { c.bytes.Add(uint64(max(n, 0)), "direction", "in") }

// out counts bytes that were written.
func (c *counts) out(n int) { c.bytes.Add(uint64(max(n, 0)), "direction", "out") }
