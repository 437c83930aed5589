//go:build !purego

package benchmark

import (
	"slices"

	"rnnrun/kernels"
)

// readAVX2 reads n bytes, a multiple of 256, in four streams, which is faster
// than one beyond the second-level cache. It sets bits to those set in any of
// the words that stand in the same lane.
//
//go:noescape
func readAVX2(bits *[8]uint32, data *float32, n int)

// hasAVX2 is what kernels found out about this CPU.
var hasAVX2 = slices.ContainsFunc(kernels.Available(), func(s *kernels.Set) bool { return s.Name() == "avx2" })

// read reads data and returns the bits that are set in any of its words.
func read(data []float32) uint32 {
	fast := len(data) / readUnit * readUnit
	if !hasAVX2 || fast == 0 {
		return readWords(data)
	}
	var lanes [8]uint32
	readAVX2(&lanes, &data[0], 4*fast)
	bits := readWords(data[fast:])
	for _, lane := range lanes {
		bits |= lane
	}
	return bits
}
