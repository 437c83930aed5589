// Package roots computes roots of unity, with the same bits on every device.
package roots

import "math"

// Unity returns the cosine and the sine of 2πj/n, for 0 ≤ j ≤ n, with an error of at most
// 3e-16. (The result of math.Cos differs between devices.) The angle is reduced to 0 to
// π/4 in integers, and x = float64(t)/float64(n) * (π/4), where t is the reduced angle in
// units of 1/n:
//
//	cos x = 1 - x²/2! + x⁴/4! - … + x¹⁶/16!
//	sin x = x (1 - x²/3! + x⁴/5! - … + x¹⁶/17!)
//
// by Horner's scheme in x², with each operation rounded.
func Unity(j, n int) (cos, sin float64) {
	t := 8 * j
	negative, left, steep := t > 4*n, false, false
	if negative {
		t = 8*n - t
	}
	if left = t > 2*n; left {
		t = 4*n - t
	}
	if steep = t > n; steep {
		t = 2*n - t
	}
	x := float64(t) / float64(n) * (math.Pi / 4)
	square := x * x
	cos = horner(square, cosines[:])
	sin = x * horner(square, sines[:])
	if steep {
		cos, sin = sin, cos
	}
	if left {
		cos = -cos
	}
	if negative {
		sin = -sin
	}
	return cos, sin
}

// The coefficients of the two series, the highest order first.
var (
	cosines = [...]float64{1. / 20922789888000, -1. / 87178291200, 1. / 479001600, -1. / 3628800, 1. / 40320, -1. / 720, 1. / 24, -1. / 2, 1}
	sines   = [...]float64{1. / 355687428096000, -1. / 1307674368000, 1. / 6227020800, -1. / 39916800, 1. / 362880, -1. / 5040, 1. / 120, -1. / 6, 1}
)

func horner(x float64, coefficients []float64) float64 {
	sum := coefficients[0]
	for _, c := range coefficients[1:] {
		sum = float64(sum*x) + c
	}
	return sum
}
