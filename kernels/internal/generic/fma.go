// Package generic is the reference for every kernel: canonical arithmetic in
// pure Go. The other sets implement the same functions and give the same bits.
package generic

import "math"

// FMA returns x*y + z, rounded once to float32.
//
// The product of two float32 is exact in float64, and so only the sum is
// rounded on the way: once to float64 and once more to float32. That differs
// from rounding once only if the sum is [doubtful].
func FMA(x, y, z float32) float32 {
	p := float64(x) * float64(y)
	s := p + float64(z)
	if doubtful(s) {
		s = oddSum(p, float64(z))
	}
	return float32(s)
}

// doubtful reports whether s, a rounded sum, may be the midpoint of two float32:
// the second rounding then needs what the first one lost. The midpoints have the
// lowest 29 bits 1000…0, and below 2^-126, since float32 has fewer bits there,
// they are elsewhere. A sum of 0 is exact, so silence, whose sums are all 0, is
// as fast as a signal.
func doubtful(s float64) bool {
	b := math.Float64bits(s)
	return b<<35 == 1<<63 || b<<1 < 0x702<<52 && b<<1 != 0
}

// oddSum returns p + z rounded to odd: if the sum is not exact, it is the one
// of the two nearest float64 with an odd last bit. Rounding that to float32
// gives the bits of rounding once (Boldo & Melquiond, "Emulation of a FMA and
// correctly rounded sums: proved algorithms using rounding to odd", 2008).
func oddSum(p, z float64) float64 {
	s := p + z
	b := math.Float64bits(s)
	// Knuth's two-sum: e is what the rounding of s lost.
	t := s - p
	e := (p - (s - t)) + (z - t)
	if e == 0 || b&1 == 1 {
		return s
	}
	if (e > 0) == (s > 0) { // or NaN, which stays one
		return math.Float64frombits(b + 1)
	}
	return math.Float64frombits(b - 1)
}
