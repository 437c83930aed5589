//go:build !linux

package benchmark

// Memory returns n numbers.
func Memory(n int) []float32 { return touch(make([]float32, n)) }
