package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/runtime"
)

var convertGoldens = []string{"check", "synthetic"}

// synthetic reports whether the file gets random inputs instead of those of the check.
func (f *convertFlags) synthetic() bool { return f.golden == "synthetic" }

// addSynthetic adds goldens with random inputs to a converted model: tokens, and numbers
// within ±1, or from 0 to 1 if the others make outputs that are not finite. Together they
// have the given count of numbers, but at least one step.
func addSynthetic(d *format.Model, numbers int) error {
	const sequences, most = 3, 64
	m, err := runtime.New(d)
	if err != nil {
		return err
	}
	defer m.Close()
	width := 0
	for _, in := range m.Inputs() {
		width += in.Frames * in.Channels
	}
	steps := min(max(numbers/sequences/width, 1), most)
	for _, least := range []float32{-1, 0} {
		rng := rand.New(rand.NewPCG(1, 0x901d))
		d.Goldens = nil
		for range sequences {
			tokens, numbers := randomSteps(m, steps, least, rng)
			g, err := m.Golden(tokens, numbers)
			if err != nil {
				return err
			}
			d.Goldens = append(d.Goldens, g)
		}
		if !slices.ContainsFunc(d.Goldens, notFinite) {
			return nil
		}
	}
	return fmt.Errorf("--golden synthetic: random inputs give outputs that are not finite; give inputs with --check")
}

// randomSteps returns random steps of all inputs: numbers from least to 1.
func randomSteps(m *runtime.Model, steps int, least float32, rng *rand.Rand) (tokens []int32, numbers []float32) {
	for range steps {
		for _, in := range m.Inputs() {
			for range in.Frames * in.Channels {
				if in.Tokens > 0 {
					tokens = append(tokens, rng.Int32N(int32(in.Tokens)))
				} else {
					numbers = append(numbers, least+(1-least)*rng.Float32())
				}
			}
		}
	}
	return tokens, numbers
}

func notFinite(g format.Golden) bool {
	return slices.ContainsFunc(g.Last, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) })
}
