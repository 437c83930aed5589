package hostile

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// Limit is how much memory reading a file may take beside the file itself: four times
// its size, and a constant.
func Limit(size int) uint64 { return 4*uint64(size) + 16<<20 }

// RequireMemory fails the test if read, which may be called twice, has more bytes
// allocated at one time than limit.
func RequireMemory(tb testing.TB, limit uint64, read func()) {
	tb.Helper()
	// What was allocated in all is an upper bound that costs little to know.
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read()
	runtime.ReadMemStats(&after)
	if after.TotalAlloc-before.TotalAlloc <= limit {
		return
	}
	if got := Peak(read); got > limit {
		tb.Fatalf("reading takes %d kB of memory, where at most %d kB are due", got>>10, limit>>10)
	}
}

// Peak returns how many more bytes were allocated at one time while f ran than before.
// The collector runs often meanwhile, so that little of that is garbage.
func Peak(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	before := allocated()
	peak := before
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-done:
				return
			case <-time.After(50 * time.Microsecond):
				peak = max(peak, allocated())
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return max(peak, allocated()) - min(before, peak)
}

// allocated returns the bytes of all objects of the heap.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
