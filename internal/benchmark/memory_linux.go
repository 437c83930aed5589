package benchmark

import (
	"syscall"
	"unsafe"
)

// hugePage is the size of a huge page on most processors.
const hugePage = 2 << 20

// Memory returns n numbers that start at the boundary of a huge page, and asks the system
// to use huge pages. They are kept until the program ends.
func Memory(n int) []float32 {
	b, err := syscall.Mmap(-1, 0, 4*n+hugePage, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return touch(make([]float32, n))
	}
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) % hugePage
	_ = syscall.Madvise(b, syscall.MADV_HUGEPAGE) // fails on systems without huge pages
	return touch(unsafe.Slice((*float32)(unsafe.Pointer(&b[skip])), n))
}
