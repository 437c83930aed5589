package metrics

// A BinaryLikelihood accumulates the likelihood of binary values under a
// forecaster, for each distance of the forecast. The values of a step are
// assumed to be independent:
//
//	nats of a step = -Σ log p(value)    over its values
type BinaryLikelihood struct {
	distances []binaryDistance
}

// A binaryDistance has the sums over the steps at one distance.
type binaryDistance struct {
	steps int
	nats  float64
	ones  []int // by value
}

// NewBinaryLikelihood returns an empty likelihood for forecasts up to horizon
// steps ahead, of steps with the given number of values.
func NewBinaryLikelihood(horizon, values int) *BinaryLikelihood {
	l := &BinaryLikelihood{distances: make([]binaryDistance, horizon)}
	for h := range l.distances {
		l.distances[h].ones = make([]int, values)
	}
	return l
}

// Add adds the values of a step, each 0 or 1, and the logits of the probabilities
// of 1 that were forecast h+1 steps before.
func (l *BinaryLikelihood) Add(h int, logits, values []float32) {
	d := &l.distances[h]
	d.steps++
	for i, v := range values {
		one := v >= 0.5
		if one {
			d.ones[i]++
		}
		d.nats += BinaryCrossEntropy(logits[i], one)
	}
}

// Steps returns the number of steps added for the distance h+1.
func (l *BinaryLikelihood) Steps(h int) int { return l.distances[h].steps }

// Nats returns the mean nats of a step at the distance h+1, over all its values
// together.
func (l *BinaryLikelihood) Nats(h int) float64 {
	d := &l.distances[h]
	return d.nats / float64(max(1, d.steps))
}

// ConstantNats returns the mean nats of a step under the best constant
// probabilities, which are the fractions of steps in which each value was 1: the
// sum of the values' entropies. It is the baseline for Nats.
func (l *BinaryLikelihood) ConstantNats(h int) (nats float64) {
	d := &l.distances[h]
	n := float64(max(1, d.steps))
	for _, ones := range d.ones {
		nats += BinaryEntropy(float64(ones) / n)
	}
	return nats
}
