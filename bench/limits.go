package main

import (
	"fmt"
	"log"
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/benchmark"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// A Step is what a step of rnnrun takes.
type Step struct {
	Cell   string  `json:"cell"`
	Input  int     `json:"input"`
	Hidden int     `json:"hidden"`
	DType  string  `json:"dtype"`
	Bytes  int     `json:"weight_bytes"`
	NS     float64 `json:"ns"`     // median over the rounds
	Cycles float64 `json:"cycles"` // by the clock in the same round: the median
	Lowest float64 `json:"lowest"` // cycles of the round in which they were fewest
}

// A Bandwidth tells how fast the core reads a number of bytes, over and over, and how
// fast steps read their weights.
type Bandwidth struct {
	Bytes int     `json:"bytes"`
	Rate  float64 `json:"gb_per_second"` // median over the rounds
	Steps []Share `json:"steps"`
}

// A Share is a step's share of the bandwidth.
type Share struct {
	Step
	Share float64 `json:"share"` // in the same round: the median
}

// smallHidden are the sizes of layers whose steps are counted in cycles.
var smallHidden = []int{8, 16, 24, 32, 40, 64}

// rtneuralCycles are the cycles that layers of RTNeural (1fb1f07) take by hidden size,
// with one input and sizes fixed at compile time: published times on a core of AMD
// Zen 4 at 3.6 GHz, the lowest of three medians, of another program on another machine.
var rtneuralCycles = map[string]map[int]float64{
	"LSTM": {8: 158, 16: 256, 24: 482, 32: 562, 40: 925, 64: 2606},
	"GRU":  {8: 137, 16: 194, 24: 414, 32: 526, 40: 713, 64: 1962},
}

// opusCycles are the cycles that the int8 GRU of Opus 1.5 takes by hidden size,
// with as many inputs, on a core of AMD Zen 4: a published figure, of another
// program on another machine.
var opusCycles = map[int]float64{128: 5200, 256: 17200, 384: 42800}

// limits compares rnnrun with the limits of the core.
func (s *settings) limits(report *Report, _ []Peer) error {
	cycles := func(to *[]Step, cell modeltest.Spec, input, hidden int, dtype format.DType) error {
		cell.Input, cell.Hidden, cell.Seed = input, hidden, 1
		if !s.only.MatchString(fmt.Sprintf("cycles %v %d→%d %v", cell.Cell, input, hidden, dtype)) {
			return nil
		}
		const bytes = 0 // its bandwidth is not asked for
		steps, _, err := s.against([]modeltest.Spec{cell}, dtype, bytes)
		if err != nil {
			return err
		}
		*to = append(*to, steps[0].Step)
		return nil
	}
	for _, hidden := range smallHidden {
		for _, cell := range gated {
			if err := cycles(&report.Small, cell, 1, hidden, format.DTypeF32); err != nil {
				return err
			}
		}
	}
	for _, n := range []int{128, 256, 384} {
		if err := cycles(&report.Quantized, gru, n, n, format.DTypeInt8); err != nil {
			return err
		}
	}
	for bytes := 128 << 10; bytes <= 64<<20; bytes *= 2 {
		if !s.only.MatchString(fmt.Sprintf("bandwidth %d KiB", bytes>>10)) {
			continue
		}
		var specs []modeltest.Spec
		for _, cell := range cells {
			specs = append(specs, ofBytes(cell, bytes))
		}
		steps, rate, err := s.against(specs, format.DTypeF32, bytes)
		if err != nil {
			return err
		}
		report.Bandwidths = append(report.Bandwidths, Bandwidth{bytes, rate, steps})
	}
	return nil
}

// ofBytes gives a cell sizes with which a step reads about so many bytes of
// weights: as many inputs as units, or nearly so.
func ofBytes(cell modeltest.Spec, bytes int) modeltest.Spec {
	rows := float64(bytes) / 4 / float64(cell.Cell.Gates())
	cell.Hidden = int(math.Round(math.Sqrt(rows/2)/8)) * 8
	cell.Input = int(math.Round(rows/float64(cell.Hidden))) - cell.Hidden - 1 // and a bias
	cell.Seed = 1
	return cell
}

// against measures the steps of models, the core's clock and how fast it reads
// so many bytes, all in turn in every round.
func (s *settings) against(specs []modeltest.Spec, dtype format.DType, bytes int) (steps []Share, rate float64, err error) {
	var tasks []*benchmark.Task
	for _, spec := range specs {
		m, err := ours{dtype}.model(spec)
		if err != nil {
			return nil, 0, err
		}
		task, err := stepping(m, spec)
		if err != nil {
			return nil, 0, err
		}
		tasks = append(tasks, task)
		steps = append(steps, Share{Step: Step{
			Cell: spec.Cell.String(), Input: spec.Input, Hidden: spec.Hidden, DType: dtype.String(), Bytes: m.StepBytes(),
		}})
	}
	clock := benchmark.NewClock(nil)
	read, readBytes := benchmark.NewRead(bytes)
	all := append(slices.Clone(tasks), clock, read)

	var rates []float64
	times, cycles, shares := make([][]float64, len(tasks)), make([][]float64, len(tasks)), make([][]float64, len(tasks))
	for range s.rounds {
		benchmark.Run(s.each, all...)
		rates = append(rates, float64(readBytes)/read.Percentile(50))
		for i, t := range tasks {
			ns := t.Percentile(50)
			times[i] = append(times[i], ns)
			cycles[i] = append(cycles[i], ns*benchmark.GHz(clock))
			shares[i] = append(shares[i], float64(steps[i].Bytes)/ns/rates[len(rates)-1])
		}
	}
	for i := range steps {
		step := &steps[i]
		step.NS, step.Cycles, step.Share = median(times[i]), median(cycles[i]), median(shares[i])
		step.Lowest = slices.Min(cycles[i])
		log.Printf("%s %d→%d, %s: %.0f ns, %.0f cycles, at least %.0f", step.Cell, step.Input, step.Hidden, step.DType, step.NS, step.Cycles, step.Lowest)
	}
	return steps, median(rates), nil
}
