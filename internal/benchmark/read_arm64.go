//go:build !purego

package benchmark

// readNEON reads n bytes, a multiple of 256, in four streams, which is faster than one
// beyond the second-level cache. It sets each word of bits to the OR of the words in the
// same lane.
//
//go:noescape
func readNEON(bits *[4]uint32, data *float32, n int)

// readers returns the functions that read memory.
func readers() []reader {
	return []reader{func(data []float32) (bits uint32) {
		var lanes [4]uint32
		readNEON(&lanes, &data[0], 4*len(data))
		for _, lane := range lanes {
			bits |= lane
		}
		return bits
	}}
}
