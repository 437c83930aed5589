package kernels

import "github.com/rnnrun/rnnrun/kernels/internal/generic"

// LSTMCell updates the state of one stream from its accumulators, which it
// turns into the gates' values. For unit u in lane l of tile t, with
// a = acc[t*TileRows:]:
//
//	i, f, o := sigmoid(a[l]), sigmoid(a[8+l]), sigmoid(a[24+l])
//	g := tanh(a[16+l])
//	c[u] = fma(f, cprev[u], i*g)
//	h[u] = o * tanh(c[u])
//
// h, c and cprev hold the units padded to [Lanes]; c and cprev may be the same
// slice. (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al.
// 2000; gate order as in PyTorch.)
func (s *Set) LSTMCell(h, c, cprev, acc []float32) {
	n := len(h)
	checkUnits(n)
	c, cprev, acc = prefix(c, n), prefix(cprev, n), prefix(acc, n/Lanes*TileRows)
	raceRead(cprev)
	raceWrite(h)
	raceWrite(c)
	raceWrite(acc)
	s.impl.lstm(h, c, cprev, acc)
}

// GRUCell updates the state of one stream of a GRU whose reset gate is applied
// after the product (PyTorch, cuDNN), from its accumulators. It turns nx, r
// and z into the gates' values and leaves nh as it is. For unit u in lane l of
// tile t, with a = acc[t*TileRows:]:
//
//	r, z := sigmoid(a[8+l]), sigmoid(a[16+l])
//	n := tanh(fma(r, a[24+l], a[l]))
//	h[u] = fma(z, hprev[u]-n, n)
//
// h and hprev may be the same slice. (Cho et al. 2014, in the form of PyTorch.)
func (s *Set) GRUCell(h, hprev, acc []float32) {
	n := len(h)
	checkUnits(n)
	hprev, acc = prefix(hprev, n), prefix(acc, n/Lanes*TileRows)
	raceRead(hprev)
	raceWrite(h)
	raceWrite(acc)
	s.impl.gru(h, hprev, acc)
}

// Blend is the last step of a GRU: h[i] = fma(z[i], hprev[i]-n[i], n[i]).
func (s *Set) Blend(h, z, hprev, n []float32) {
	z, hprev, n = prefix(z, len(h)), prefix(hprev, len(h)), prefix(n, len(h))
	raceRead(z)
	raceRead(hprev)
	raceRead(n)
	raceWrite(h)
	s.impl.blend(h, z, hprev, n)
}

// Mul sets dst[i] = a[i]*b[i].
func (s *Set) Mul(dst, a, b []float32) {
	a, b = prefix(a, len(dst)), prefix(b, len(dst))
	raceRead(a)
	raceRead(b)
	raceWrite(dst)
	s.impl.mul(dst, a, b)
}

// Max sets dst[i] to the greater of a[i] and b[i]; of equals, which two zeros are, to
// a[i]. NaN stays NaN. dst may be one of them.
func (s *Set) Max(dst, a, b []float32) {
	a, b = prefix(a, len(dst)), prefix(b, len(dst))
	raceRead(a)
	raceRead(b)
	raceWrite(dst)
	if s.impl.max == nil {
		generic.Max(dst, a, b)
		return
	}
	s.impl.max(dst, a, b)
}

// MulAdd sets dst[i] = fma(a[i], b[i], c[i]). dst may be one of them.
func (s *Set) MulAdd(dst, a, b, c []float32) {
	a, b, c = prefix(a, len(dst)), prefix(b, len(dst)), prefix(c, len(dst))
	raceRead(a)
	raceRead(b)
	raceRead(c)
	raceWrite(dst)
	s.impl.mulAdd(dst, a, b, c)
}
