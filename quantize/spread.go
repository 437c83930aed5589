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

// outputError returns the root of the mean squared difference of outputs.
func outputError(got, want []float32) float64 {
	sum := 0.0
	for i := range want {
		e := float64(got[i]) - float64(want[i])
		sum += e * e
	}
	return math.Sqrt(sum / float64(len(want)))
}
