package kernels

import (
	"runtime"
	"sync/atomic"
	"time"
)

// WithThreads returns the set, with up to n threads for each large product: the
// caller's, and those of n-1 workers. A product is large if it takes least bytes of
// weights, each as often as it is multiplied: see [WorthSharing]. The bits depend on
// neither. If n is below 2, or the program has no threads, as in WebAssembly, it is the
// set itself.
//
// Workers belong to the set that WithThreads returns. While they work for one caller,
// others do their products alone. A worker that has had nothing to do for a few
// dozen microseconds ends, and the next large product starts it again. So nothing
// needs closing.
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

// WorthSharing is from how many bytes of weights on a product gains from more threads. On
// two cores of a Zen 3, two threads take 1.0 times the time of one for a step that reads
// 82 KiB, 0.86 for 196 KiB, 0.65 for 393 KiB, and 0.5 or less for 8 MiB. One core multiplies 128 KiB in about 1.5 µs.
const WorthSharing = 128 << 10

const (
	maxThreads = 256

	// partsOfThread is in how many parts the work of a thread is divided: a thread
	// that is done early, or that starts while another one is not there yet, takes
	// some of the others' parts.
	partsOfThread = 4

	// spinning is how long a worker without work waits before it ends. Starting it
	// again takes about as long, so it never waits for much longer than it gains.
	spinning = 50 * time.Microsecond

	// looks is how often a thread looks for work, or for the end of others' work,
	// before it looks at the time or lets other goroutines run: for about 0.1 µs.
	looks = 200

	// rounds of looks are how long a caller spins, and then ten times as many how long
	// it yields, before it sleeps.
	rounds = 500
)

// A task is work in parts, which threads do in any order and at once. thread tells
// which thread does a part: no other one has its number meanwhile.
type task interface{ part(i, thread int) }

// workers are the threads of a set. The caller of do is thread 0.
type workers struct {
	busy    atomic.Bool  // a caller is in do
	left    atomic.Int32 // parts that are not done
	task    task         // read by those who have claimed a part, and so is what it refers to
	threads []thread
	least   int // bytes of weights that are worth handing over

	calls
}

// calls are the tasks that are no stream and no batch, of which one is at hand at
// most. They stand here so that handing one over allocates nothing.
type calls struct {
	product productTask
	weights weightsTask
	int8    int8Task
	many    int8ProductTask
}

// A thread has a range of the parts, from which it claims one after the other, and
// others do once theirs is empty. So the same thread reads the same weights at every
// step, unless it is late.
type thread struct {
	parts   atomic.Uint64 // those that nobody has claimed: see parts
	running atomic.Bool
	sums    [TileRows]float32
	run     func()
	_       [96]byte // so that threads do not disturb each other in a line of the cache
}

func newWorkers(n, least int) *workers {
	w := &workers{least: least, threads: make([]thread, n)}
	for i := range w.threads {
		w.threads[i].run = func() { w.work(i) }
	}
	return w
}

// divide returns in how many parts to do work with so many tiles, which takes so many
// bytes of weights for each vector; 1: it is not worth handing over.
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

// wait returns once all parts are done. A thread that the system has stopped may take
// long, so it does not spin for ever.
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

// next claims a part of a range. What is claimed is a part of the current task, even if
// it was another one's when the caller looked: the range says all that a task does.
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
