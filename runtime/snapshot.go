package runtime

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"runtime"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A snapshot is little-endian:
//
//	 0  "RNNS"
//	 4  version, 1 (4 bytes)
//	 8  fingerprint of the model (8 bytes)
//	16  steps since the start (8 bytes)
//	24  float32: h of every layer below a pool, and c if it is an LSTM, without
//	    padding; then, for PoolMax and PoolMean, the features reduced so far;
//	    then, for PoolMean after more than 2^16 steps, the rounding errors of
//	    these, which snapshots of earlier versions do not have
//	 …  CRC-32C of all bytes before it (4 bytes)
const (
	snapshotMagic   = "RNNS"
	snapshotVersion = 1
	snapshotHeader  = 24
	checksumSize    = 4
)

// AppendBinary appends a snapshot of the session to b. A session of the same
// model that resumes from it continues with the same bits, on this device or
// another. It implements [encoding.BinaryAppender]. The error is [ErrClosed],
// or [ErrBidirectional], since a bidirectional model carries no state from call
// to call.
func (s *Session) AppendBinary(b []byte) ([]byte, error) {
	switch {
	case s.model.closed.Load():
		return b, ErrClosed
	case !s.model.streaming:
		return b, ErrBidirectional
	}
	b = appendSnapshot(b, s.model.fingerprint(), s.steps, s.carried()...)
	runtime.KeepAlive(s)
	return b, nil
}

func appendSnapshot(b []byte, fingerprint, steps uint64, carried ...[]float32) []byte {
	start := len(b)
	b = appendSnapshotHeader(b, snapshotMagic, fingerprint, steps)
	for _, state := range carried {
		for _, v := range state {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return binary.LittleEndian.AppendUint32(b, checksum(b[start:]))
}

func appendSnapshotHeader(b []byte, magic string, fingerprint, steps uint64) []byte {
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, snapshotVersion)
	b = binary.LittleEndian.AppendUint64(b, fingerprint)
	return binary.LittleEndian.AppendUint64(b, steps)
}

// MarshalBinary returns a snapshot of the session, as [Session.AppendBinary].
// It implements [encoding.BinaryMarshaler].
func (s *Session) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary resumes from a snapshot. It implements
// [encoding.BinaryUnmarshaler]. The error is [ErrClosed], [ErrBidirectional], or
// a [*SnapshotError] if the snapshot is damaged, has a later version, or belongs
// to another model. On an error the session is unchanged.
func (s *Session) UnmarshalBinary(b []byte) error {
	switch {
	case s.model.closed.Load():
		return ErrClosed
	case !s.model.streaming:
		return ErrBidirectional
	}
	if err := checkStream(b, s.model.fingerprint(), s.snapshotSize); err != nil {
		return err
	}
	s.Reset() // the padding too
	s.steps = binary.LittleEndian.Uint64(b[16:])
	b = b[snapshotHeader:]
	b = b[:len(b)-checksumSize]
	for _, state := range s.carried() {
		for i := range min(len(state), len(b)/4) {
			state[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		b = b[min(4*len(state), len(b)):]
	}
	if s.steps > 0 {
		s.answer() // for Logits
	}
	runtime.KeepAlive(s)
	return nil
}

// checkStream returns why b is not a snapshot of a stream of the model with the
// fingerprint, or nil. size returns the size of a snapshot after the given number of
// steps.
func checkStream(b []byte, fingerprint uint64, size func(steps uint64) int) error {
	if err := checkSnapshot(b, snapshotMagic, "session", fingerprint); err != nil {
		return err
	}
	steps := binary.LittleEndian.Uint64(b[16:])
	if want := size(steps); len(b) != want && len(b) != size(min(steps, plainSteps)) {
		return &SnapshotError{fmt.Sprintf("it has %s, want %d", message.Count(len(b), "byte"), want)}
	}
	return nil
}

// checkSnapshot returns why b is not a whole snapshot with the magic and the
// fingerprint, or nil. of names the thing that has such snapshots.
func checkSnapshot(b []byte, magic, of string, fingerprint uint64) error {
	if len(b) < snapshotHeader+checksumSize {
		return &SnapshotError{fmt.Sprintf("it has %s, fewer than any snapshot", message.Count(len(b), "byte"))}
	}
	if string(b[:len(magic)]) != magic {
		return &SnapshotError{"it is not a snapshot of a " + of}
	}
	if v := binary.LittleEndian.Uint32(b[4:]); v != snapshotVersion {
		return &SnapshotError{fmt.Sprintf("it has version %d, but this program reads version %d", v, snapshotVersion)}
	}
	body, sum := b[:len(b)-checksumSize], binary.LittleEndian.Uint32(b[len(b)-checksumSize:])
	if got := checksum(body); got != sum {
		return &SnapshotError{fmt.Sprintf("it is damaged or cut short: its checksum is %08x, but it records %08x", got, sum)}
	}
	if got := binary.LittleEndian.Uint64(b[8:]); got != fingerprint {
		return &SnapshotError{fmt.Sprintf("it is of another model: its fingerprint is %016x, the model's is %016x", got, fingerprint)}
	}
	return nil
}

// snapshotSize returns the size in bytes of a snapshot after the given number
// of steps.
func (s *Session) snapshotSize(steps uint64) int {
	now := s.steps
	s.steps = steps
	size := snapshotHeader + checksumSize
	for _, state := range s.carried() {
		size += 4 * len(state)
	}
	s.steps = now
	return size
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }
