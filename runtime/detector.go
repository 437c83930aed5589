package runtime

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// A Detector finds the steps of a stream that a forecaster did not expect. It
// compares the prediction of each step with the next step, and the errors with
// those that the model made on its training data ([format.Anomaly]), and
// optionally with those that it has made since ([format.Adaptation]).
//
// A detector is for one stream: one [Session], one goroutine. It allocates nothing.
type Detector struct {
	model   *Model
	anomaly *format.Anomaly
	adapts  *adaptation // nil: the thresholds stay as they are

	carried   []float32 // all numbers that it carries from step to step
	predicted []float32 // of these, the next step, as far as it is predicted
	score     *float32  // of these, the mean deviation
	steps     uint64
}

// NewDetector returns a detector at the start of a stream. The error is [ErrNoAnomaly]
// if the model has no thresholds.
func (m *Model) NewDetector() (*Detector, error) {
	a := m.description.Anomaly
	if a == nil || m.Pooled() || !m.Streamable() {
		return nil, ErrNoAnomaly
	}
	n := len(a.Columns)
	carried := make([]float32, n+1)
	return &Detector{
		model: m, anomaly: a, adapts: newAdaptation(a),
		carried: carried, predicted: carried[:n], score: &carried[n],
	}, nil
}

// Reset forgets the stream.
func (d *Detector) Reset() {
	clear(d.carried)
	if d.adapts != nil {
		d.adapts.reset()
	}
	d.steps = 0
}

// Score returns the score of the next step of the stream: x is what the model has
// read, [I], and y what it gave, [O], both in the units of the data. The score is
// NaN for the first step, for which there is no prediction. Score panics if x or
// y are too short.
func (d *Detector) Score(x, y []float32) float32 {
	a := d.anomaly
	deviation := float32(0)
	for i, column := range a.Columns {
		e := x[column] - d.predicted[i] - a.Median[i]
		deviation = max(deviation, float32(math.Abs(float64(e)))/a.Scale[i])
	}
	if most := d.most(); !(deviation <= most) { // or NaN, of a prediction that is no number
		deviation = most
	}
	copy(d.predicted, y)
	d.steps++
	measure := float32(math.NaN())
	switch d.steps {
	case 1:
	case 2:
		*d.score = deviation
		measure = deviation
	default:
		*d.score += float32(a.Weight * (deviation - *d.score)) // two roundings, never fused
		measure = *d.score
	}
	if d.adapts == nil {
		return measure
	}
	return d.adapts.score(x, measure, d.steps)
}

// most returns what a deviation counts as at most.
func (d *Detector) most() float32 {
	if d.adapts == nil {
		return 2 * d.anomaly.Threshold / d.anomaly.Weight
	}
	return float32(d.adapts.most()) / d.anomaly.Weight
}

// Anomalous reports whether the step is an anomaly for which Score has returned this
// score last: if it is above the threshold, or in a model whose thresholds adapt, if an
// alarm goes on. NaN is none.
func (d *Detector) Anomalous(score float32) bool {
	if d.adapts != nil {
		return score == score && *d.adapts.alarm > 0
	}
	return score > d.anomaly.Threshold
}

// Threshold returns the score above which an alarm begins.
func (d *Detector) Threshold() float32 {
	if d.adapts != nil {
		return d.adapts.Threshold
	}
	return d.anomaly.Threshold
}
