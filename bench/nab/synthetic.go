package main

import (
	"math"
	"math/rand/v2"
)

// A process makes values of a machine that runs well, one after the other.
type process struct {
	name string
	make func(r *rand.Rand) (next func(i int) float64)
}

// processes are of a season of 48 steps and others, about as sensors give them. None has
// served to choose a constant of the detector but its restraint.
var processes = []process{
	{"season", func(r *rand.Rand) func(int) float64 {
		return func(i int) float64 { return 20 + 5*wave(i, 48) + 0.5*r.NormFloat64() }
	}},
	{"season and drift", func(r *rand.Rand) func(int) float64 {
		return func(i int) float64 { return 20 + 5*wave(i, 48) + 8*float64(i)/synthetic + 0.5*r.NormFloat64() }
	}},
	{"two seasons", func(r *rand.Rand) func(int) float64 {
		return func(i int) float64 { return (2 + wave(i, 48)) * (3 + wave(i, 7*48)) * (1 + 0.05*r.NormFloat64()) }
	}},
	{"noise with a memory", func(r *rand.Rand) func(int) float64 {
		x := 0.0
		return func(int) float64 { x = 0.9*x + r.NormFloat64(); return 100 + x }
	}},
	{"wandering", func(r *rand.Rand) func(int) float64 {
		x := 0.0
		return func(int) float64 { x = 0.995*x + 0.1*r.NormFloat64(); return 60 + x + 0.2*r.NormFloat64() }
	}},
	{"latency", func(r *rand.Rand) func(int) float64 {
		return func(i int) float64 { return 40 + 4*wave(i, 48) + 3*r.ExpFloat64()*r.ExpFloat64() }
	}},
	{"on and off", func(r *rand.Rand) func(int) float64 {
		left, on := 0, false
		return func(int) float64 {
			if left--; left < 0 {
				left, on = 15+r.IntN(20), !on
			}
			if on {
				return 8 + 0.3*r.NormFloat64()
			}
			return 1 + 0.1*r.NormFloat64()
		}
	}},
	{"whole degrees", func(r *rand.Rand) func(int) float64 {
		return func(i int) float64 { return math.Round(20 + 5*wave(i, 48) + 0.3*r.NormFloat64()) }
	}},
}

func wave(i, period int) float64 { return math.Sin(2 * math.Pi * float64(i) / float64(period)) }

// A fault changes values of a machine from a step on, whose deviation is sd.
type fault struct {
	name  string
	steps int
	of    func(v, before, sd float64, r *rand.Rand) float64
}

var faults = []fault{
	{"spike", 1, func(v, _, sd float64, _ *rand.Rand) float64 { return v + 6*sd }},
	{"shift", 150, func(v, _, sd float64, _ *rand.Rand) float64 { return v + 3*sd }},
	{"dropout", 20, func(float64, float64, float64, *rand.Rand) float64 { return 0 }},
	{"flatline", 150, func(_, before, _ float64, _ *rand.Rand) float64 { return before }},
	{"noise", 60, func(v, _, sd float64, r *rand.Rand) float64 { return v + 2*sd*r.NormFloat64() }},
}

const (
	synthetic = 6000 // steps of a series
	learned   = 750  // of these
	apart     = 1000 // steps from the start of a fault to the next
	late      = 50   // steps after a fault in which an alarm is right
)

// syntheticSeries returns a series of each process with each of the faults, whose windows
// are in their order from the fault of that number on, round about.
func syntheticSeries(seed uint64) (list []*series) {
	for k, p := range processes {
		r := rand.New(rand.NewPCG(seed, uint64(k)))
		s := &series{path: p.name, learn: learned}
		next := p.make(r)
		for i := range synthetic {
			s.values = append(s.values, next(i))
		}
		mean, sd := 0.0, 0.0
		for _, v := range s.values[:learned] {
			mean += v / learned
		}
		for _, v := range s.values[:learned] {
			sd += (v - mean) * (v - mean) / learned
		}
		sd = math.Sqrt(sd)
		s.windows = make([][2]int, len(faults))
		for n := range faults {
			at := (k + n) % len(faults)
			f, from := faults[at], learned+apart/2+apart*n+r.IntN(48)
			before := s.values[from-1]
			for i := from; i < from+f.steps; i++ {
				s.values[i] = f.of(s.values[i], before, sd, r)
			}
			s.windows[at] = [2]int{from, from + f.steps + late}
		}
		list = append(list, s)
	}
	return list
}
