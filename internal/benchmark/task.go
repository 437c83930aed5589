package benchmark

import (
	"math"
	"runtime"
	"slices"
	"time"
)

// A Task is work whose time is measured.
type Task struct {
	Do func(n int) // does the work n times
	// Before is called before every sample, outside of the time measured, and
	// makes every sample one of a single time. It may be nil.
	Before func()
	// Like makes samples as long as those of another task, which must be
	// measured in the same [Run] and stand before it. It may be nil.
	Like *Task

	batch   int       // how often the work is done for one sample
	samples []float64 // ns of doing it once
	sorted  bool
}

const (
	// leastSample is how long a sample takes at least, so that reading the
	// clock (some 40 ns) does not matter.
	leastSample = 2 * time.Microsecond
	// mostBatch bounds the batch of work that takes no time at all.
	mostBatch = 1 << 20
	// blockTime is how long one task is measured before the next: far longer
	// than it takes to warm the caches again, and far shorter than a change of
	// the machine's speed.
	blockTime = 5 * time.Millisecond
	// warmUp is the part of a block, 1/warmUp of its time, that is not
	// measured: at least leastWarmUp samples.
	warmUp      = 5
	leastWarmUp = 2
	// leastSamples is how many samples a block has at least.
	leastSamples = 5
)

// Run measures tasks in turn, each for that long in all, and at least for one
// block. It stays on one thread.
func Run(each time.Duration, tasks ...*Task) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cost := clockCost()
	for _, t := range tasks {
		t.calibrate(each)
	}
	runtime.GC() // what was left by preparing must not be collected meanwhile
	var spent time.Duration
	for first := true; first || spent < each*time.Duration(len(tasks)); first = false {
		start := time.Now()
		for _, t := range tasks {
			t.block(cost)
		}
		spent += time.Since(start)
	}
}

// calibrate sets the batch, and makes room for the samples of a time.
func (t *Task) calibrate(each time.Duration) {
	t.batch = 1
	least := leastSample
	if t.Like != nil {
		least = max(least, t.Like.quickest(5))
	}
	if t.Before == nil {
		for t.quickest(5) < least && t.batch < mostBatch {
			t.batch *= 2
		}
	}
	t.samples = make([]float64, 0, each/leastSample+leastSamples)
	t.sorted = false
}

// quickest returns the time of the quickest of n samples.
func (t *Task) quickest(n int) time.Duration {
	least := t.time()
	for range n - 1 {
		least = min(least, t.time())
	}
	return least
}

// time returns how long a sample takes.
func (t *Task) time() time.Duration {
	if t.Before != nil {
		t.Before()
	}
	start := time.Now()
	t.Do(t.batch)
	return time.Since(start)
}

func (t *Task) block(cost time.Duration) {
	if t.Before == nil {
		for start, n := time.Now(), 0; n < leastWarmUp || time.Since(start) < blockTime/warmUp; n++ {
			t.Do(t.batch)
		}
	}
	for start, n := time.Now(), 0; n < leastSamples || time.Since(start) < blockTime; n++ {
		if len(t.samples) == cap(t.samples) {
			return
		}
		ns := max(t.time()-cost, 0).Nanoseconds()
		t.samples = append(t.samples, float64(ns)/float64(t.batch))
	}
}

// Batch returns how often the work was done for one sample. A percentile is
// one of the means of so many.
func (t *Task) Batch() int { return t.batch }

// Samples returns how many samples there are.
func (t *Task) Samples() int { return len(t.samples) }

// Percentile returns the time of doing the work once that p of 100 samples do
// not exceed, in ns: the sample of the nearest rank. Without samples it is NaN.
func (t *Task) Percentile(p float64) float64 {
	if len(t.samples) == 0 {
		return math.NaN()
	}
	if !t.sorted {
		slices.Sort(t.samples)
		t.sorted = true
	}
	rank := int(math.Ceil(p / 100 * float64(len(t.samples))))
	return t.samples[min(max(rank-1, 0), len(t.samples)-1)]
}

// clockCost returns how long it takes to read the clock twice: what a sample
// takes besides its work.
func clockCost() time.Duration {
	least := time.Duration(math.MaxInt64)
	for range 1000 {
		start := time.Now()
		least = min(least, time.Since(start))
	}
	return least
}
