package quantize

import "math"

// spread returns the standard deviation of outputs; 1 if they do not vary.
func spread(y []float32) float64 {
	sum, squares := 0.0, 0.0
	for _, v := range y {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	n := float64(len(y))
	if s := math.Sqrt(max(squares/n-sum/n*sum/n, 0)); s > 0 {
		return s
	}
	return 1
}

// loss returns the root of the mean squared difference of outputs, in percent of a
// spread.
func loss(got, want []float32, spread float64) float64 {
	sum := 0.0
	for i := range want {
		e := difference(got[i], want[i])
		sum += e * e
	}
	return 100 * math.Sqrt(sum/float64(len(want))) / spread
}

// greatest returns the greatest difference of outputs; NaN if one is.
func greatest(got, want []float32) (most float64) {
	for i := range want {
		most = max(most, math.Abs(difference(got[i], want[i])))
	}
	return most
}

// difference returns the difference of two outputs: 0 for equal infinities. NaN
// differs from everything by NaN.
func difference(got, want float32) float64 {
	if got == want {
		return 0
	}
	return float64(got) - float64(want)
}
