package format

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAMappingIsReleasedWithTheLastCopyOfItsModel(t *testing.T) {
	released := make(chan struct{})
	file := &File{Model: &Model{Decoder: new(Model)}, Data: make([]byte, 1), unmap: func() error { close(released); return nil }}
	m := file.Detach()
	require.NoError(t, file.Close(), "the model owns the memory")
	decoder, encoder := m.Decoder, *m
	encoder.Decoder = nil
	m = nil
	isReleased := func(wait time.Duration) bool {
		runtime.GC()
		select {
		case <-released:
			return true
		case <-time.After(wait):
			return false
		}
	}
	require.False(t, isReleased(10*time.Millisecond))
	runtime.KeepAlive(decoder)
	require.False(t, isReleased(10*time.Millisecond))
	runtime.KeepAlive(&encoder)
	require.Eventually(t, func() bool { return isReleased(0) }, time.Minute, time.Millisecond)
}
