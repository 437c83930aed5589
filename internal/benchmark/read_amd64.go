//go:build !purego

package benchmark

import (
	"slices"

	"github.com/rnnrun/rnnrun/kernels"
)

// Both functions read n bytes, a multiple of 256, and set each word of bits to the OR of
// the words in the same lane.
//
// readStreams reads four quarters side by side, which is fastest in the first-level cache
// and from the third level on: more cache lines are in flight at once. readAhead reads
// one line after the other and prefetches the following ones, which is faster if the data
// is somewhat larger than the second-level cache.
//
//go:noescape
func readStreams(bits *[8]uint32, data *float32, n int)

//go:noescape
func readAhead(bits *[8]uint32, data *float32, n int)

// readers returns the functions that read memory.
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
