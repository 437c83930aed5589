package runtime

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// A Detector finds the steps of a stream that a forecaster did not predict. It
// compares each prediction with the step that follows, and scores the error
// against the model's errors on its training data ([format.Anomaly]) and, if
// the thresholds adapt, against its errors on the stream so far
// ([format.Adaptation]).
//
// A detector belongs to one stream: one [Session] on one goroutine. Score allocates
// nothing.
type Detector struct {
	model   *Model
	anomaly *format.Anomaly
	adapts  *adaptation // nil: the thresholds stay as they are

	carried   []float32 // its state, except that of adapts
	predicted []float32 // the part of carried that predicts the next step
	score     *float32  // the part of carried that is the mean deviation
	steps     uint64
}

// NewDetector returns a detector at the start of a stream. The error is [ErrNoAnomaly]
// if the model has no anomaly thresholds, or gives no output at each step.
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

// Score returns the score of the next step of the stream: x [I] is the model's
// input and y [O] its output, both in the units of the data. The score of the
// first step is NaN, since there is no prediction for it. Score panics if x or y
// is too short.
func (d *Detector) Score(x, y []float32) float32 {
	a := d.anomaly
	deviation := float32(0)
	for i, column := range a.Columns {
		e := x[column] - d.predicted[i] - a.Median[i]
		deviation = max(deviation, float32(math.Abs(float64(e)))/a.Scale[i])
	}
	if most := d.most(); !(deviation <= most) { // or it is NaN, as the prediction is
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

// most returns the cap on a deviation.
func (d *Detector) most() float32 {
	if d.adapts == nil {
		return 2 * d.anomaly.Threshold / d.anomaly.Weight
	}
	return float32(d.adapts.most()) / d.anomaly.Weight
}

// Anomalous reports whether the last step is an anomaly. score is what Score returned
// for it: the step is an anomaly if the score is above the threshold or, if the model's
// thresholds adapt, as long as an alarm lasts. A step whose score is NaN is not an
// anomaly.
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
