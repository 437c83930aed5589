package metrics

import "math"

// CrossEntropy returns -log softmax(logits)[class] in nats. Unlike the logarithm
// of a probability in float32, it is exact for classes whose probability rounds
// to 0 or to 1.
func CrossEntropy(logits []float32, class int) float64 {
	greatest := math.Inf(-1)
	for _, z := range logits {
		greatest = max(greatest, float64(z))
	}
	sum := 0.0
	for _, z := range logits {
		sum += math.Exp(float64(z) - greatest)
	}
	return math.Log(sum) + (greatest - float64(logits[class]))
}

// BinaryCrossEntropy returns in nats -log sigmoid(logit) if the value is 1, and
// -log(1 - sigmoid(logit)) if it is 0.
func BinaryCrossEntropy(logit float32, one bool) float64 {
	z := float64(logit)
	if one {
		z = -z
	}
	return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z)))
}

// BinaryEntropy returns the entropy in nats of a value that is 1 with the given
// probability.
func BinaryEntropy(probability float64) (nats float64) {
	for _, q := range []float64{probability, 1 - probability} {
		if q > 0 {
			nats -= q * math.Log(q)
		}
	}
	return nats
}
