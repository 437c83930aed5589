//go:build !purego

package avx2

import "github.com/rnnrun/rnnrun/kernels/internal/generic"

// Widen is generic.Widen.
func Widen(dst []float32, src []uint16) {
	n := len(dst) &^ 7
	if n > 0 {
		widen(&dst[0], &src[0], n)
	}
	generic.Widen(dst[n:], src[n:])
}
