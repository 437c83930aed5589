package main

import (
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/rnnrun/rnnrun/internal/ports"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

const (
	batchStreams = 64 // most streams that are run together
	batchShare   = 16 // streams that one core runs before it shares them with another
	batchSteps   = 32 // steps of a stream before streams that have arrived meanwhile join

	// If a stream arrives this soon after the steps of another, more may be on their way.
	batchRush = 200 * time.Microsecond
)

// A batcher runs the steps of many streams. It runs streams that wait at the same time as
// one batch, which is faster. It never delays a stream: if a core is free, a stream runs
// its steps at once, together with the streams whose lines have already arrived.
type batcher struct {
	model *rnn.Model
	cores int
	mu    sync.Mutex // guards the fields below
	// waiting are the streams whose steps no joint runs yet.
	waiting []*batched
	busy    int // joints in use
	idle    []*joint
	last    *batched  // the stream that arrived last
	latest  time.Time // when a stream last arrived or finished its steps
}

// newBatcher returns a batcher of a model, or nil if batches are not faster.
func newBatcher(m *rnn.Model) *batcher {
	if !m.Streamable() || !m.GainsFromBatch() {
		return nil
	}
	return &batcher{model: m, cores: runtime.GOMAXPROCS(0)}
}

// A batched is a stream whose steps a batcher runs.
type batched struct {
	session *rnn.Session
	alone   runFunc
	rest    []float32 // steps to run
	ys      []float32
	err     error
	// wake receives a joint, including this stream, that the stream must run, or nil when its
	// own steps are done.
	wake chan *joint
}

// A joint is a set of streams that are run together, in the goroutine of one of them.
type joint struct {
	streams  []*batched
	batch    *rnn.Batch
	sessions []*rnn.Session
	xs       [][]float32
	tokens   [][]int32
}

// runOf returns a function that runs the steps of a session.
func (b *batcher) runOf(s *rnn.Session) runFunc {
	if b == nil {
		return runOf(s)
	}
	w := &batched{session: s, alone: runOf(s), wake: make(chan *joint, 1)}
	return func(xs []float32) ([]float32, error) { return b.run(w, xs) }
}

func (b *batcher) run(w *batched, xs []float32) ([]float32, error) {
	if len(xs) == 0 {
		return w.alone(xs)
	}
	now := time.Now()
	b.mu.Lock()
	j := b.free()
	rush := b.last != w && now.Sub(b.latest) < batchRush
	b.last, b.latest = w, now
	if j != nil && !rush && len(b.waiting) == 0 && len(xs) <= batchSteps*inputWidth(b.model) {
		b.mu.Unlock()
		defer func() {
			b.mu.Lock()
			b.pass(j)
			b.mu.Unlock()
		}()
		return w.alone(xs)
	}
	w.rest, w.ys, w.err = xs, w.ys[:0], nil
	b.waiting = append(b.waiting, w)
	b.mu.Unlock()
	if j != nil {
		if rush {
			runtime.Gosched() // let streams whose lines have arrived join
		}
		b.lead(j)
	}
	for {
		if j = <-w.wake; j == nil {
			return w.ys, w.err
		}
		b.lead(j)
	}
}

// free returns a joint without streams, or nil if all cores are busy.
func (b *batcher) free() *joint {
	if b.busy == b.cores {
		return nil
	}
	b.busy++
	if n := len(b.idle); n > 0 {
		j := b.idle[n-1]
		b.idle = b.idle[:n-1]
		return j
	}
	return new(joint)
}

// fill adds waiting streams to a joint.
func (b *batcher) fill(j *joint) {
	share := max(batchShare, (len(b.waiting)+b.cores-b.busy)/(b.cores-b.busy+1))
	n := max(0, min(len(b.waiting), share-len(j.streams), batchStreams-len(j.streams)))
	j.streams = append(j.streams, b.waiting[:n]...)
	b.waiting = slices.Delete(b.waiting, 0, n)
}

// pass makes one of the waiting streams lead a joint, if any waits.
func (b *batcher) pass(j *joint) {
	b.latest = time.Now()
	if b.fill(j); len(j.streams) > 0 {
		j.streams[0].wake <- j // does not block: a stream is in only one joint
		return
	}
	b.busy--
	b.idle = append(b.idle, j)
}

// lead runs steps of the streams of a joint, wakes those that are done, and passes the
// joint on.
func (b *batcher) lead(j *joint) {
	b.mu.Lock()
	if b.fill(j); len(b.waiting) > 0 {
		if other := b.free(); other != nil {
			b.pass(other)
		}
	}
	b.mu.Unlock()
	j.step(b.model)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range j.streams {
		if len(w.rest) > 0 && w.err == nil {
			b.waiting = append(b.waiting, w)
		} else {
			w.wake <- nil
		}
	}
	clear(j.streams)
	j.streams = j.streams[:0]
	b.pass(j)
}

// step runs as many steps as every stream has, at least one if there are streams.
func (j *joint) step(m *rnn.Model) {
	if len(j.streams) == 0 {
		return
	}
	width := inputWidth(m)
	most := batchSteps * width
	for _, w := range j.streams {
		most = min(most, len(w.rest))
	}
	if w := j.streams[0]; len(j.streams) == 1 {
		ys, err := w.alone(w.rest[:most])
		w.made(most, ys, err)
		return
	}
	if j.batch == nil {
		j.batch = m.NewBatch(batchStreams)
		j.xs, j.tokens = make([][]float32, batchStreams), make([][]int32, batchStreams)
	}
	j.sessions = j.sessions[:0]
	for i, w := range j.streams {
		j.sessions = append(j.sessions, w.session)
		j.xs[i], j.tokens[i] = ports.Split(m.Inputs(), w.rest[:most], j.xs[i][:0], j.tokens[i][:0])
	}
	ys, err := j.batch.RunSessions(j.sessions, j.xs, j.tokens)
	for i, w := range j.streams {
		if err == nil {
			w.made(most, ys[i], nil)
		} else { // an error of one stream: no session has made a step
			y, err := w.alone(w.rest[:most])
			w.made(most, y, err)
		}
	}
}

// made records the outputs of steps that had that many numbers.
func (w *batched) made(n int, ys []float32, err error) {
	w.rest, w.err = w.rest[n:], err
	if w.session.Model().Pooled() {
		w.ys = w.ys[:0]
	}
	w.ys = append(w.ys, ys...)
}

// inputWidth returns the numbers and tokens in a step of a model.
func inputWidth(m *rnn.Model) (n int) {
	for _, in := range m.Inputs() {
		n += in.Frames * in.Channels
	}
	return n
}
