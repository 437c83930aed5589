package dataset

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// Moments measure the mean and the deviation of every feature of steps, by
// Welford's method. The zero value has seen no steps.
type Moments struct {
	n             float64
	mean, squares []float64
}

// Add adds a step. All have as many features.
func (m *Moments) Add(step []float32) {
	if m.mean == nil {
		m.mean, m.squares = make([]float64, len(step)), make([]float64, len(step))
	}
	m.n++
	for i, v := range step {
		off := float64(v) - m.mean[i]
		m.mean[i] += off / m.n
		m.squares[i] += float64(off * (float64(v) - m.mean[i]))
	}
}

// Mean returns the mean of feature i.
func (m *Moments) Mean(i int) float64 { return m.mean[i] }

// Deviation returns the standard deviation of feature i, or 1 if it does not
// change.
func (m *Moments) Deviation(i int) float64 {
	if d := math.Sqrt(m.squares[i] / m.n); d > 0 {
		return d
	}
	return 1
}

// Normalization returns the normalization that gives inputs a mean of 0 and a
// variance of 1, except features that do not change.
func (m *Moments) Normalization() *format.Normalization {
	z := &format.Normalization{}
	for i, mean := range m.mean {
		z.Mean = append(z.Mean, float32(mean))
		z.Scale = append(z.Scale, float32(1/m.Deviation(i)))
	}
	return z
}
