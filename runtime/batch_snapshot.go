package runtime

import (
	"encoding/binary"
	"math"
	"runtime"
)

// AppendState appends a snapshot of a stream to dst, in the form of
// [Session.AppendBinary]. The stream can continue in a session of the same model,
// in another batch, or later. The error is [ErrClosed] or [ErrBidirectional].
func (b *Batch) AppendState(dst []byte, stream int) ([]byte, error) {
	m := b.model
	switch {
	case m.closed.Load():
		return dst, ErrClosed
	case !m.streaming:
		return dst, ErrBidirectional
	}
	b.values = b.appendValues(b.values[:0], b.row[stream])
	dst = appendSnapshot(dst, m.fingerprint(), b.steps[stream], b.values)
	runtime.KeepAlive(b)
	return dst, nil
}

// SetState resumes a stream from a snapshot of [Batch.AppendState] or
// [Session.AppendBinary]. The error is [ErrClosed], [ErrBidirectional] or a
// [*SnapshotError]; the stream is then as it was.
func (b *Batch) SetState(stream int, snapshot []byte) error {
	m := b.model
	switch {
	case m.closed.Load():
		return ErrClosed
	case !m.streaming:
		return ErrBidirectional
	}
	row := b.row[stream]
	size := func(steps uint64) int {
		now := b.steps[stream]
		b.steps[stream] = steps
		b.values = b.appendValues(b.values[:0], row)
		b.steps[stream] = now
		return snapshotHeader + checksumSize + 4*len(b.values)
	}
	if err := checkStream(snapshot, m.fingerprint(), size); err != nil {
		return err
	}
	b.resetRow(row) // a snapshot of an earlier version may lack part of the state
	b.steps[stream] = binary.LittleEndian.Uint64(snapshot[16:])
	b.values = b.appendValues(b.values[:0], row)
	numbers := snapshot[snapshotHeader : len(snapshot)-checksumSize]
	for i := range min(len(b.values), len(numbers)/4) {
		b.values[i] = math.Float32frombits(binary.LittleEndian.Uint32(numbers[4*i:]))
	}
	b.setValues(row, b.values)
	if b.steps[stream] > 0 {
		b.answer(row) // for Logits and Output
	}
	runtime.KeepAlive(b)
	return nil
}

// appendValues appends the state of the stream in a row to dst.
func (b *Batch) appendValues(dst []float32, row int) []float32 {
	for _, s := range b.below {
		dst = s.appendState(dst, row)
	}
	return dst
}

// copyState copies the state of one stream to another.
func (b *Batch) copyState(to, from int) {
	b.values = b.appendValues(b.values[:0], b.row[from])
	b.steps[to] = b.steps[from]
	b.setValues(b.row[to], b.values)
}

// goOnFrom copies the state of a session of the model to a stream.
func (b *Batch) goOnFrom(stream int, s *Session) {
	b.values = b.values[:0]
	for _, state := range s.carried() {
		b.values = append(b.values, state...)
	}
	b.steps[stream] = s.steps
	b.setValues(b.row[stream], b.values)
}

// setValues sets the state of the stream in a row.
func (b *Batch) setValues(row int, values []float32) {
	for _, s := range b.below {
		values = s.setState(row, values)
	}
}
