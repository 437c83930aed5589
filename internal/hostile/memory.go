package hostile

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// Limit is the most memory that reading a file may take in addition to the file itself:
// four times its size, and a constant.
func Limit(size int) uint64 { return 4*uint64(size) + 16<<20 }

// RequireMemory fails the test if read needs more than limit bytes of memory at one time.
// It may call read several times: the peak includes garbage that has not been collected
// yet, more on a busy machine, so the smallest of several measurements counts, with
// increasingly frequent garbage collections.
func RequireMemory(tb testing.TB, limit uint64, read func()) {
	tb.Helper()
	// The total of all allocations is an upper bound that is cheap to measure.
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

// peak returns the greatest increase of the memory in use while f ran, as found at the
// end of garbage collections. They begin whenever the memory in use has grown by percent.
// Memory allocated during a collection counts as in use, so the result is an upper bound.
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

// live returns the bytes of live objects found by the last garbage collection.
func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
