//go:build !purego

package benchmark

import (
	"slices"

	"github.com/rnnrun/rnnrun/kernels"
)

// Both read n bytes, a multiple of 256, and set bits to those set in any of the
// words that stand in the same lane.
//
// readStreams reads four quarters side by side, which is fastest in the first
// cache and from the third on: more lines are on their way at once. readAhead
// reads one line after the other and asks for those to come, which is faster if
// the data is somewhat larger than the second cache.
//
//go:noescape
func readStreams(bits *[8]uint32, data *float32, n int)

//go:noescape
func readAhead(bits *[8]uint32, data *float32, n int)

// readers returns the ways to read memory.
func readers() []reader {
	avx2 := func(s *kernels.Set) bool { return s.Name() == "avx2" }
	if !slices.ContainsFunc(kernels.Available(), avx2) {
		return []reader{readWords}
	}
	return []reader{
		func(data []float32) uint32 {
			var lanes [8]uint32
			readStreams(&lanes, &data[0], 4*len(data))
			return join(&lanes)
		},
		func(data []float32) uint32 {
			var lanes [8]uint32
			readAhead(&lanes, &data[0], 4*len(data))
			return join(&lanes)
		},
	}
}

func join(lanes *[8]uint32) (bits uint32) {
	for _, lane := range lanes {
		bits |= lane
	}
	return bits
}
