package format

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// hugeFile is the size from which a file is read into huge pages, if the system
// gives them: weights that do not fit in the second-level cache are then read 15 to
// 25 % faster on many machines, as the addresses of 4 KiB pages do not all fit in the
// processor's table.
const hugeFile = 4 << 20

// inMemory returns that many bytes of aligned memory, which fill has filled. unmap
// releases it; nil: the garbage collector does.
//
// Memory from the system, unlike Go's, is refused by an error if there is too
// little, and cannot be written to afterwards.
func inMemory(size int, fill func([]byte) error) (data []byte, unmap func() error, err error) {
	const page = 2 << 20
	if size < hugeFile {
		data = makeAligned(size)
		return data, nil, fill(data)
	}
	region, err := syscall.Mmap(-1, 0, size+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil, nil, fmt.Errorf("memory for its %d bytes: %w", size, os.NewSyscallError("mmap", err))
	}
	unmap = func() error { return os.NewSyscallError("munmap", syscall.Munmap(region)) }
	data = region[-uintptr(unsafe.Pointer(&region[0]))%page:][:size:size]
	_ = syscall.Madvise(data, syscall.MADV_HUGEPAGE) // a system without huge pages gives ordinary ones
	if err := fill(data); err != nil {
		return nil, unmap, err
	}
	return data, unmap, os.NewSyscallError("mprotect", syscall.Mprotect(region, syscall.PROT_READ))
}
