package kernels_test

import (
	"flag"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

var guard = flag.Bool("guard", true, "put slices next to pages that must not be touched; turn it off under an "+
	"emulator that reads the whole vector where a mask asks for a part of it, as qemu 7.2 does")

// A region is memory between two pages that must not be touched, so that a
// kernel that reads or writes beyond a slice at its edge crashes.
type region struct{ floats []float32 }

// newRegion returns a region with room for n floats.
func newRegion(t *testing.T, n int) region {
	page := unix.Getpagesize()
	size := (4*n + page - 1) / page * page
	mem, err := unix.Mmap(-1, 0, size+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, unix.Munmap(mem)) })
	if *guard {
		require.NoError(t, unix.Mprotect(mem[:page], unix.PROT_NONE))
		require.NoError(t, unix.Mprotect(mem[page+size:], unix.PROT_NONE))
	}
	return region{unsafe.Slice((*float32)(unsafe.Pointer(&mem[page])), size/4)}
}
