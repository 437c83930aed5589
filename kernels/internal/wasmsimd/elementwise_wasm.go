//go:build wasmsimd && !purego

package wasmsimd

import "github.com/rnnrun/rnnrun/kernels/internal/generic"

// Tanh is generic.Tanh.
func (s Set) Tanh(dst, src []float32) {
	n := len(src) / vector
	if n > 0 {
		tanh(s, &dst[0], &src[0], int32(n))
	}
	if rest := src[n*vector:]; len(rest) > 0 {
		last := padded(rest)
		tanh(s, &last[0], &last[0], 1)
		copy(dst[n*vector:len(src)], last[:])
	}
}

// Sigmoid is generic.Sigmoid.
func (s Set) Sigmoid(dst, src []float32) {
	n := len(src) / vector
	if n > 0 {
		sigmoid(s, &dst[0], &src[0], int32(n))
	}
	if rest := src[n*vector:]; len(rest) > 0 {
		last := padded(rest)
		sigmoid(s, &last[0], &last[0], 1)
		copy(dst[n*vector:len(src)], last[:])
	}
}

// Exp is generic.Exp.
func (s Set) Exp(dst, src []float32) {
	n := len(src) / vector
	if n > 0 {
		exp(s, &dst[0], &src[0], int32(n))
	}
	if rest := src[n*vector:]; len(rest) > 0 {
		last := padded(rest)
		exp(s, &last[0], &last[0], 1)
		copy(dst[n*vector:len(src)], last[:])
	}
}

// ReLU is generic.ReLU.
func (s Set) ReLU(dst, src []float32) {
	n := len(src) / vector
	if n > 0 {
		relu(s, &dst[0], &src[0], int32(n))
	}
	generic.ReLU(dst[n*vector:], src[n*vector:])
}

// Softmax is generic.Softmax.
func (s Set) Softmax(dst, src []float32) { generic.SoftmaxBy(s.Exp, dst, src) }

// Mul is generic.Mul.
func (s Set) Mul(dst, a, b []float32) {
	n := len(dst) / vector
	if n > 0 {
		mul(s, &dst[0], &a[0], &b[0], int32(n))
	}
	done := n * vector
	generic.Mul(dst[done:], a[done:], b[done:])
}

// MulAdd is generic.MulAdd.
func (s Set) MulAdd(dst, a, b, c []float32) {
	n := len(dst) / vector
	if n > 0 {
		mulAdd(s, &dst[0], &a[0], &b[0], &c[0], int32(n))
	}
	done := n * vector
	generic.MulAdd(dst[done:], a[done:], b[done:], c[done:])
}

// Blend is generic.Blend.
func (s Set) Blend(h, z, before, n []float32) {
	vectors := len(h) / vector
	if vectors > 0 {
		blend(s, &h[0], &z[0], &before[0], &n[0], int32(vectors))
	}
	done := vectors * vector
	generic.Blend(h[done:], z[done:], before[done:], n[done:])
}

// LSTM is generic.LSTM.
func (s Set) LSTM(h, c, before, acc []float32) {
	if n := len(h) / lanes; n > 0 {
		lstm(s, &h[0], &c[0], &before[0], &acc[0], int32(n))
	}
}

// GRU is generic.GRU.
func (s Set) GRU(h, before, acc []float32) {
	if n := len(h) / lanes; n > 0 {
		gru(s, &h[0], &before[0], &acc[0], int32(n))
	}
}

// padded returns fewer numbers than a vector has as a vector.
func padded(x []float32) (v [vector]float32) {
	copy(v[:], x)
	return v
}

//go:wasmimport rnnrun tanh
//go:noescape
func tanh(s Set, dst, src *float32, vectors int32)

//go:wasmimport rnnrun sigmoid
//go:noescape
func sigmoid(s Set, dst, src *float32, vectors int32)

//go:wasmimport rnnrun exp
//go:noescape
func exp(s Set, dst, src *float32, vectors int32)

//go:wasmimport rnnrun relu
//go:noescape
func relu(s Set, dst, src *float32, vectors int32)

//go:wasmimport rnnrun mul
//go:noescape
func mul(s Set, dst, a, b *float32, vectors int32)

//go:wasmimport rnnrun mul_add
//go:noescape
func mulAdd(s Set, dst, a, b, c *float32, vectors int32)

//go:wasmimport rnnrun blend
//go:noescape
func blend(s Set, h, z, before, n *float32, vectors int32)

//go:wasmimport rnnrun lstm
//go:noescape
func lstm(s Set, h, c, before, acc *float32, tiles int32)

//go:wasmimport rnnrun gru
//go:noescape
func gru(s Set, h, before, acc *float32, tiles int32)
