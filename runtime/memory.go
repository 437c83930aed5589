package runtime

import "unsafe"

// alignment is the size of a cache line in bytes, so that no vector of the
// kernels crosses two.
const alignment = 64

// floats returns n zeros, aligned, with capacity n.
func floats(n int) []float32 {
	if n == 0 {
		return nil
	}
	const unit = 4
	s := make([]float32, n+alignment/unit-1)
	off := -uintptr(unsafe.Pointer(&s[0])) % alignment / unit
	return s[off:][:n:n]
}
