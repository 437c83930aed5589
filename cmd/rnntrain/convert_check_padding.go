package main

import "github.com/rnnrun/rnnrun/runtime"

// A padding defines which steps of sequences are padding that the source framework
// ignores.
type padding struct {
	number *float32 // value of all numbers of such a step, whose tokens are 0; nil: there is no padding
	size   int      // numbers of a step
}

// paddingOf returns the padding of the sequences that check a model. If the model has an
// output at each step, the padding stays, since y has outputs for it.
func (p *proof) paddingOf(m *runtime.Model) padding {
	if p.padded == nil || !m.Pooled() {
		return padding{}
	}
	return padding{p.padded, m.InputSize()}
}

// without returns a sequence without its padding. If a sequence is only padding, one step
// of it stays.
func (p padding) without(tokens []int32, numbers []float32) ([]int32, []float32) {
	if p.number == nil || len(tokens) > 0 && len(numbers) > 0 {
		return tokens, numbers
	}
	var kept []int32
	for _, v := range tokens {
		if v != 0 {
			kept = append(kept, v)
		}
	}
	if len(kept) > 0 {
		tokens = kept
	}
	if len(numbers) == 0 || p.size == 0 {
		return tokens, numbers
	}
	var rows []float32
	for i := 0; i+p.size <= len(numbers); i += p.size {
		row := numbers[i:][:p.size]
		for _, v := range row {
			if v != *p.number {
				rows = append(rows, row...)
				break
			}
		}
	}
	if len(rows) > 0 {
		numbers = rows
	}
	return tokens, numbers
}
