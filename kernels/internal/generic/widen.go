package generic

import "github.com/rnnrun/rnnrun/internal/binary16"

// Widen is kernels.Set.Widen.
func Widen(dst []float32, src []uint16) {
	for i := range dst {
		dst[i] = binary16.Value(src[i])
	}
}
