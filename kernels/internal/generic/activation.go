package generic

import "math"

// placeholder definitions until the fitted ones land
func tanh(x float32) float32    { return float32(math.Tanh(float64(x))) }
func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }
func exp(x float32) float32     { return float32(math.Exp(float64(x))) }

// Tanh sets dst[i] = tanh(src[i]).
func Tanh(dst, src []float32) {
	for i, v := range src {
		dst[i] = tanh(v)
	}
}

// Sigmoid sets dst[i] = 1/(1+exp(-src[i])).
func Sigmoid(dst, src []float32) {
	for i, v := range src {
		dst[i] = sigmoid(v)
	}
}

// Exp sets dst[i] = exp(src[i]).
func Exp(dst, src []float32) {
	for i, v := range src {
		dst[i] = exp(v)
	}
}

// ReLU sets dst[i] = max(src[i], 0).
func ReLU(dst, src []float32) {
	for i, v := range src {
		if v <= 0 {
			v = 0
		}
		dst[i] = v
	}
}

// Softmax sets dst[i] = exp(src[i]-max) / sum.
func Softmax(dst, src []float32) {
	if len(src) == 0 {
		return
	}
	m := src[0]
	for _, v := range src {
		m = max(m, v)
	}
	var sum [16]float32
	for i, v := range src {
		dst[i] = exp(v - m)
		sum[i%16] += dst[i]
	}
	for n := 8; n > 0; n /= 2 {
		for l := range n {
			sum[l] += sum[l+n]
		}
	}
	for i := range dst {
		dst[i] /= sum[0]
	}
}
