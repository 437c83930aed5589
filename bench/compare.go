package main

import (
	"errors"
	"fmt"
	"log"
	"math"
	"slices"
	"time"

	"github.com/rnnrun/rnnrun/format"
)

// tolerances are the greatest differences of outputs, relative beyond ±1, from those of
// rnnrun with float32 weights; rounded weights give other outputs.
var tolerances = map[format.DType]float64{format.DTypeF32: 1e-5, format.DTypeF16: 1e-3, format.DTypeInt8: 0.03}

// A Result holds the measures of a case: the first peer is rnnrun.
type Result struct {
	Case        string    `json:"case"`
	Steps       int       `json:"sequence_steps"` // 0: step by step
	WeightBytes int       `json:"weight_bytes"`
	Times       []Measure `json:"times"`
}

// A Measure is a peer's time in a case.
type Measure struct {
	Peer  string  `json:"peer"`
	DType string  `json:"dtype"`       // of the weights
	NS    float64 `json:"ns_per_step"` // median over the rounds
	// Ratio is the median of the ratios to rnnrun's time in the same round: with
	// weights of the same number format, and of its own f16 and int8 to its f32.
	Ratio      float64 `json:"ratio"`
	Difference float64 `json:"difference"` // of the outputs from rnnrun's with float32 weights, the largest
}

// compare runs a case on all peers in turn, for a number of rounds.
func compare(c *Case, peers []Peer, rounds int, each time.Duration) (Result, error) {
	result := Result{Case: c.Name, Steps: c.Steps}
	var runners []Runner
	var dtypes []format.DType
	defer func() {
		for _, r := range runners {
			r.Close()
		}
	}()
	var want []float32
	for _, p := range peers {
		r, err := p.Open(c)
		if errors.Is(err, errNotApplicable) {
			continue
		}
		if err != nil {
			return result, fmt.Errorf("%s, %s: %w", c.Name, p.Name(), err)
		}
		runners, dtypes = append(runners, r), append(dtypes, p.DType())
		got, err := r.Outputs()
		if err != nil {
			return result, fmt.Errorf("%s, %s: %w", c.Name, p.Name(), err)
		}
		m := Measure{Peer: p.Name(), DType: p.DType().String()}
		if got != nil {
			if want == nil {
				want = slices.Clone(got)
			}
			if m.Difference, err = difference(want, got, c.tolerance(p.DType())); err != nil {
				return result, fmt.Errorf("%s, %s: %w", c.Name, p.Name(), err)
			}
		}
		result.Times = append(result.Times, m)
	}

	times := make([][]float64, len(runners))
	for range rounds {
		for i, r := range runners {
			ns, err := r.Measure(each)
			if err != nil {
				return result, fmt.Errorf("%s, %s: %w", c.Name, result.Times[i].Peer, err)
			}
			times[i] = append(times[i], ns)
		}
	}
	for i := range times {
		base := slices.Index(dtypes, dtypes[i]) // rnnrun's of that format is the first
		if base == i {
			base = 0
		}
		ratios := make([]float64, rounds)
		for k := range ratios {
			ratios[k] = times[i][k] / times[base][k]
		}
		result.Times[i].NS, result.Times[i].Ratio = median(times[i]), median(ratios)
	}
	log.Print(result.line())
	return result, nil
}

// tolerance returns the greatest allowed difference of outputs for a number format.
func (c *Case) tolerance(d format.DType) float64 {
	if c.Tolerances != nil {
		return c.Tolerances[d]
	}
	return tolerances[d]
}

// difference returns the largest difference of outputs, which must not exceed
// the tolerance.
func difference(want, got []float32, tolerance float64) (float64, error) {
	if len(want) != len(got) {
		return 0, fmt.Errorf("%d outputs instead of %d", len(got), len(want))
	}
	largest := 0.0
	for i := range want {
		d := math.Abs(float64(want[i]) - float64(got[i]))
		if !(d <= tolerance*max(1, math.Abs(float64(want[i])))) {
			return d, fmt.Errorf("output %d is %v, but rnnrun's %v", i, got[i], want[i])
		}
		largest = max(largest, d)
	}
	return largest, nil
}

func median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// line says the result in short.
func (r *Result) line() string {
	s := fmt.Sprintf("%s, %s:", r.Case, mode(r.Steps))
	for _, t := range r.Times {
		s += fmt.Sprintf("  %s %.2f µs (%.2f×)", t.Peer, t.NS/1e3, t.Ratio)
	}
	return s
}

func mode(steps int) string {
	if steps == 0 {
		return "streaming"
	}
	return fmt.Sprintf("sequences of %d", steps)
}
