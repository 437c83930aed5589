package keras

import "github.com/rnnrun/rnnrun/format"

// A fold returns an op whose outputs are multiplied by factors and shifted by
// offsets.
type fold func(factor, offset []float32) (format.Op, error)

// folded returns weights and biases of an op with a factor and an offset for
// each output. Weight i belongs to output output(i). bias may be nil.
func folded(weight, bias, factor, offset []float32, output func(i int) int) (w, b []float32) {
	w, b = make([]float32, len(weight)), make([]float32, len(factor))
	for i, v := range weight {
		w[i] = float32(float64(v) * float64(factor[output(i)]))
	}
	for o := range b {
		sum := float64(offset[o])
		if bias != nil {
			sum += float64(bias[o]) * float64(factor[o])
		}
		b[o] = float32(sum)
	}
	return w, b
}
