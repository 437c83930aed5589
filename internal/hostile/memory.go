package hostile

import (
	"math"
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
// a busy machine, so the least of several times counts, with cycles that follow closer.
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
	least := uint64(math.MaxUint64)
	for _, percent := range []int{20, 20, 10, 5, 3} {
		least = min(least, peak(percent, read))
		if least <= limit {
			return
		}
	}
	tb.Fatalf("reading takes %d kB of memory, want at most %d kB", least>>10, limit>>10)
}

// peak returns how many more bytes were in use at one time while f ran than before, as the
// collector found at the end of its cycles, which begin as soon as the bytes in use have
// grown by percent. What is allocated during a cycle counts as in use: no more than that.
func peak(percent int, f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(percent))
	runtime.GC()
	before := live()
	most := before
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-done:
				return
			case <-time.After(50 * time.Microsecond):
				most = max(most, live())
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return max(most, live()) - before
}

// live returns the bytes of the objects that the last cycle of the collector found in use.
func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
