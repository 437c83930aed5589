package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// replayed is how many answers of a stream can be repeated.
const replayed = 256

// A namedStream is a stream that continues over several connections. Its file, NAME.stream:
//
//	 0  "RNNL"
//	 4  version, 1 (4 bytes)
//	 8  lines answered (8 bytes)
//	16  w, numbers in an answer (4 bytes)
//	20  n, answers that are kept (4 bytes)
//	24  the last n answers: 1 (4 bytes) and float32 [w], or zeros for a line that could
//	    not be read
//	 …  a snapshot of the session, and with --anomaly a snapshot of its detector
//	 …  CRC-32C of all bytes before it (4 bytes)
//
// Little-endian throughout.
type namedStream struct {
	*server
	name     string
	holder   *holder
	session  *rnn.Session
	detector *rnn.Detector // nil without --anomaly
	width    int
	lines    uint64      // answered
	answers  [][]float32 // the last answers; nil: the line could not be read
	saved    time.Time
	writer   series.Writer
	failed   error // error of the writer; the rest of a block is still kept
}

const (
	streamMagic   = "RNNL"
	streamVersion = 1
	streamHeader  = 24
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// openStream returns a named stream for a new holder, once the old one has left, and
// restores the session's states. The caller must release it.
func (s *server) openStream(name string, session *rnn.Session, leave func()) (*namedStream, error) {
	n := &namedStream{server: s, name: name, session: session, width: answerWidth(s.m), saved: time.Now()}
	if s.anomaly {
		n.width = s.answerWidth(s.m)
		var err error
		if n.detector, err = s.m.NewDetector(); err != nil {
			return nil, err
		}
	}
	n.holder = s.hold(name, leave)
	if err := n.load(); err != nil {
		n.release()
		return nil, err
	}
	return n, nil
}

func (n *namedStream) release() { n.server.release(n.name, n.holder) }

func validName(name string) bool {
	return len(name) <= 64 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == "" && name != ""
}

// load restores the stream's states, unless it is new.
func (n *namedStream) load() error {
	data, err := n.kept.load(n.name)
	if err == nil {
		if err = n.read(data); err != nil {
			err = fmt.Errorf("stream %s: %w", n.name, err)
		}
		return err
	}
	if !isNone(err) {
		return err
	}
	count, err := n.kept.count()
	if err == nil && (count >= n.streams || n.kept.full()) {
		err = &fullError{count}
	}
	return err
}

// A fullError is the error of a new stream if no more may be kept.
type fullError struct{ streams int }

func (e *fullError) Error() string {
	return fmt.Sprintf("the server already keeps %s, the maximum", message.Count(e.streams, "stream"))
}

// linesOf returns how many lines of a stream were answered when its states were saved.
func (s *server) linesOf(name string) (uint64, error) {
	b, err := s.kept.load(name)
	if err == nil {
		err = checkStream(b)
	}
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b[8:]), nil
}

// lacks returns an error if the client needs answers that are no longer kept.
func (n *namedStream) lacks(had uint64) error {
	if kept := uint64(len(n.answers)); had+kept < n.lines {
		return fmt.Errorf("stream %s: the client has %d of %d answers, but only the last %d are kept", n.name, had, n.lines, kept)
	}
	return nil
}

// replay repeats the answers from one line up to, but not including, another.
func (n *namedStream) replay(w series.Writer, from, to uint64) (err error) {
	if from >= to {
		return nil
	}
	before := n.lines - uint64(len(n.answers)) // answers that are no longer kept
	for _, y := range n.answers[from-before : to-before] {
		if y == nil {
			err = w.Skip()
		} else {
			err = w.Write(y)
		}
		if err != nil {
			return err
		}
	}
	return w.Flush()
}

// answer answers the lines of the connection.
func (n *namedStream) answer(k *converter) error {
	k.goesOn = true
	if err := n.goOnScoring(k); err != nil {
		return err
	}
	n.writer = k.out
	k.out = n
	k.in = &oneSequence{Reader: k.in}
	k.check()
	err := k.sequences()
	n.save()
	return errors.Join(err, k.leftOut())
}

// goOnScoring restores the state of the converter's detector.
func (n *namedStream) goOnScoring(k *converter) error {
	if n.detector == nil {
		return nil
	}
	b, err := n.detector.AppendBinary(nil)
	if err == nil {
		err = k.detector.UnmarshalBinary(b)
	}
	n.detector = k.detector
	return err
}

