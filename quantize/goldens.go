package quantize

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Goldens returns the sequences of a model's goldens.
func Goldens(m *format.Model) []Sequence {
	var list []Sequence
	for _, g := range m.Goldens {
		list = append(list, NewSequence(m, g.Tokens, g.Input))
	}
	return list
}

// NewGoldenTranslations compares translation models by the perplexity of the
// original's own translations of its goldens' sources.
func NewGoldenTranslations(original *rnn.EncoderDecoder) (*Measure, error) {
	goldens := original.Description().Goldens
	targets, err := translateGoldens(original, goldens)
	if err != nil {
		return nil, err
	}
	return NewTranslationPerplexity(original, func(m *rnn.EncoderDecoder) (float64, error) {
		t, err := m.NewTranslator()
		if err != nil {
			return 0, err
		}
		var logs []float32
		for i := range goldens {
			if logs, err = t.LogProbabilities(logs, goldens[i].Tokens, targets[i]); err != nil {
				return 0, err
			}
		}
		sum := 0.0
		for _, log := range logs {
			sum += float64(log)
		}
		return math.Exp(-sum / float64(len(logs))), nil
	})
}

// translateGoldens returns the model's translations of the goldens' sources.
func translateGoldens(m *rnn.EncoderDecoder, goldens []format.Golden) (targets [][]int32, err error) {
	t, err := m.NewTranslator()
	if err != nil {
		return nil, err
	}
	for i := range goldens {
		target, err := t.Translate(nil, goldens[i].Tokens)
		if err != nil {
			return nil, err
		}
		targets = append(targets, target)
	}
	return targets, nil
}
