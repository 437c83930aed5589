package main

import (
	"slices"
	"time"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// A benchPaced has the latencies of steps or blocks that arrived by the clock, as from a
// sound card.
type benchPaced struct {
	period time.Duration
	woken  []time.Duration // from each arrival to its start, ascending
	done   []time.Duration // from each arrival to its end, ascending
	late   int             // those that were not done when the next arrived
}

// A pace is a clock that can wait.
type pace struct {
	now  func() time.Duration
	wait func(time.Duration)
}

// newPace returns the clock of the machine.
func newPace() pace {
	start := time.Now()
	return pace{now: func() time.Duration { return time.Since(start) }, wait: time.Sleep}
}

// measure does n pieces of work, one of which arrives in every period. A piece that
// arrives while the last one is still running waits for it.
func (p pace) measure(n int, period time.Duration, do func(n int)) *benchPaced {
	r := &benchPaced{period: period, woken: make([]time.Duration, 0, n), done: make([]time.Duration, 0, n)}
	start := p.now()
	for i := range n {
		due := start + time.Duration(i+1)*period
		if now := p.now(); now < due {
			p.wait(due - now)
		}
		r.woken = append(r.woken, p.now()-due)
		do(1)
		took := p.now() - due
		r.done = append(r.done, took)
		if took > period {
			r.late++
		}
	}
	slices.Sort(r.woken)
	slices.Sort(r.done)
	return r
}

// percentile returns a percentile of ascending times in nanoseconds.
func percentile(times []time.Duration, percent float64) float64 {
	return float64(times[min(int(percent/100*float64(len(times))), len(times)-1)])
}

// pacedWork returns how many pieces of work arrive within --paced, and the time between two.
func (f *bench) pacedWork(sequence int) (n int64, period time.Duration) {
	period = time.Duration(float64(time.Second) * float64(max(sequence, 1)) / float64(f.rate))
	return int64(max(1, f.paced/max(period, 1))), period
}

// lines writes the result as text.
func (r *benchPaced) lines(line func(title, format string, args ...any)) {
	line("paced", "%d arrived one by one, every %s", len(r.done), duration(float64(r.period)))
	line("  answered", "after p50 %s, p99 %s, p99.9 %s, max %s: %d late", duration(percentile(r.done, 50)),
		duration(percentile(r.done, 99)), duration(percentile(r.done, 99.9)), duration(percentile(r.done, 100)), r.late)
	line("  woken", "of which waking up took p50 %s, p99 %s, max %s", duration(percentile(r.woken, 50)), duration(percentile(r.woken, 99)), duration(percentile(r.woken, 100)))
}

// object returns the result as JSON.
func (r *benchPaced) object() cli.Object {
	return cli.Object{
		"blocks", len(r.done), "period_ns", r.period.Nanoseconds(), "late", r.late,
		"p50_ns", percentile(r.done, 50), "p99_ns", percentile(r.done, 99), "p999_ns", percentile(r.done, 99.9), "max_ns", percentile(r.done, 100),
		"woken_p50_ns", percentile(r.woken, 50), "woken_max_ns", percentile(r.woken, 100),
	}
}
