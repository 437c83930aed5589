package prometheus

import (
	"sync/atomic"
	"time"
)

// bounds are the upper bounds of a histogram's buckets: 1 µs to 10 s, two per decade.
var bounds = [...]time.Duration{
	1 * time.Microsecond, 3 * time.Microsecond, 10 * time.Microsecond, 30 * time.Microsecond,
	100 * time.Microsecond, 300 * time.Microsecond, 1 * time.Millisecond, 3 * time.Millisecond,
	10 * time.Millisecond, 30 * time.Millisecond, 100 * time.Millisecond, 300 * time.Millisecond,
	1 * time.Second, 3 * time.Second, 10 * time.Second,
}

// A Histogram counts events by their duration. The zero value has no events. It is safe
// for concurrent use.
type Histogram struct {
	buckets [len(bounds) + 1]atomic.Uint64
	sum     atomic.Uint64 // nanoseconds
}

// Observe counts n events of equal duration, which together took the time total.
func (h *Histogram) Observe(total time.Duration, n int) {
	if n <= 0 {
		return
	}
	each := total / time.Duration(n)
	i := 0
	for i < len(bounds) && each > bounds[i] {
		i++
	}
	h.buckets[i].Add(uint64(n))
	h.sum.Add(uint64(max(total, 0)))
}
