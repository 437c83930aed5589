package runtime

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
)

// sequences is a batch's memory for running sequences.
type sequences struct {
	order   []int // the sequences by length, the longest first
	steps   []int // of each sequence
	outputs [][]float32
	y       []float32
	at      []int // where the rows of each step begin, if all steps have rows
	session *Session
	goingOn []*Session // the session that each sequence continues from; nil: all start anew
}

func (q *sequences) bytes() int {
	n := sliceBytes(q.order) + sliceBytes(q.steps) + sliceBytes(q.outputs) + floatsBytes(cap(q.y)) + sliceBytes(q.at)
	if q.session != nil {
		n += q.session.Bytes()
	}
	return n
}

// Run reads the sequences xs, each [T][I] with its own T and from the start of a
// stream. It returns the outputs of each as [Session.Run] does: [T][O], or [O] if
// the model pools its steps. There may be more sequences than streams: Run reads
// those of similar length together. The model may be bidirectional.
//
// Afterwards all streams are active and at their start. In the steady state Run
// allocates nothing. The error is one of [Session.Run]'s, with the index of the
// sequence.
func (b *Batch) Run(xs [][]float32) ([][]float32, error) {
	m := b.model
	for i, x := range xs {
		if err := m.refuseNumbers(x); err != nil {
			return nil, inSequence(i, err)
		}
	}
	return b.run(len(xs), func(i int) int { return len(xs[i]) / m.numberWidth }, func(i int) ([]float32, []int32) { return xs[i], nil })
}

// RunTokens is [Batch.Run] for sequences of tokens. The error is one of
// [Session.RunTokens]'s, with the index of the sequence.
func (b *Batch) RunTokens(tokens [][]int32) ([][]float32, error) {
	m := b.model
	for i, t := range tokens {
		if err := m.refuseTokens(t); err != nil {
			return nil, inSequence(i, err)
		}
	}
	return b.run(len(tokens), func(i int) int { return len(tokens[i]) / m.tokenWidth }, func(i int) ([]float32, []int32) { return nil, tokens[i] })
}

func inSequence(i int, err error) error { return fmt.Errorf("sequence %d: %w", i, err) }

// run reads n sequences. steps(i) returns the length of sequence i, and input(i)
// its numbers and tokens.
func (b *Batch) run(n int, steps func(i int) int, input func(i int) ([]float32, []int32)) ([][]float32, error) {
	m, q := b.model, &b.runs
	if m.closed.Load() {
		return nil, ErrClosed
	}
	if err := q.begin(m, n, steps); err != nil {
		return nil, err
	}
	if b.readsApart() {
		return b.runSessions(input)
	}
	for first := 0; first < n; first += b.streams {
		b.runBlock(q.order[first:min(first+b.streams, n)], input)
	}
	if b.active = b.streams; q.goingOn == nil {
		b.restart(b.streams)
	}
	runtime.KeepAlive(b)
	return q.outputs, nil
}

// readsApart reports whether sequences are read one by one, because an op needs each
// sequence as a whole, or an op with weights steps stream by stream.
func (b *Batch) readsApart() bool {
	m := b.model
	return b.apart || m.description.Graph != nil && (!m.streaming || len(m.plan.later) > 0)
}

// begin sorts n sequences by length, and makes room for their outputs.
func (q *sequences) begin(m *Model, n int, steps func(i int) int) error {
	q.order, q.steps, q.outputs = q.order[:0], q.steps[:0], q.outputs[:0]
	total := 0
	for i := range n {
		t := steps(i)
		if t == 0 && m.plan.once && (q.goingOn == nil || !m.streaming || q.goingOn[i].steps == 0) {
			return inSequence(i, ErrNoSteps)
		}
		q.order, q.steps = append(q.order, i), append(q.steps, t)
		total = plus(total, m.outputsOf(t))
	}
	if total >= math.MaxInt/float32Bytes {
		return fmt.Errorf("%w: %s", ErrSequenceLength, message.Count(n, "sequence"))
	}
	if total > len(q.y) {
		q.y = floats(total)
	}
	rest := q.y
	for _, t := range q.steps {
		size := m.outputsOf(t)
		q.outputs, rest = append(q.outputs, rest[:size:size]), rest[size:]
	}
	slices.SortStableFunc(q.order, func(i, j int) int { return cmp.Compare(q.steps[j], q.steps[i]) })
	return nil
}

// outputsOf returns the number of outputs of a sequence with the given number
// of steps.
func (m *Model) outputsOf(steps int) int {
	if m.Pooled() {
		return m.outputSize
	}
	return times(steps, m.eachSize)
}

// restart returns all streams to their start, and makes the first n active, each in
// the row of its number.
func (b *Batch) restart(n int) {
	b.arrange(n)
	for row := range b.stream {
		b.resetRow(row)
	}
}

// arrange makes the first n streams active, each in the row of its number.
func (b *Batch) arrange(n int) {
	for row := range b.stream {
		if from := b.row[row]; from != row {
			b.swap(row, from)
		}
	}
	b.active = n
}