// keep keeps an answer so that it can be repeated.
func (n *namedStream) keep(y []float32) {
	n.lines++
	n.holder.lines.Store(n.lines)
	if len(n.answers) == replayed {
		copy(n.answers, n.answers[1:])
		n.answers = n.answers[:replayed-1]
	}
	n.answers = append(n.answers, y)
}

// Write keeps answers and writes them. After an error of the connection the answers of a
// block are still kept, since the session has made its steps.
func (n *namedStream) Write(ys []float32) error {
	for rest := ys; len(rest) > 0; rest = rest[n.width:] {
		n.keep(slices.Clone(rest[:n.width]))
	}
	if n.failed == nil {
		n.failed = n.writer.Write(ys)
	}
	return nil
}

// Skip keeps the answer of a line that could not be read.
func (n *namedStream) Skip() error {
	n.keep(nil)
	if n.failed == nil {
		n.failed = n.writer.Skip()
	}
	return nil
}

// Flush ends a block: the session has made exactly the steps whose answers are kept.
func (n *namedStream) Flush() error {
	if n.failed == nil {
		n.failed = n.writer.Flush()
	}
	if n.every > 0 && time.Since(n.saved) > n.every {
		n.save()
	}
	return n.failed
}

func (n *namedStream) End() error   { return n.failed }
func (n *namedStream) Close() error { return n.writer.Close() }

// oneSequence refuses a second sequence.
type oneSequence struct {
	series.Reader[float32]
	begun bool
}

func (o *oneSequence) Next() error {
	err := o.Reader.Next()
	if err == nil && o.begun {
		return fmt.Errorf("an empty line begins another sequence, but a named stream is a single one: leave the line out")
	}
	o.begun = true
	return err
}

// checkStream refuses states that are damaged, or of another version.
func checkStream(b []byte) error {
	le := binary.LittleEndian
	if len(b) < streamHeader+4 || string(b[:4]) != streamMagic || le.Uint32(b[len(b)-4:]) != crc32.Checksum(b[:len(b)-4], castagnoli) {
		return fmt.Errorf("its file is damaged")
	}
	if version := le.Uint32(b[4:]); version != streamVersion {
		return fmt.Errorf("its file has version %d, and this program reads %d", version, streamVersion)
	}
	return nil
}

func (n *namedStream) read(b []byte) error {
	if err := checkStream(b); err != nil {
		return err
	}
	le := binary.LittleEndian
	width, count := int64(le.Uint32(b[16:])), int64(le.Uint32(b[20:]))
	if width != int64(n.width) || count > replayed || streamHeader+4*(1+width)*count+4 > int64(len(b)) {
		return fmt.Errorf("its file belongs to another model")
	}
	n.lines = le.Uint64(b[8:])
	b = b[streamHeader : len(b)-4]
	for range count {
		var y []float32
		if le.Uint32(b) != 0 {
			y = make([]float32, width)
			for i := range y {
				y[i] = math.Float32frombits(le.Uint32(b[4*(1+i):]))
			}
		}
		n.answers = append(n.answers, y)
		b = b[4*(1+width):]
	}
	if n.detector != nil {
		own, err := n.detector.AppendBinary(nil)
		if err != nil {
			return err
		}
		if len(b) < len(own) {
			return fmt.Errorf("its file belongs to another model")
		}
		end := len(b) - len(own)
		if err := n.detector.UnmarshalBinary(b[end:]); err != nil {
			return err
		}
		b = b[:end]
	}
	return n.session.UnmarshalBinary(b)
}

// save writes the stream's file.
func (n *namedStream) save() {
	le := binary.LittleEndian
	b := append([]byte(nil), streamMagic...)
	b = le.AppendUint32(b, streamVersion)
	b = le.AppendUint64(b, n.lines)
	b = le.AppendUint32(b, uint32(n.width))
	b = le.AppendUint32(b, uint32(len(n.answers)))
	for _, y := range n.answers {
		if y == nil {
			b = append(b, make([]byte, 4*(1+n.width))...)
			continue
		}
		b = le.AppendUint32(b, 1)
		for _, v := range y {
			b = le.AppendUint32(b, math.Float32bits(v))
		}
	}
	b, err := n.session.AppendBinary(b)
	if err == nil && n.detector != nil {
		b, err = n.detector.AppendBinary(b)
	}
	if err == nil {
		b = le.AppendUint32(b, crc32.Checksum(b, castagnoli))
		err = n.kept.store(n.name, b)
	}
	if err != nil {
		n.log("rnnrun: stream %s: its states could not be saved: %v", n.name, err)
	}
	n.saved = time.Now()
}
