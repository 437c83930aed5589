//go:build !purego

package rv64g

// Tanh is generic.Tanh.
//
//go:noescape
func Tanh(dst, src []float32)

// Sigmoid is generic.Sigmoid.
//
//go:noescape
func Sigmoid(dst, src []float32)

// Exp is generic.Exp.
//
//go:noescape
func Exp(dst, src []float32)

// Softmax is generic.Softmax.
func Softmax(dst, src []float32) {
	if len(src) == 0 {
		return
	}
	greatest := src[0]
	for _, x := range src {
		greatest = max(greatest, x)
	}
	for i, x := range src {
		dst[i] = x - greatest
	}
	dst = dst[:len(src)]
	Exp(dst, dst)
	var sum [16]float32
	for i, x := range dst {
		sum[i%16] += x
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

// MulAdd is generic.MulAdd.
//
//go:noescape
func MulAdd(dst, a, b, c []float32)

// Blend is generic.Blend.
//
//go:noescape
func Blend(h, z, hprev, n []float32)

// LSTM is generic.LSTM.
//
//go:noescape
func LSTM(h, c, cprev, acc []float32)

// GRU is generic.GRU.
//
//go:noescape
func GRU(h, hprev, acc []float32)
