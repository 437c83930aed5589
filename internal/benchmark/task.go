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
	// Before, if not nil, is called before every sample, outside the measured time. Each
	// sample then does the work once.
	Before func()
	// Like, if not nil, is a task whose samples have the same length as those of this
	// one. It must be measured in the same call, and come before this task.
	Like *Task

	batch   int       // repetitions of the work per sample
	samples []float64 // ns per repetition
	sorted  bool
}

const (
	// leastSample is the least duration of a sample of Run, so that reading the clock
	// (some 40 ns) does not matter.
	leastSample = 2 * time.Microsecond
	// leastReadings is the least duration of a sample of Alternate, in multiples of the
	// time of reading the clock.
	leastReadings = 10
	// mostBatch bounds the repetitions per sample, for work that takes almost no time.
	mostBatch = 1 << 20
	// blockTime is the time for which one task is measured before the next: much longer
	// than warming the caches takes, and much shorter than changes of the machine's
	// speed.
	blockTime = 5 * time.Millisecond
	// warmUp is the inverse of the fraction of a block that is not measured; at least
	// leastWarmUp samples are not.
	warmUp      = 5
	leastWarmUp = 2
	// leastSamples is the least number of samples in a block.
	leastSamples = 5
)

// Run measures tasks in turn, each for the time each in all, and for at least one block.
// It stays on one thread.
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

// Alternate measures a task by doing its work n times, or slightly more often. After each
// sample it takes a sample of another task, so both have an equal share of whatever
// happens meanwhile. If doing the work once takes long enough to be timed, it is a
// sample. Alternate stays on one thread.
func Alternate(n int, task, other *Task) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	least := leastReadings * readingTime()
	task.calibrate(least)
	other.calibrate(least)
	n = (n + task.batch - 1) / task.batch
	for _, t := range []*Task{task, other} {
		t.reserve(n)
		// The system provides memory when it is first written to, and clears it through
		// the caches. This must not happen while samples are taken.
		clear(t.samples[:n])
	}
	cost := settle()
	task.warm()
	for range n {
		task.sample(cost)
		other.sample(cost)
	}
}

// settle runs the garbage collector, so that it does not run during the measurement, and
// returns the overhead of a sample.
func settle() time.Duration {
	runtime.GC()
	return clockCost()
}

// reserve makes room for n samples.
func (t *Task) reserve(n int) {
	t.samples = make([]float64, 0, n)
	t.sorted = false
}

// calibrate sets the number of repetitions per sample.
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

// quickest returns the shortest time of n samples, or of fewer if they take as long as a
// block.
func (t *Task) quickest(n int) time.Duration {
	least := t.time()
	for start := time.Now(); n > 1 && time.Since(start) < blockTime; n-- {
		least = min(least, t.time())
	}
	return least
}

// time takes a sample and returns its duration.
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

// sample takes a sample and records it. cost is the overhead of reading the clock, which
// it subtracts.
func (t *Task) sample(cost time.Duration) {
	ns := max(t.time()-cost, 0).Nanoseconds()
	t.samples = append(t.samples, float64(ns)/float64(t.batch))
}

// Batch returns the number of repetitions of the work per sample. Samples, and so
// percentiles, are means over that many repetitions.
func (t *Task) Batch() int { return t.batch }

// Samples returns the number of samples.
func (t *Task) Samples() int { return len(t.samples) }

// Late returns the number of samples that took more than that many ns. A sample with
// several repetitions is late if all of them together took longer.
func (t *Task) Late(ns float64) int {
	late := 0
	for _, v := range t.samples {
		if v*float64(t.batch) > ns {
			late++
		}
	}
	return late
}

// Percentile returns the time in ns, per repetition, that p percent of the samples do not
// exceed (nearest rank). Without samples it is NaN.
func (t *Task) Percentile(p float64) float64 {
	s := t.inOrder()
	if len(s) == 0 {
		return math.NaN()
	}
	return s[min(max(rank(p, len(s))-1, 0), len(s)-1)]
}

// rank returns p percent of n, rounded up.
func rank(p float64, n int) int { return int(math.Ceil(p / 100 * float64(n))) }

// inOrder returns the samples in ascending order.
func (t *Task) inOrder() []float64 {
	if !t.sorted {
		slices.Sort(t.samples)
		t.sorted = true
	}
	return t.samples
}

// clockCost returns the overhead of a sample: the time between two readings of the clock.
func clockCost() time.Duration {
	least := time.Duration(math.MaxInt64)
	for range 1000 {
		start := time.Now()
		least = min(least, time.Since(start))
	}
	return least
}

// readingTime returns the time of reading the clock.
func readingTime() time.Duration {
	const times = 1000
	start := time.Now()
	for range times {
		_ = time.Since(start)
	}
	return time.Since(start) / times
}
