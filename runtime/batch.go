package runtime

import (
	"runtime"

	"github.com/rnnrun/rnnrun/format"
)

// A Batch steps many streams through a model together. It reads the weights once
// for all of them, so a step of a hundred streams takes a fraction of the time of
// a hundred session steps. Each stream gives the same bits as a [Session].
//
// Streams are numbered from 0. Each has its own state, and is active or inactive:
// a step skips inactive streams and keeps their states and outputs. All streams
// are active at first. A batch must not be used by two goroutines at once.
//
// Slices that its methods return are valid until the next call.
type Batch struct {
	model        *Model
	below, above []batchStepper // of the plan
	places       []place        // of the plan's values, with a row per stream
	streams      int
	room         int      // rows of the places
	row, stream  []int    // the row of each stream, and the stream of each row
	active       int      // number of active streams, which have the first rows
	steps        []uint64 // of each stream, since the start
	y            []float32
	scratch      []float32
	apart        bool // whether an op with weights steps stream by stream
	atEnd        bool // whether the outputs of sequences are wanted only when these have ended

	states [][]float32 // of one stepper
	values []float32   // the state of one stream
	moved  []place
	runs   sequences
}

// NewBatch returns a batch of the given number of streams, all active and at
// their start. It panics if streams is below 1.
func (m *Model) NewBatch(streams int) *Batch {
	if streams < 1 {
		panic("runtime: a batch without streams")
	}
	p := m.plan
	b := &Batch{
		model: m, streams: streams, active: streams,
		row: make([]int, streams), stream: make([]int, streams), steps: make([]uint64, streams),
		places: make([]place, len(p.values)),
		y:      floats(streams * m.outputSize),
	}
	for i := range streams {
		b.row[i], b.stream[i] = i, i
	}
	for i, v := range p.values {
		b.places[i].step = floats(room(v.width))[:v.width]
	}
	b.grow(streams)
	b.below, b.above = b.newSteppers(p.below), b.newSteppers(p.above)
	return b
}

// GainsFromBatch reports whether a [Batch] is likely to take less time than sessions
// one by one. Without AVX-512 VNNI, an int8 product already runs at a core's full
// speed for one stream, so a batch gains only if the weights exceed the caches. A
// graph gains nothing if an op with weights steps stream by stream, or needs the whole
// sequence.
func (m *Model) GainsFromBatch() bool {
	const cached = 1 << 20
	if b := m.NewBatch(1); b.readsApart() {
		return false
	}
	for _, l := range m.description.Layers {
		if l.Cell.Recurrent() && l.Directions[0].Gates.DType == format.DTypeInt8 {
			return m.kernels.Int8GainsFromBatch() || m.StepBytes() > cached
		}
	}
	return true
}

// grow makes room for the given number of rows.
func (b *Batch) grow(rooms int) {
	p := b.model.plan
	shared := make([][]float32, p.slots)
	for i, width := range p.widths() {
		shared[i] = floats(rooms * room(width))
	}
	for i, v := range p.values {
		at := &b.places[i]
		if at.run.stride = room(v.width); v.slot == own || v.stride > 0 {
			at.run.data = floats(rooms * at.run.stride)
		} else {
			at.run.data = shared[v.slot]
		}
		at.tokens = make([]int32, rooms*v.tokens)
	}
	acc := p.accumulators()
	b.scratch = floats(min(rooms*acc, max(scratchSize, scratchSteps*acc)))
	b.room = rooms
}

func (b *Batch) newSteppers(nodes []node) (list []batchStepper) {
	for _, n := range nodes {
		p := batchPorts{ports{offset: n.offset, steps: new(uint64)}, b}
		for _, v := range n.in {
			p.in = append(p.in, &b.places[v])
		}
		for _, v := range n.out {
			p.out = append(p.out, &b.places[v])
		}
		list = append(list, newBatchStepper(n.op, p))
	}
	return list
}

