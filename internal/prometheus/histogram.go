package prometheus

import (
	"sync/atomic"
	"time"
)

// bounds are the greatest times of a histogram's buckets: 1 µs to 10 s, two a decade.
var bounds = [...]time.Duration{
	1 * time.Microsecond, 3 * time.Microsecond, 10 * time.Microsecond, 30 * time.Microsecond,
	100 * time.Microsecond, 300 * time.Microsecond, 1 * time.Millisecond, 3 * time.Millisecond,
	10 * time.Millisecond, 30 * time.Millisecond, 100 * time.Millisecond, 300 * time.Millisecond,
	1 * time.Second, 3 * time.Second, 10 * time.Second,
}

// A Histogram counts events by how long they took. The zero value has none. It may be
// used by many goroutines at once.
type Histogram struct {
	buckets [len(bounds) + 1]atomic.Uint64
	sum     atomic.Uint64 // nanoseconds
}

// Observe counts n events that took a time together, each as long as another.
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
