//go:build !purego

package neon

import "github.com/rnnrun/rnnrun/kernels/internal/generic"

// Widen is generic.Widen.
func Widen(dst []float32, src []uint16) {
	n := len(dst) &^ 7
	if n > 0 {
		widen(&dst[0], &src[0], n)
	}
	generic.Widen(dst[n:], src[n:])
}

// widen does the work of Widen for n numbers, a multiple of 8 and at least that.
//
//go:noescape
func widen(dst *float32, src *uint16, n int)
