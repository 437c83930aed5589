package main

import (
	"fmt"
	"iter"
	"runtime"

	"github.com/rnnrun/rnnrun/internal/benchmark"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/kernels"
)

// ns returns a percentile of the step time.
func (r *benchResult) ns(run *benchmark.Task, percent float64) float64 {
	return r.step(run.Percentile(percent))
}

// step returns the time of a step, given the time of a step or a sequence.
func (r *benchResult) step(ns float64) float64 { return ns / float64(max(r.sequence, 1)) }

// rate returns the GB/s (bytes per nanosecond) at which a step reads the weights.
func (r *benchResult) rate(p *benchPair) float64 { return float64(r.bytes) / r.ns(p.run, 50) }

// bandwidth returns the GB/s at which this core reads as many bytes.
func (r *benchResult) bandwidth(p *benchPair) float64 {
	return float64(r.readBytes) / p.read.Percentile(50)
}

// cycles returns the core's cycles per step.
func (r *benchResult) cycles(p *benchPair) float64 { return r.ns(p.run, 50) * benchmark.GHz(r.clock) }

// pairs returns the measurements with warm and with cold caches, by name.
func (r *benchResult) pairs() iter.Seq2[string, *benchPair] {
	return func(yield func(string, *benchPair) bool) {
		if yield("warm", &r.warm) && r.cold != nil {
			yield("cold", r.cold)
		}
	}
}

// text returns the result as text.
func (r *benchResult) text() []byte {
	var b []byte
	line := func(title, format string, args ...any) {
		b = fmt.Appendf(b, "%-12s "+format+"\n", append([]any{title}, args...)...)
	}
	deadline := func(t *benchmark.Task) {
		if d := r.deadline(t); d.ns > 0 {
			line("  deadline", "%s: real-time factor %.2g, %d of %d missed it", duration(d.ns), d.factor, d.missed, t.Samples())
		}
	}
	line("model", "%s", cli.Printable(r.name))
	if r.sequence > 0 {
		line("input", "sequences of %s; times are per step", message.Count(r.sequence, "step"))
	}
	line("kernels", "%s on %s", r.kernels, cpuName())
	if r.threads > 1 {
		line("threads", "%d", r.threads)
	}
	line("clock", "%.2f GHz", benchmark.GHz(r.clock))
	line("allocations", "%g per step", r.allocations)
	line("weights", "%d bytes per step", r.bytes)
	for name, p := range r.pairs() {
		b = append(b, '\n')
		line(name, "%s of %s", message.Count(p.run.Samples(), "sample"), r.sample(p.run))
		line("  step", "p50 %s, p99 %s, p99.9 %s", duration(r.ns(p.run, 50)), duration(r.ns(p.run, 99)), duration(r.ns(p.run, 99.9)))
		line("", "%.0f steps per second, %.0f cycles", 1e9/r.ns(p.run, 50), r.cycles(p))
		if r.sequence == 0 {
			line("  reads", "%.1f GB/s of weights, %.0f %% of the bandwidth of %.1f GB/s",
				r.rate(p), 100*r.rate(p)/r.bandwidth(p), r.bandwidth(p))
		}
		deadline(p.run)
	}
	if s := r.steady; s != nil {
		i := benchmark.FindInterruptions(s.loop)
		b = append(b, '\n')
		line("steady", "%s of %s, each followed by a reference loop of the same length", message.Count(s.run.Samples(), "sample"), r.sample(s.run))
		tails := func(title string, percentile func(float64) float64, most string) {
			p50, p999 := percentile(50), percentile(99.9)
			line(title, "p50 %s, p99 %s, p99.9 %s%s; p99.9 is %.2f × p50", duration(p50), duration(percentile(99)), duration(p999), most, p999/p50)
		}
		tails("  step", func(p float64) float64 { return r.ns(s.run, p) }, ", max "+duration(r.ns(s.run, 100)))
		line("  machine", "%s in %.3g s of loops, %.2g %% of the time, the longest %s", message.Count(i.Count, "interruption"), i.Seconds, 100*i.Share, duration(i.Longest))
		tails("  without", r.undisturbed, "")
		deadline(s.run)
	}
	if r.paced != nil {
		b = append(b, '\n')
		r.paced.lines(line)
	}
	return b
}

// undisturbed returns a percentile of the step time without the machine's interruptions.
func (r *benchResult) undisturbed(percent float64) float64 {
	return r.step(benchmark.Undisturbed(r.steady.run, r.steady.loop, percent))
}

// sample says what a sample is.
func (r *benchResult) sample(run *benchmark.Task) string {
	unit := "step"
	if r.sequence > 0 {
		unit = "sequence"
	}
	if n := run.Batch(); n > 1 {
		return fmt.Sprintf("%d %ss", n, unit)
	}
	return "a " + unit
}

// duration writes nanoseconds with three digits or more.
func duration(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.3g ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	}
	return fmt.Sprintf("%.3g ms", ns/1e6)
}

func cpuName() string {
	name := kernels.CPU().Name
	if name == "" {
		name = "unnamed CPU"
	}
	return fmt.Sprintf("%s (%s/%s)", name, runtime.GOOS, runtime.GOARCH)
}

func (r *benchResult) object() cli.Object {
	o := cli.Object{
		"model", r.name,
		"sequence_steps", r.sequence,
		"kernels", r.kernels,
		"threads", r.threads,
		"cpu", cpuName(),
		"clock_ghz", benchmark.GHz(r.clock),
		"allocations_per_step", r.allocations,
		"weight_bytes_per_step", r.bytes,
	}
	for name, p := range r.pairs() {
		times := cli.Object{
			"samples", p.run.Samples(),
			"batch", p.run.Batch(),
			"step_ns", percentiles(func(percent float64) float64 { return r.ns(p.run, percent) }),
			"steps_per_second", 1e9 / r.ns(p.run, 50),
			"cycles", r.cycles(p),
		}
		if r.sequence == 0 {
			times = append(times,
				"weight_gb_per_second", r.rate(p),
				"read_gb_per_second", r.bandwidth(p),
				"ratio", r.rate(p)/r.bandwidth(p))
		}
		o = append(o, name, r.deadline(p.run).add(times))
	}
	if s := r.steady; s != nil {
		i := benchmark.FindInterruptions(s.loop)
		o = append(o, "steady", r.deadline(s.run).add(cli.Object{
			"samples", s.run.Samples(),
			"batch", s.run.Batch(),
			"step_ns", append(percentiles(func(percent float64) float64 { return r.ns(s.run, percent) }), "max", r.ns(s.run, 100)),
			"interruptions", cli.Object{"count", i.Count, "seconds", i.Seconds, "share", i.Share, "longest_ns", i.Longest},
			"undisturbed_ns", percentiles(r.undisturbed),
		}))
	}
	if r.paced != nil {
		o = append(o, "paced", r.paced.object())
	}
	return o
}

// percentiles returns the percentiles that are shown.
func percentiles(of func(percent float64) float64) cli.Object {
	return cli.Object{"p50", of(50), "p99", of(99), "p99.9", of(99.9)}
}
