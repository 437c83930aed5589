package main

import (
	"fmt"
	"runtime"

	"rnnrun/internal/benchmark"
	"rnnrun/internal/cli"
	"rnnrun/kernels"
)

// ns returns a percentile of the time of a step.
func (r *benchResult) ns(p benchPair, percent float64) float64 {
	return p.run.Percentile(percent) / float64(max(r.steps, 1))
}

// rate returns the GB/s (bytes a nanosecond) at which a step reads the weights.
func (r *benchResult) rate(p benchPair) float64 { return float64(r.bytes) / r.ns(p, 50) }

// bandwidth returns the GB/s at which this core reads as many bytes.
func (r *benchResult) bandwidth(p benchPair) float64 {
	return float64(r.readBytes) / p.read.Percentile(50)
}

// cycles returns the core's cycles of a step.
func (r *benchResult) cycles(p benchPair) float64 { return r.ns(p, 50) * benchmark.GHz(r.clock) }

// interruption returns what the machine adds to a percentile of the time of a
// warm step.
func (r *benchResult) interruption(percent float64) float64 {
	return benchmark.Interruption(r.clock, percent) / float64(r.warm.run.Batch()*max(r.steps, 1))
}

// text returns the result for people.
func (r *benchResult) text() []byte {
	var b []byte
	line := func(title, format string, args ...any) {
		b = fmt.Appendf(b, "%-12s "+format+"\n", append([]any{title}, args...)...)
	}
	line("model", "%s", r.name)
	if r.steps > 0 {
		line("input", "sequences of %d steps; times are of a step", r.steps)
	}
	line("kernels", "%s on %s", r.kernels, cpuName())
	line("clock", "%.2f GHz", benchmark.GHz(r.clock))
	line("allocations", "%g a step", r.allocations)
	line("weights", "%d bytes a step", r.bytes)
	for _, p := range []benchPair{r.warm, r.cold} {
		title := "cold"
		if p == r.warm {
			title = "warm"
		}
		b = append(b, '\n')
		line(title, "%d samples of %s", p.run.Samples(), r.sample(p))
		line("  step", "p50 %s, p99 %s, p99.9 %s", duration(r.ns(p, 50)), duration(r.ns(p, 99)), duration(r.ns(p, 99.9)))
		line("", "%.0f steps a second, %.0f cycles", 1e9/r.ns(p, 50), r.cycles(p))
		if p == r.warm {
			line("  machine", "adds %s to p99.9", duration(r.interruption(99.9)))
		}
		if r.steps == 0 {
			line("  reads", "%.1f GB/s of weights, %.0f %% of the bandwidth of %.1f GB/s",
				r.rate(p), 100*r.rate(p)/r.bandwidth(p), r.bandwidth(p))
		}
	}
	return b
}

// sample says what a sample is.
func (r *benchResult) sample(p benchPair) string {
	unit := "step"
	if r.steps > 0 {
		unit = "sequence"
	}
	if n := p.run.Batch(); n > 1 {
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
	times := func(p benchPair) cli.Object {
		o := cli.Object{
			"samples", p.run.Samples(),
			"batch", p.run.Batch(),
			"step_ns", cli.Object{"p50", r.ns(p, 50), "p99", r.ns(p, 99), "p99.9", r.ns(p, 99.9)},
			"steps_per_second", 1e9 / r.ns(p, 50),
			"cycles", r.cycles(p),
		}
		if p == r.warm {
			o = append(o, "machine_p99.9_ns", r.interruption(99.9))
		}
		if r.steps == 0 {
			o = append(o,
				"weight_gb_per_second", r.rate(p),
				"read_gb_per_second", r.bandwidth(p),
				"ratio", r.rate(p)/r.bandwidth(p))
		}
		return o
	}
	return cli.Object{
		"model", r.name,
		"sequence_steps", r.steps,
		"kernels", r.kernels,
		"cpu", cpuName(),
		"clock_ghz", benchmark.GHz(r.clock),
		"allocations_per_step", r.allocations,
		"weight_bytes_per_step", r.bytes,
		"warm", times(r.warm),
		"cold", times(r.cold),
	}
}
