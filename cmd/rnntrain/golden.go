package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
)

// goldenFlags define which inputs are stored in a model's file as goldens.
type goldenFlags struct{ inputs string }

var goldenInputs = []string{"data", "synthetic"}

func (f *goldenFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.inputs, "golden", "data", "inputs that the file stores for rnnrun verify: data (training examples) or synthetic (random inputs, so that the file holds no training data)")
	complete(c, "golden", goldenInputs...)
}

func (f *goldenFlags) check() error {
	_, err := choose("golden", f.inputs, map[string]bool{"data": true, "synthetic": true}, goldenInputs...)
	return err
}

// mostGolden is the most numbers or tokens in all goldens of a file: 64 KiB.
const mostGolden = 1 << 14

// shorten returns the inputs of sequences, cut to n numbers or tokens in all, but at
// least one step each. A step is width numbers or one token.
func shorten(sequences []dataset.Sequence, width, n int) (short []dataset.Sequence) {
	for i, s := range sequences {
		if i > 0 && n < width {
			break
		}
		most := max(n/width, 1) * width
		s = dataset.Sequence{Tokens: s.Tokens[:min(len(s.Tokens), most)], Inputs: s.Inputs[:min(len(s.Inputs), most)]}
		n -= len(s.Tokens) + len(s.Inputs)
		short = append(short, s)
	}
	return short
}

// synthetic returns random sequences for a model: tokens, numbers within two standard
// deviations of the mean, or zeros and ones if the model reads binary values.
func synthetic(m *format.Model, seed uint64) []dataset.Sequence {
	const sequences, steps = 3, 64
	rng := rand.New(rand.NewPCG(seed, 0x901d))
	list := make([]dataset.Sequence, sequences)
	for i := range list {
		for range steps {
			if m.Embedding != nil {
				list[i].Tokens = append(list[i].Tokens, rng.Int32N(int32(m.Embedding.Tokens)))
				continue
			}
			for k := range m.InputSize {
				list[i].Inputs = append(list[i].Inputs, syntheticNumber(m, k, rng))
			}
		}
	}
	return list
}

// syntheticNumber returns a random number for feature k.
func syntheticNumber(m *format.Model, k int, rng *rand.Rand) float32 {
	v := 4*rng.Float32() - 2
	switch z := m.Normalization; {
	case z != nil && len(z.Mean) > 0 && z.Scale[k] == 0: // the feature is constant
		return z.Mean[k]
	case z != nil && len(z.Mean) > 0:
		return z.Mean[k] + v/z.Scale[k]
	case v < 0:
		return 0
	}
	return 1
}

// goldenInputs returns the inputs of a model's goldens.
func (j *job) goldenInputs(m *format.Model) []dataset.Sequence {
	inputs := j.goldens
	if j.output.golden.inputs == "synthetic" {
		inputs = synthetic(m, j.fit.seed)
	}
	if m.Embedding != nil {
		return shorten(inputs, 1, mostGolden)
	}
	return shorten(inputs, m.InputSize, mostGolden)
}

// addGoldens computes the goldens of the inputs and adds them to the model.
func (j *job) addGoldens(m *format.Model) error {
	model, err := cli.NewNetwork(m)
	if err != nil {
		return err
	}
	for _, s := range j.goldenInputs(m) {
		g, err := model.Golden(s.Tokens, s.Inputs)
		if err != nil {
			return fmt.Errorf("golden: %w", err)
		}
		m.Goldens = append(m.Goldens, g)
	}
	return nil
}

// announceGoldens prints that the file contains examples.
func (j *job) announceGoldens() {
	if j.output.golden.inputs == "synthetic" {
		return
	}
	examples, numbers, unit := 0, 0, "numbers"
	for _, s := range j.goldenInputs(j.written) {
		examples++
		numbers += len(s.Tokens) + len(s.Inputs)
		if s.Tokens != nil {
			unit = "tokens"
		}
	}
	fmt.Fprintf(j.command.ErrOrStderr(), "the file contains examples of the data, for rnnrun verify: %d, with %d %s; --golden synthetic stores random inputs instead\n",
		examples, numbers, unit)
}
