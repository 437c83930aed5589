package metrics

// A BinaryLikelihood sums up how probable binary values were to a forecaster,
// by the distance of the forecast. A step has several values, which are taken
// to be independent:
//
//	nats of a step = -Σ log p(value)    over its values
type BinaryLikelihood struct {
	distances []binaryDistance
}

// A binaryDistance sums up the steps at one distance.
type binaryDistance struct {
	steps int
	nats  float64
	ones  []int // by value
}

// NewBinaryLikelihood returns the empty sum of forecasts up to horizon steps
// ahead, of steps with that many values.
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

// Nats returns the mean nats of a step, all its values together.
func (l *BinaryLikelihood) Nats(h int) float64 {
	d := &l.distances[h]
	return d.nats / float64(max(1, d.steps))
}

// ConstantNats returns the mean nats of a step under the best probabilities that
// never change, which are how often each value was 1: the sum of the values'
// entropies. It is the baseline of Nats.
func (l *BinaryLikelihood) ConstantNats(h int) (nats float64) {
	d := &l.distances[h]
	n := float64(max(1, d.steps))
	for _, ones := range d.ones {
		nats += BinaryEntropy(float64(ones) / n)
	}
	return nats
}
