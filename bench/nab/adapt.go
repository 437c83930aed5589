package main

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/metrics"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
	"github.com/rnnrun/rnnrun/trainer"
)

// adapt flags values by predictions of them as rnnrun run --anomaly does: with thresholds
// that follow the series, from the steps held back.
func (s *series) adapt(predicted []float64, rate float64) ([]bool, error) {
	const hold, memory = 200, 50000                                                              // as rnntrain forecast has
	m := modeltest.Spec{Cell: format.CellLSTM, Input: 1, Hidden: 1, Outputs: 1, Seed: 1}.Model() // its answers are not asked for
	var errors, scores []float64
	var values [][]float32
	for i := s.held(); i < s.learn; i++ {
		errors = append(errors, s.values[i]-predicted[i])
		values = append(values, []float32{float32(s.values[i])})
	}
	median := metrics.Median(append([]float64(nil), errors...))
	for _, e := range errors {
		scores = append(scores, math.Abs(e-median))
	}
	scale := metrics.Median(append([]float64(nil), scores...))
	for i := range scores {
		scores[i] /= scale
	}
	m.Anomaly = &format.Anomaly{
		Columns: []int{0}, Median: []float32{float32(median)}, Scale: []float32{float32(scale)}, Weight: 1, Threshold: math.MaxFloat32,
		Adaptation: trainer.NewAdaptation(scores, [][][]float32{values}, trainer.AdaptationOptions{FalseAlarms: rate, Memory: memory, Hold: hold}),
	}
	model, err := rnn.New(m)
	if err != nil {
		return nil, err
	}
	return s.score(model, func(i int) (float32, error) {
		if i+1 == len(predicted) {
			return 0, nil // nobody asks for what comes after the end
		}
		return float32(predicted[i+1]), nil
	})
}
