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

// RequireMemory fails the test if read, which may be called several times, needs more bytes
// at one time than limit. What the collector has not come to yet counts among them, more on
// a busy machine, so the least of several times counts.
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
	least := Peak(read)
	for range 4 {
		if least <= limit {
			return
		}
		least = min(least, Peak(read))
	}
	if least > limit {
		tb.Fatalf("reading takes %d kB of memory, where at most %d kB are due", least>>10, limit>>10)
	}
}

// Peak returns how many more bytes were in use at one time while f ran than before, as the
// collector found at the end of its cycles, which follow closely meanwhile.
func Peak(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	before := live()
	peak := before
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-done:
				return
			case <-time.After(50 * time.Microsecond):
				peak = max(peak, live())
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return max(peak, live()) - before
}

// live returns the bytes of the objects that the last cycle of the collector found in use.
func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
