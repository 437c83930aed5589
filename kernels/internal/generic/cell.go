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

// LSTMStreams is [LSTM] for one tile of units in many streams: the streams' cell states
// c stand side by side, and their new states go to rows of h, which stand ldh apart. It
// may change acc in any way.
func LSTMStreams(h []float32, ldh int, c, acc []float32) {
	for i := range len(c) / lanes {
		c := c[i*lanes:][:lanes]
		LSTM(h[i*ldh:][:lanes], c, c, acc[i*tileRows:][:tileRows])
	}
}

// GRUStreams is [GRU] for one tile of units in many streams: the streams' states h stand
// side by side, and the new ones go also to rows of out, which stand ldout apart. The sums
// nx are not in acc, but in rows that stand ldnx apart; nx may be acc. It may change
// acc in any way.
func GRUStreams(out []float32, ldout int, h, nx []float32, ldnx int, acc []float32) {
	for i := range len(h) / lanes {
		h, acc := h[i*lanes:][:lanes], acc[i*tileRows:][:tileRows]
		copy(acc, nx[i*ldnx:][:lanes])
		GRU(h, h, acc)
		copy(out[i*ldout:], h)
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
