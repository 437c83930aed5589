//go:build !purego

package rv64g

import (
	"unsafe"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// LinearInt8 is generic.LinearInt8.
func LinearInt8(dst, start []float32, w []int8, stride, rows, ntiles int, _ []int32, scale []float32, step float32, x []int8, reverse bool) {
	for t := range generic.Tiles(ntiles, reverse) {
		linearInt8(&dst[t*tileRows], &start[t*tileRows], unsafe.SliceData(w[t*stride:]), rows, &scale[t*rows], step, unsafe.SliceData(x), len(x)/4)
	}
}

// linearInt8 does the work of LinearInt8 for one tile.
//
//go:noescape
func linearInt8(dst, start *float32, w *int8, rows int, scale *float32, step float32, x *int8, groups int)
