package guarded

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// Pages returns at least n bytes in whole pages of zeros, which are freed when the test
// ends. If guard is set, accessing the page before or after them crashes.
func Pages(tb testing.TB, n int, guard bool) []byte {
	page := unix.Getpagesize()
	size := (n + page - 1) / page * page
	mem, err := unix.Mmap(-1, 0, size+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, unix.Munmap(mem)) })
	if guard {
		require.NoError(tb, unix.Mprotect(mem[:page], unix.PROT_NONE))
		require.NoError(tb, unix.Mprotect(mem[page+size:], unix.PROT_NONE))
	}
	return mem[page:][:size:size]
}