// Model returns the batch's model.
func (b *Batch) Model() *Model { return b.model }

// Streams returns the number of streams, active or not.
func (b *Batch) Streams() int { return b.streams }

// ActiveCount returns the number of active streams.
func (b *Batch) ActiveCount() int { return b.active }

// Active reports whether a stream is active.
func (b *Batch) Active(stream int) bool { return b.row[stream] < b.active }

// SetActive includes a stream in the following steps, or excludes it. A stream
// that becomes active continues from its state: see [Batch.Reset].
func (b *Batch) SetActive(stream int, active bool) {
	row := b.row[stream]
	switch {
	case active && row >= b.active:
		b.swap(row, b.active)
		b.active++
	case !active && row < b.active:
		b.active--
		b.swap(row, b.active)
	}
}

// swap exchanges the streams of two rows.
func (b *Batch) swap(i, j int) {
	if i == j {
		return
	}
	for _, list := range [...][]batchStepper{b.below, b.above} {
		for _, s := range list {
			s.swap(i, j)
		}
	}
	p := b.model.plan
	logits := b.places[p.logits]
	width := len(logits.step)
	swapNumbers(logits.run.row(i, width), logits.run.row(j, width))
	b.stream[i], b.stream[j] = b.stream[j], b.stream[i]
	b.row[b.stream[i]], b.row[b.stream[j]] = i, j
}

// Reset returns a stream to its start: to the model's initial states.
func (b *Batch) Reset(stream int) {
	b.resetRow(b.row[stream])
	runtime.KeepAlive(b)
}

func (b *Batch) resetRow(row int) {
	for _, s := range b.below {
		s.reset(row)
	}
	b.steps[b.stream[row]] = 0
}

// StepCount returns how many steps a stream has read since its start.
func (b *Batch) StepCount(stream int) uint64 { return b.steps[stream] }

// Output returns the outputs of a stream's last step: [O].
func (b *Batch) Output(stream int) []float32 {
	size := b.model.outputSize
	return b.y[stream*size:][:size:size]
}

// Logits returns the logits of a stream's last step, before the model's output
// function: [O]. It is nil at the start.
func (b *Batch) Logits(stream int) []float32 {
	if b.steps[stream] == 0 {
		return nil
	}
	logits := b.places[b.model.plan.logits]
	return logits.run.row(b.row[stream], len(logits.step))
}

// answer recomputes the outputs of a row after its state was set.
func (b *Batch) answer(row int) {
	for _, s := range b.below {
		s.publish(row)
	}
	for _, s := range b.above {
		s.step(row, row, 1)
	}
	b.gather(row)
}

// gather copies the outputs of a row to its stream's part of y.
func (b *Batch) gather(row int) {
	y := b.Output(b.stream[row])
	for _, v := range b.model.plan.results {
		at := b.places[v]
		y = y[copy(y, at.run.row(row, len(at.step))):]
	}
}

// Bytes returns the current size of the batch in bytes.
func (b *Batch) Bytes() int {
	n := sizeOf(b) + sliceBytes(b.places) + sliceBytes(b.below) + sliceBytes(b.above) + sliceBytes(b.row) + sliceBytes(b.stream) +
		sliceBytes(b.steps) + floatsBytes(len(b.y)) + floatsBytes(len(b.scratch)) + sliceBytes(b.states) + sliceBytes(b.values) + sliceBytes(b.moved)
	for _, width := range b.model.plan.widths() {
		n += floatsBytes(b.room * room(width))
	}
	for i, v := range b.model.plan.values {
		n += floatsBytes(room(v.width)) + sliceBytes(b.places[i].tokens)
		if v.slot == own || v.stride > 0 {
			n += floatsBytes(b.room * room(v.width))
		}
	}
	for _, list := range [...][]batchStepper{b.below, b.above} {
		for _, s := range list {
			n += s.bytes()
		}
	}
	return n + b.runs.bytes()
}
