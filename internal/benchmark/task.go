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
	// measured in the same call and stand before it. It may be nil.
	Like *Task

	batch   int       // how often the work is done for one sample
	samples []float64 // ns of doing it once
	sorted  bool
}

const (
	// leastSample is how long a sample of Run takes at least, so that reading
	// the clock (some 40 ns) does not matter.
	leastSample = 2 * time.Microsecond
	// leastReadings is how many times as long as reading the clock a sample of
	// Alternate takes at least.
	leastReadings = 10
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
	for _, t := range tasks {
		t.calibrate(leastSample)
		t.reserve(int(each/leastSample) + leastSamples)
	}
	cost := settle()
	var spent time.Duration
	for first := true; first || spent < each*time.Duration(len(tasks)); first = false {
		start := time.Now()
		for _, t := range tasks {
			t.block(cost)
		}
		spent += time.Since(start)
	}
}

// Alternate measures a task by doing its work n times, or a few times more, and
// takes a sample of another after each of its own: they have the same share of
// anything that happens meanwhile. If doing the work once is long enough to be
// timed, that is a sample. It stays on one thread.
func Alternate(n int, task, other *Task) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	least := leastReadings * readingTime()
	task.calibrate(least)
	other.calibrate(least)
	n = (n + task.batch - 1) / task.batch
	for _, t := range []*Task{task, other} {
		t.reserve(n)
		// The system gives memory when it is first written to, and clears it in
		// the caches: that must not happen meanwhile.
		clear(t.samples[:n])
	}
	cost := settle()
	task.warm()
	for range n {
		task.sample(cost)
		other.sample(cost)
	}
}

// settle collects what was left by preparing, so that it is not collected
// meanwhile, and returns what a sample takes besides its work.
func settle() time.Duration {
	runtime.GC()
	return clockCost()
}

// reserve makes room for n samples.
func (t *Task) reserve(n int) {
	t.samples = make([]float64, 0, n)
	t.sorted = false
}

// calibrate sets the batch.
func (t *Task) calibrate(least time.Duration) {
	t.batch = 1
	if t.Before != nil {
		return
	}
	if t.Like != nil {
		least = max(least, t.Like.quickest(5))
	}
	took := t.quickest(5)
	for took < least && t.batch < mostBatch {
		t.batch *= 2
		took = t.quickest(5)
	}
	if t.Like != nil {
		t.batch = max(int(float64(t.batch)*float64(least)/float64(took)+0.5), 1)
	}
}

// quickest returns the time of the quickest of n samples, or of fewer that take
// as long as a block.
func (t *Task) quickest(n int) time.Duration {
	least := t.time()
	for start := time.Now(); n > 1 && time.Since(start) < blockTime; n-- {
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
		t.warm()
	}
	for start, n := time.Now(), 0; n < leastSamples || time.Since(start) < blockTime; n++ {
		if len(t.samples) == cap(t.samples) {
			return
		}
		t.sample(cost)
	}
}

// warm does the work for a while.
func (t *Task) warm() {
	for start, n := time.Now(), 0; n < leastWarmUp || time.Since(start) < blockTime/warmUp; n++ {
		t.Do(t.batch)
	}
}

// sample takes a sample. Reading the clock costs time, too.
func (t *Task) sample(cost time.Duration) {
	ns := max(t.time()-cost, 0).Nanoseconds()
	t.samples = append(t.samples, float64(ns)/float64(t.batch))
}

// Batch returns how often the work was done for one sample. A percentile is
// one of the means of so many.
func (t *Task) Batch() int { return t.batch }

// Samples returns how many samples there are.
func (t *Task) Samples() int { return len(t.samples) }

// Late returns how many samples took longer than that many ns. A sample that did the
// work several times is late if all of them together took longer.
func (t *Task) Late(ns float64) int {
	late := 0
	for _, v := range t.samples {
		if v*float64(t.batch) > ns {
			late++
		}
	}
	return late
}

// Percentile returns the time of doing the work once, in ns, that p percent of
// the samples do not exceed: the sample of the nearest rank. Without samples it
// is NaN.
func (t *Task) Percentile(p float64) float64 {
	s := t.inOrder()
	if len(s) == 0 {
		return math.NaN()
	}
	return s[min(max(rank(p, len(s))-1, 0), len(s)-1)]
}

// rank returns how many of n samples p of 100 are, rounded up.
func rank(p float64, n int) int { return int(math.Ceil(p / 100 * float64(n))) }

// inOrder returns the samples, the least first.
func (t *Task) inOrder() []float64 {
	if !t.sorted {
		slices.Sort(t.samples)
		t.sorted = true
	}
	return t.samples
}

// clockCost returns what a sample takes besides its work: the time between two
// readings of the clock.
func clockCost() time.Duration {
	least := time.Duration(math.MaxInt64)
	for range 1000 {
		start := time.Now()
		least = min(least, time.Since(start))
	}
	return least
}

// readingTime returns how long it takes to read the clock.
func readingTime() time.Duration {
	const times = 1000
	start := time.Now()
	for range times {
		_ = time.Since(start)
	}
	return time.Since(start) / times
}
