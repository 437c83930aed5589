package main

import (
	"github.com/rnnrun/rnnrun/internal/benchmark"
	"github.com/rnnrun/rnnrun/internal/cli"
)

// A benchDeadline compares the time of a task with the time that it may take.
type benchDeadline struct {
	ns     float64 // between two steps or sequences at the given rate; 0: no rate is given
	factor float64 // the fraction of it that the median takes
	missed int     // samples that took longer
}

func (r *benchResult) deadline(t *benchmark.Task) (d benchDeadline) {
	if r.hertz > 0 {
		d.ns = 1e9 * float64(max(r.sequence, 1)) / float64(r.hertz)
		d.factor, d.missed = t.Percentile(50)/d.ns, t.Late(d.ns)
	}
	return d
}

// add adds members to those of a task as JSON.
func (d benchDeadline) add(o cli.Object) cli.Object {
	if d.ns > 0 {
		o = append(o, "deadline_ns", d.ns, "real_time_factor", d.factor, "missed_deadlines", d.missed)
	}
	return o
}
