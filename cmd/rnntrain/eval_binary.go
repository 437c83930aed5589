package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// A likelihood sums up how probable binary values were to the model.
type likelihood struct {
	targets int
	nats    []float64 // -log p of all values, by distance
	steps   []int
	ones    [][]int // by distance and target
}

func newLikelihood(horizon, targets int) *likelihood {
	l := &likelihood{targets: targets, nats: make([]float64, horizon), steps: make([]int, horizon)}
	for range horizon {
		l.ones = append(l.ones, make([]int, targets))
	}
	return l
}

// add adds the values h+1 steps after a forecast, of the columns at these
// places.
func (l *likelihood) add(h int, probabilities, values []float32, at []int) {
	l.steps[h]++
	for i, column := range at {
		p := float64(probabilities[h*l.targets+i])
		if values[column] < 0.5 {
			p = 1 - p
		} else {
			l.ones[h][i]++
		}
		l.nats[h] -= math.Log(math.Max(p, math.SmallestNonzeroFloat32))
	}
}

// figures returns the nats of a step, all targets together, and those of the
// best probabilities that never change.
func (l *likelihood) figures(h int) (model, constant float64) {
	n := float64(max(1, l.steps[h]))
	for _, ones := range l.ones[h] {
		p := float64(ones) / n
		for _, q := range []float64{p, 1 - p} {
			if q > 0 {
				constant -= q * math.Log(q)
			}
		}
	}
	return l.nats[h] / n, constant
}

func (l *likelihood) print(w io.Writer, e *forecastEvaluation, asJSON bool) error {
	seconds := time.Since(e.start).Seconds()
	d := e.model.Description()
	if asJSON {
		model, constant := l.figures(0)
		return cli.WriteJSON(w, cli.Object{
			"task", d.Task.String(), "parameters", d.Parameters(), "steps", l.steps[0], "horizon", e.horizon,
			"nats_per_step", model, "nats_per_step_of_constants", constant, "seconds", seconds, "kernels", e.model.Kernels(),
		})
	}
	var b strings.Builder
	for h := range e.horizon {
		model, constant := l.figures(h)
		fmt.Fprintf(&b, "%d ahead     %.4f nats a step of %d values, %d steps (constant probabilities, the best: %.4f)\n",
			h+1, model, l.targets, l.steps[h], constant)
	}
	fmt.Fprintf(&b, "parameters  %d\n", d.Parameters())
	fmt.Fprintf(&b, "time        %.1f s on kernel set %s\n", seconds, e.model.Kernels())
	_, err := io.WriteString(w, b.String())
	return err
}
