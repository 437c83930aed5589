//go:build !linux

package guarded

import (
	"testing"
	"unsafe"
)

// alignment is the alignment of a page, as far as tests rely on it.
const alignment = 64

// Pages returns n bytes of zeros at an aligned address. Only on Linux are they between
// protected pages.
func Pages(_ testing.TB, n int, _ bool) []byte {
	mem := make([]byte, n+alignment)
	start := int(-uintptr(unsafe.Pointer(unsafe.SliceData(mem))) % alignment)
	return mem[start:][:n:n]
}
