//go:build purego || !(amd64 || arm64)

package benchmark

// read reads data and returns the bits that are set in any of its words.
func read(data []float32) uint32 { return readWords(data) }
