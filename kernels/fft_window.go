package kernels

import (
	"math"

	"github.com/rnnrun/rnnrun/internal/roots"
)

// Cosines returns the window w[j] = a - (1-a) cos(2πj/period) of n numbers: Hann's for
// a = 0.5, and Hamming's for a = 0.54. The period is n, or n-1 for a symmetric window;
// if it is 0, the window is 1.
func Cosines(n, period int, a float64) []float64 {
	w := make([]float64, n)
	for j := range w {
		w[j] = 1
		if period > 0 {
			cos, _ := roots.Unity(j, period)
			w[j] = a - float64((1-a)*cos)
		}
	}
	return w
}

// SquareRoots sets each number of a window to its square root.
func SquareRoots(w []float64) {
	for j, v := range w {
		w[j] = math.Sqrt(max(v, 0))
	}
}
