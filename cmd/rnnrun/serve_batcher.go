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
	batchStreams = 64 // that make their steps together at most
	batchShare   = 16 // streams that one core steps before it shares them with another
	batchSteps   = 32 // of a stream, before others that have come meanwhile take part

	// If a stream comes as soon as this after the steps of another, more may have come.
	batchRush = 200 * time.Microsecond
)

// A batcher makes the steps of many streams: together for those that wait at the same
// time, which a batch does in a part of the time. It waits for nobody: a stream that
// finds a core free makes its steps at once, with those whose lines are in already.
type batcher struct {
	model *rnn.Model
	cores int
	mu    sync.Mutex // of all that follows
	// waiting are the streams whose steps nobody makes yet.
	waiting []*batched
	busy    int // joints in use
	idle    []*joint
	last    *batched  // the stream that came last
	latest  time.Time // when a stream came last, or had made its steps
}

// newBatcher returns a batcher of a model, or nil if its streams gain nothing from it.
func newBatcher(m *rnn.Model) *batcher {
	if !m.Streamable() || !m.GainsFromBatch() {
		return nil
	}
	return &batcher{model: m, cores: runtime.GOMAXPROCS(0)}
}

// A batched is a stream that makes its steps by a batcher.
type batched struct {
	session *rnn.Session
	alone   runFunc
	rest    []float32 // steps to make
	ys      []float32
	err     error
	// wake gets what the stream shall step, itself among it, or nil once its own steps
	// are made.
	wake chan *joint
}

// A joint is the streams that make their steps together, in the goroutine of one of them.
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
			runtime.Gosched() // streams whose lines are in come, too
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

// fill has waiting streams be of a joint.
func (b *batcher) fill(j *joint) {
	share := max(batchShare, (len(b.waiting)+b.cores-b.busy)/(b.cores-b.busy+1))
	n := max(0, min(len(b.waiting), share-len(j.streams), batchStreams-len(j.streams)))
	j.streams = append(j.streams, b.waiting[:n]...)
	b.waiting = slices.Delete(b.waiting, 0, n)
}

// pass has one of the waiting streams lead a joint, or nobody if none waits.
func (b *batcher) pass(j *joint) {
	b.latest = time.Now()
	if b.fill(j); len(j.streams) > 0 {
		j.streams[0].wake <- j // which has room: a stream is of one joint alone
		return
	}
	b.busy--
	b.idle = append(b.idle, j)
}

// lead makes steps of the streams of a joint, wakes those that have made all, and
// passes the joint on.
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

// step makes as many steps as each of the streams has, and one at least if there are
// streams.
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
		} else { // of one of them: no session has made a step
			y, err := w.alone(w.rest[:most])
			w.made(most, y, err)
		}
	}
}

// made takes the outputs of steps, of so many numbers.
func (w *batched) made(n int, ys []float32, err error) {
	w.rest, w.err = w.rest[n:], err
	if w.session.Model().Pooled() {
		w.ys = w.ys[:0]
	}
	w.ys = append(w.ys, ys...)
}

// inputWidth returns how many numbers and tokens a step of a model has.
func inputWidth(m *rnn.Model) (n int) {
	for _, in := range m.Inputs() {
		n += in.Frames * in.Channels
	}
	return n
}
