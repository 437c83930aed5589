package main

import (
	"math"
	"math/rand/v2"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A sequence is what a model reads: of each input its steps, and those of all inputs
// step by step.
type sequence struct {
	numbers [][]float32
	ids     [][]int32
	xs      []float32
	tokens  []int32
}

func newSequence(r *rand.Rand, m *rnn.Model, steps int) sequence {
	inputs := m.Inputs()
	s := sequence{numbers: make([][]float32, len(inputs)), ids: make([][]int32, len(inputs))}
	for range steps {
		for i, p := range inputs {
			for range p.Frames * p.Channels {
				if p.Tokens > 0 {
					id := int32(r.IntN(p.Tokens))
					s.ids[i], s.tokens = append(s.ids[i], id), append(s.tokens, id)
				} else {
					x := r.Float32()*2 - 1
					s.numbers[i], s.xs = append(s.numbers[i], x), append(s.xs, x)
				}
			}
		}
	}
	return s
}

// exact returns what the model gives: of each output all sequences one after the other.
func exact(m *rnn.Model, batch []sequence) [][]uint32 {
	list := make([][]uint32, len(m.Outputs()))
	for i := range batch {
		s := m.NewSession()
		y, err := s.RunInputs(batch[i].xs, batch[i].tokens)
		if err != nil {
			panic(err)
		}
		each := 0
		for _, out := range m.Outputs() {
			if !out.Sequence {
				each += out.Frames * out.Channels
			}
		}
		at := 0
		for k, out := range m.Outputs() {
			n := out.Frames * out.Channels
			if out.Sequence {
				for _, v := range s.Output(out.Name) {
					list[k] = append(list[k], math.Float32bits(v))
				}
				continue
			}
			for step := at; step < len(y); step += each {
				for _, v := range y[step:][:n] {
					list[k] = append(list[k], math.Float32bits(v))
				}
			}
			at += n
		}
	}
	return list
}

// outputs returns the same as numbers.
func outputs(m *rnn.Model, batch []sequence) [][]float64 {
	list := exact(m, batch)
	numbers := make([][]float64, len(list))
	for i := range list {
		for _, b := range list[i] {
			numbers[i] = append(numbers[i], float64(math.Float32frombits(b)))
		}
	}
	return numbers
}
