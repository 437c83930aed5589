//go:build purego || !(amd64 || arm64)

package benchmark

// readers returns the ways to read memory.
func readers() []reader { return []reader{readWords} }
