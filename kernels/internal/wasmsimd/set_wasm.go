//go:build wasmsimd && !purego

package wasmsimd

import (
	"math"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// A Set is one of the two.
type Set int32

// The sets, by their numbers in the host's table.
const (
	RelaxedSIMD Set = iota
	SIMD128
)

// Supported reports whether the host has bound the set, and whether its multiply-add
// rounds once: f32x4.relaxed_madd need not.
func (s Set) Supported() bool { return available()>>s&1 != 0 && s.fuses() }

// fuses tries numbers whose sums differ if they are rounded twice, or once to float64 and
// then to float32, in each lane.
func (s Set) fuses() bool {
	const tiny = 1 + 0x1p-23
	products := [...][3]float32{
		{tiny, tiny, -1},
		{tiny, tiny, -tiny},
		{tiny, 1 - 0x1p-24, -1},
		{0x1p-75, 0x1p-75, 0x1p-126},
		{1 + 0x1p-15, 0x1p-24 * (1 - 0x1p-15), tiny}, // a midpoint of float32 except for the part that float64 loses
		{0x1.fffffep127, 2, -0x1.fffffep127},
	}
	for i := range products {
		var a, b, c, sum [4]float32
		for l := range sum {
			p := products[(i+l)%len(products)]
			a[l], b[l], c[l] = p[0], p[1], p[2]
		}
		mulAdd(s, &sum[0], &a[0], &b[0], &c[0], 1)
		for l := range sum {
			if math.Float32bits(sum[l]) != math.Float32bits(generic.FMA(a[l], b[l], c[l])) {
				return false
			}
		}
	}
	return true
}

// available returns the numbers of the sets that the host has bound, as bits.
//
//go:wasmimport rnnrun available
//go:noescape
func available() uint32

const (
	lanes    = 8
	tileRows = 32
	vector   = 4 // numbers of a vector of the kernels
)

// order returns the first of n tiles, and 1, or the last, and -1.
func order(n int, reverse bool) (first int, forward int32) {
	if reverse {
		return n - 1, -1
	}
	return 0, 1
}
