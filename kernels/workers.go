package kernels

import (
	"runtime"
	"sync/atomic"
	"time"
)

// WithThreads returns the set, with up to n threads for each large product: the
// caller's, and those of n-1 workers. A product is large if it reads at least least
// bytes of weights, counted once per multiplication: see [WorthSharing]. The bits
// depend on neither argument. If n is below 2, or the program has no threads, as in
// WebAssembly, it is the set itself.
//
// Workers belong to the set that WithThreads returns. While they work for one caller,
// others do their products alone. A worker without work for a few dozen microseconds
// ends, and the next large product starts it again, so nothing needs closing.
func (s *Set) WithThreads(n, least int) *Set {
	if n < 2 || runtime.GOARCH == "wasm" {
		return s
	}
	with := *s
	with.workers = newWorkers(min(n, maxThreads), least)
	return &with
}

// Threads returns the number of threads of [Set.WithThreads], or 1.
func (s *Set) Threads() int {
	if s.workers == nil {
		return 1
	}
	return len(s.workers.threads)
}

// WorthSharing is the number of bytes of weights from which on a product gains from more
// threads. On two cores of a Zen 3, two threads take 1.0 times the time of one for a step
// that reads 82 KiB, 0.86 for 196 KiB, 0.65 for 393 KiB, and 0.5 or less for 8 MiB. One
// core multiplies 128 KiB in about 1.5 µs.
const WorthSharing = 128 << 10

const (
	maxThreads = 256

	// partsOfThread is the number of parts of a thread's work: a thread that is
	// done early, or starts before another one, takes some of the others' parts.
	partsOfThread = 4

	// spinning is how long a worker without work waits before it ends. Starting it
	// again takes about as long, so it never waits for much longer than it gains.
	spinning = 50 * time.Microsecond

	// looks is how often a thread looks for work, or for the end of others' work,
	// before it checks the time or lets other goroutines run: about 0.1 µs.
	looks = 200

	// A caller spins for this many rounds of looks, and yields for ten times as many,
	// before it sleeps.
	rounds = 500
)

// A task is work in parts, which threads do in any order and at once. thread tells
// which thread does a part: no other one has its number meanwhile.
type task interface{ part(i, thread int) }

// workers are the threads of a set. The caller of do is thread 0.
type workers struct {
	busy    atomic.Bool  // a caller is in do
	left    atomic.Int32 // parts that are not done
	task    task         // only threads that have claimed a part read it and what it refers to
	threads []thread
	least   int // bytes of weights that are worth handing over

	calls
}

// calls are the tasks that are neither a stream nor a batch; at most one runs at
// a time. They are stored here so that handing one over allocates nothing.
type calls struct {
	product productTask
	weights weightsTask
	int8    int8Task
	many    int8ProductTask
}

// A thread has a range of the parts, from which it claims one after the other; other
// threads claim from it once theirs is empty. Unless it is late, the same thread
// therefore reads the same weights at every step.
type thread struct {
	parts   atomic.Uint64 // those that nobody has claimed: see parts
	running atomic.Bool
	sums    [TileRows]float32
	run     func()
	_       [96]byte // so that threads do not share a cache line
}

func newWorkers(n, least int) *workers {
	w := &workers{least: least, threads: make([]thread, n)}
	for i := range w.threads {
		w.threads[i].run = func() { w.work(i) }
	}
	return w
}

// divide returns the number of parts for work on that many tiles, which reads that
// many bytes of weights for each vector; 1: sharing it is not worthwhile.
func (w *workers) divide(tiles, bytes, vectors int) int {
	if w == nil || tiles < 2 || bytes < (w.least+vectors-1)/vectors { // the product may overflow
		return 1
	}
	return min(tiles, len(w.threads)*partsOfThread)
}

// take reports whether the caller has the workers to itself until it calls do.
func (w *workers) take() bool { return w.busy.CompareAndSwap(false, true) }

// do does a task of n parts, and gives the workers back. reverse takes the last parts
// first.
func (w *workers) do(t task, n int, reverse bool) {
	w.task = t
	w.left.Store(int32(n))
	count := len(w.threads)
	for i := range w.threads {
		w.threads[i].parts.Store(parts(n*i/count, n*(i+1)/count, reverse))
	}
	w.start()
	w.claim(0)
	w.wait()
	w.task, w.calls = nil, calls{} // they refer to memory of the caller's
	w.busy.Store(false)
}

// start starts the workers that have ended, if there are processors for them.
func (w *workers) start() {
	processors := 0
	for i := 1; i < len(w.threads); i++ {
		t := &w.threads[i]
		if t.running.Load() {
			continue
		}
		if processors == 0 {
			processors = runtime.GOMAXPROCS(0)
		}
		if i >= processors {
			return
		}
		t.running.Store(true)
		go t.run()
	}
}

// work is a worker. It does not yield meanwhile: the scheduler might then queue it behind
// the caller, on the caller's processor, until the caller is preempted.
func (w *workers) work(i int) {
	t := &w.threads[i]
	since := time.Now()
	for {
		for range looks {
			if !empty(t.parts.Load()) {
				w.claim(i)
				since = time.Now()
			}
		}
		if time.Since(since) > spinning {
			t.running.Store(false)
			return
		}
	}
}

// claim does parts until none is left: first those of thread i.
func (w *workers) claim(i int) {
	for k := range w.threads {
		from := &w.threads[(i+k)%len(w.threads)].parts
		for {
			part, ok := next(from)
			if !ok {
				break
			}
			w.task.part(part, i)
			w.left.Add(-1)
		}
	}
}

// wait returns once all parts are done. It does not spin for ever, since a thread
// that the system has suspended may take long.
func (w *workers) wait() {
	for k := 0; ; k++ {
		for range looks {
			if w.left.Load() == 0 {
				return
			}
		}
		switch {
		case k > 11*rounds:
			time.Sleep(spinning)
		case k > rounds:
			runtime.Gosched()
		}
	}
}

// parts returns the range [first, end), of which the last ones are claimed first if
// reverse, as a number.
func parts(first, end int, reverse bool) uint64 {
	p := uint64(first)<<24 | uint64(end)
	if reverse {
		p |= reversed
	}
	return p
}

const (
	reversed = 1 << 63
	partMask = 1<<24 - 1
)

func empty(p uint64) bool { return p>>24&partMask >= p&partMask }

// next claims a part of a range. The claimed part belongs to the current task, even if
// it was another task's when the caller looked: the range alone identifies the work.
func next(from *atomic.Uint64) (part int, ok bool) {
	for {
		p := from.Load()
		switch {
		case empty(p):
			return 0, false
		case p&reversed != 0:
			if from.CompareAndSwap(p, p-1) {
				return int(p&partMask) - 1, true
			}
		case from.CompareAndSwap(p, p+1<<24):
			return int(p >> 24 & partMask), true
		}
	}
}
