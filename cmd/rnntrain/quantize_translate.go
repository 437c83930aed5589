package main

import (
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// translation measures translators by the perplexity of given translations: of
// the targets of pairs, or without data of the original's own translations of
// its goldens' sources.
func (f *quantizeFlags) translation(q *quantizeMeasure, original *rnn.Model) error {
	q.name, q.unit, q.tolerable = "perplexity", "% of perplexity", 1
	if f.data != "" {
		q.of = func(m *rnn.Model) (float64, error) {
			t, err := newTranslations(m, 1)
			if err != nil {
				return 0, err
			}
			if _, err := t.read(dataset.ReadTextPairs(f.data, dataset.TextPairOptions{SourceColumn: f.pairs.source, TargetColumn: f.pairs.target})); err != nil {
				return 0, fmt.Errorf("%s: %w", f.data, err)
			}
			return math.Exp(t.loss / float64(t.targets)), nil
		}
		return nil
	}
	goldens := original.Description().Goldens
	targets, err := translateGoldens(original, goldens)
	if err != nil {
		return err
	}
	q.of = func(m *rnn.Model) (float64, error) {
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
	}
	return nil
}

// translateGoldens returns the model's translations of the goldens' sources.
func translateGoldens(m *rnn.Model, goldens []format.Golden) (targets [][]int32, err error) {
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