// runBlock reads sequences, the longest first, each in a stream. The sequences that
// still have a step are therefore in the first rows.
func (b *Batch) runBlock(list []int, input func(i int) ([]float32, []int32)) {
	if b.runs.goingOn == nil {
		b.restart(len(list))
	} else {
		b.enter(list)
	}
	b.atEnd = b.model.plan.once
	if b.model.streaming {
		b.runForward(list, input)
	} else {
		b.runLayers(list, input)
	}
	if b.atEnd {
		b.answerAll(list)
		b.atEnd = false
	}
	if b.runs.goingOn != nil {
		b.leave(list)
	}
}

// still returns how many of the sequences have a step t.
func (q *sequences) still(list []int, t int) int {
	n := len(list)
	for n > 0 && q.steps[list[n-1]] <= t {
		n--
	}
	return n
}

// runForward runs the sequences step by step.
func (b *Batch) runForward(list []int, input func(i int) ([]float32, []int32)) {
	m, q := b.model, &b.runs
	n := len(list)
	for t := 0; ; t++ {
		if n = q.still(list[:n], t); n == 0 {
			return
		}
		for row, i := range list[:n] {
			b.readStep(row, t, i, input)
		}
		b.stepBelow(n)
		if !m.plan.once {
			for _, s := range b.above {
				s.step(0, 0, n)
			}
		}
		if m.Pooled() {
			continue
		}
		for row, i := range list[:n] {
			b.writeStep(row, q.outputs[i][t*m.eachSize:][:m.eachSize])
		}
	}
}

// readStep copies step t of sequence i to a row.
func (b *Batch) readStep(row, t, i int, input func(i int) ([]float32, []int32)) {
	m := b.model
	xs, tokens := input(i)
	if xs != nil {
		xs = xs[t*m.numberWidth:][:m.numberWidth]
	}
	if tokens != nil {
		tokens = tokens[t*m.tokenWidth:][:m.tokenWidth]
	}
	b.read(row, xs, tokens)
}

// writeStep copies the per-step outputs of a row to y.
func (b *Batch) writeStep(row int, y []float32) {
	for i, v := range b.model.plan.results {
		if at := b.places[v]; b.model.plan.each[i] {
			y = y[copy(y, at.run.row(row, len(at.step))):]
		}
	}
}

// runLayers runs each op over all steps before the next op, as models that read
// backward need. The rows hold the first step of every sequence, then the second
// steps, and so on.
func (b *Batch) runLayers(list []int, input func(i int) ([]float32, []int32)) {
	m, q, p := b.model, &b.runs, b.model.plan
	q.at = q.at[:0]
	total, n := 0, len(list)
	for t := 0; ; t++ {
		q.at = append(q.at, total)
		if n = q.still(list[:n], t); n == 0 {
			break
		}
		total += n
	}
	if total > b.room {
		b.grow(total + total/8) // spare rows, so that a few more steps do not grow it again
	}
	for t := range len(q.at) - 1 {
		for row, i := range list[:q.at[t+1]-q.at[t]] {
			b.readStep(q.at[t]+row, t, i, input)
		}
	}
	for i, s := range b.below {
		b.runLayer(s, p.below[i].op)
	}
	if p.once {
		for row, i := range list {
			b.steps[row] = uint64(q.steps[i])
		}
		return
	}
	for _, s := range b.above {
		s.step(0, 0, total)
	}
	for t := range len(q.at) - 1 {
		for row, i := range list[:q.at[t+1]-q.at[t]] {
			b.writeStep(q.at[t]+row, q.outputs[i][t*m.eachSize:][:m.eachSize])
		}
	}
}

// runLayer runs an op over all steps: at once if it is stateless, and from the last
// step to the first if it reads backward. In that case longer sequences start before
// shorter ones.
func (b *Batch) runLayer(s batchStepper, o op) {
	at := b.runs.at
	steps := len(at) - 1
	if rowwise(o) {
		s.step(0, 0, at[steps])
		return
	}
	l, ok := o.(layerOp)
	for k := range steps {
		t := k
		if ok && l.shared().backward {
			t = steps - 1 - k
		}
		n := at[t+1] - at[t]
		for row := range n {
			b.steps[row] = uint64(t)
		}
		s.step(at[t], 0, n)
	}
}

// answerAll computes the outputs for whole sequences after their steps were
// read.
func (b *Batch) answerAll(list []int) {
	for row := range list {
		for _, s := range b.below {
			s.publish(row)
		}
	}
	for _, s := range b.above {
		s.step(0, 0, len(list))
	}
	if !b.model.Pooled() {
		return // Run returns the outputs of each step, which have been written
	}
	for row, i := range list {
		y := b.runs.outputs[i]
		for k, v := range b.model.plan.results {
			if at := b.places[v]; !b.model.plan.each[k] {
				y = y[copy(y, at.run.row(row, len(at.step))):]
			}
		}
	}
}

// runSessions reads the sequences one by one.
func (b *Batch) runSessions(input func(i int) ([]float32, []int32)) ([][]float32, error) {
	q := &b.runs
	for i, out := range q.outputs {
		s := b.session()
		if q.goingOn != nil {
			s = q.goingOn[i]
		} else {
			s.Reset()
		}
		xs, tokens := input(i)
		y, err := s.run(xs, tokens, q.steps[i])
		if err != nil {
			return nil, inSequence(i, err)
		}
		copy(out, y)
	}
	return q.outputs, nil
}
