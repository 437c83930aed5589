package generic

import "math"

const (
	lanes    = 8
	tileRows = 32
)

// LSTM is kernels.Set.LSTMCell.
func LSTM(h, c, cprev, acc []float32) {
	for u := range h {
		a := acc[u/lanes*tileRows+u%lanes:]
		i, f, g, o := sigmoid(a[0]), sigmoid(a[lanes]), tanh(a[2*lanes]), sigmoid(a[3*lanes])
		a[0], a[lanes], a[2*lanes], a[3*lanes] = i, f, g, o
		c[u] = FMA(f, cprev[u], i*g)
		h[u] = o * tanh(c[u])
	}
}

// GRU is kernels.Set.GRUCell.
func GRU(h, hprev, acc []float32) {
	for u := range h {
		a := acc[u/lanes*tileRows+u%lanes:]
		r, z := sigmoid(a[lanes]), sigmoid(a[2*lanes])
		n := tanh(FMA(r, a[3*lanes], a[0]))
		a[0], a[lanes], a[2*lanes] = n, r, z
		h[u] = FMA(z, hprev[u]-n, n)
	}
}

// Blend sets h[i] = fma(z[i], hprev[i]-n[i], n[i]).
func Blend(h, z, hprev, n []float32) {
	for i := range h {
		h[i] = FMA(z[i], hprev[i]-n[i], n[i])
	}
}

// Mul sets dst[i] = a[i]*b[i].
func Mul(dst, a, b []float32) {
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

// Max sets dst[i] to the greater of a[i] and b[i]; of equals, which two zeros are, to
// a[i]. NaN stays NaN. Numbers are moved as bits, for which compilers need no branch
// that a processor would have to predict.
func Max(dst, a, b []float32) {
	for i := range dst {
		most, next := math.Float32bits(a[i]), math.Float32bits(b[i])
		if b[i] > a[i] {
			most = next
		}
		if b[i] != b[i] {
			most = next
		}
		dst[i] = math.Float32frombits(most)
	}
}

// MulAdd sets dst[i] = fma(a[i], b[i], c[i]).
func MulAdd(dst, a, b, c []float32) {
	for i := range dst {
		dst[i] = FMA(a[i], b[i], c[i])
	}
}
