package runtime

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// A Detector tells the steps of a stream that a forecaster did not expect. It keeps
// the prediction of the last step, compares it with the next one, and holds the errors
// against those that the model has made on its training data ([format.Anomaly]).
//
// A detector is for one stream: one [Session], one goroutine. It allocates nothing.
type Detector struct {
	model   *Model
	anomaly *format.Anomaly
	most    float32 // that a deviation counts as

	carried   []float32 // all numbers that it carries from step to step
	predicted []float32 // of these, the next step, as far as it is predicted
	score     *float32  // of these, the last one
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
		model: m, anomaly: a, most: 2 * a.Threshold / a.Weight,
		carried: carried, predicted: carried[:n], score: &carried[n],
	}, nil
}

// Reset forgets the stream.
func (d *Detector) Reset() {
	clear(d.carried)
	d.steps = 0
}

// Score returns the score of the next step of the stream: x is what the model has read,
// [I], and y what it gave, [O], both in the units of the data. The score is NaN if no
// step was before it, as nothing is known of what was to be expected. Score panics if x
// or y are too short.
func (d *Detector) Score(x, y []float32) float32 {
	a := d.anomaly
	deviation := float32(0)
	for i, column := range a.Columns {
		e := x[column] - d.predicted[i] - a.Median[i]
		deviation = max(deviation, float32(math.Abs(float64(e)))/a.Scale[i])
	}
	if !(deviation <= d.most) { // or NaN, of a prediction that is no number
		deviation = d.most
	}
	copy(d.predicted, y)
	d.steps++
	switch d.steps {
	case 1:
		return float32(math.NaN())
	case 2:
		*d.score = deviation
	default:
		*d.score += float32(a.Weight * (deviation - *d.score)) // two roundings, never fused
	}
	return *d.score
}

// Anomalous reports whether the step is an anomaly for which Score has returned this
// score last. NaN is none.
func (d *Detector) Anomalous(score float32) bool { return score > d.anomaly.Threshold }

// Threshold returns the greatest score of a step that is no anomaly.
func (d *Detector) Threshold() float32 { return d.anomaly.Threshold }
