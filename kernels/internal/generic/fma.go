// Package generic is the reference for every kernel: canonical arithmetic in
// pure Go. The other sets implement the same functions and give the same bits.
package generic

import "math"

// FMA returns x*y + z, rounded once to float32.
//
// The product of two float32 is exact in float64. Its float64 sum with z,
// rounded again to float32, is wrong only where the first rounding lands on
// the midpoint of two float32 without being exact. There the sum is rounded to
// odd instead (Boldo & Melquiond, "Emulation of FMA and correctly rounded
// sums", 2008): the discarded part then still decides the second rounding.
func FMA(x, y, z float32) float32 {
	p := float64(x) * float64(y)
	s := p + float64(z)
	b := math.Float64bits(s)
	// Low bits other than 1000…0 (29 of them) are no midpoint of normal
	// float32; below 2^-126 the midpoints lie elsewhere.
	if b&(1<<29-1) != 1<<28 && b&(1<<63-1) >= 0x3810000000000000 {
		return float32(s)
	}
	return fmaOdd(p, float64(z), s)
}

func fmaOdd(p, z, s float64) float32 {
	b := math.Float64bits(s)
	if b&(1<<63-1) >= 0x7ff0000000000000 {
		return float32(s) // Inf or NaN
	}
	// Knuth's two-sum: e is what the rounding of s lost.
	t := s - p
	e := (p - (s - t)) + (z - t)
	if e != 0 && b&1 == 0 {
		if (e > 0) == (s > 0) {
			b++
		} else {
			b--
		}
		s = math.Float64frombits(b)
	}
	return float32(s)
}
