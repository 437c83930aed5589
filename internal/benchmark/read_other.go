//go:build purego || !(amd64 || arm64)

package benchmark

// readers returns the functions that read memory.
func readers() []reader { return []reader{readWords} }
