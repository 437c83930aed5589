package format

import (
	"math"
	"runtime/debug"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMemoryOfALargeFile: it is aligned, and faults when somebody writes to it
// after it was filled.
func TestMemoryOfALargeFile(t *testing.T) {
	data, unmap, err := inMemory(hugeFile+12345, func(b []byte) error {
		require.Len(t, b, hugeFile+12345)
		b[0], b[len(b)-1] = 1, 2
		return nil
	})
	require.NoError(t, err)
	require.True(t, Aligned(data))
	require.Equal(t, []byte{1, 2}, []byte{data[0], data[len(data)-1]})
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	require.Panics(t, func() { data[0] = 3 })
	require.NoError(t, unmap())
}

func TestMoreMemoryThanThereIsGivesAnError(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("an address space of 32 bits may have room for as many bytes as an int can count")
	}
	_, unmap, err := inMemory(math.MaxInt-hugeFile, func([]byte) error { panic("there is no memory to fill") })
	require.ErrorIs(t, err, syscall.ENOMEM)
	require.Nil(t, unmap)
}
