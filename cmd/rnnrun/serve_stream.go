package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// replayed is how many answers of a stream can be written again.
const replayed = 256

// A namedStream is a stream that goes on over several connections. Its file, NAME.stream:
//
//	 0  "RNNL"
//	 4  version, 1 (4 bytes)
//	 8  lines answered (8 bytes)
//	16  numbers of an answer w (4 bytes)
//	20  answers that are kept n (4 bytes)
//	24  the last n answers: 1 (4 bytes) and float32 [w], or, of a line that could not
//	    be read, zeros
//	 …  a snapshot of the session, to the checksum
//	 …  CRC-32C of all before it (4 bytes)
//
// Little-endian throughout.
type namedStream struct {
	*connection
	name    string
	session *rnn.Session
	width   int
	lines   uint64      // answered
	answers [][]float32 // the last; nil: of a line that could not be read
	had     uint64      // answers that the client has
	saved   time.Time
	writer  series.Writer
	failed  error // of the writer; what is left of a block is kept all the same
}

const (
	streamMagic   = "RNNL"
	streamVersion = 1
	streamHeader  = 24
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// take reads the line that names the stream, and brings the session to its states.
func (c *connection) take(in *bufio.Reader, session *rnn.Session) (*namedStream, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("the first line has no end")
	}
	fields := strings.Fields(string(line))
	var had uint64
	if len(fields) == 3 {
		had, err = strconv.ParseUint(fields[2], 10, 63)
	}
	switch {
	case len(fields) != 3 || fields[0] != "#stream" || err != nil || !validName(fields[1]):
		return nil, fmt.Errorf("the first line is no '#stream NAME ANSWERS', with a name of at most 64 letters, digits, - and _")
	case c.directory == "":
		return nil, fmt.Errorf("the server keeps no streams: it lacks --states")
	}
	n := &namedStream{connection: c, name: fields[1], session: session, width: answerWidth(c.m), had: had}
	c.hold(n.name, c)
	if err := n.start(); err != nil {
		c.leave(n.name, c)
		return nil, err
	}
	return n, nil
}

func validName(name string) bool {
	return len(name) <= 64 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == "" && name != ""
}

func (n *namedStream) path() string { return filepath.Join(n.directory, n.name+".stream") }

// start reads the stream's file, or makes the first, and tells the client.
func (n *namedStream) start() error {
	data, err := os.ReadFile(n.path())
	switch {
	case os.IsNotExist(err):
		list, err := os.ReadDir(n.directory)
		if err != nil {
			return err
		}
		if len(list) >= n.streams {
			return fmt.Errorf("the server keeps %d streams already", len(list))
		}
	case err != nil:
		return err
	default:
		if err := n.read(data); err != nil {
			return fmt.Errorf("stream %s: %w", n.name, err)
		}
	}
	n.saved = time.Now()
	if kept := uint64(len(n.answers)); n.had+kept < n.lines {
		return fmt.Errorf("stream %s: the client has %d answers of %d, and only the last %d are kept", n.name, n.had, n.lines, kept)
	}
	if _, err := fmt.Fprintf(n.connection, "#answers %d\n", n.lines); err != nil {
		return err
	}
	return n.replay()
}

// replay writes the answers again that the client does not have.
func (n *namedStream) replay() (err error) {
	v := n.conversion
	if n.had >= n.lines {
		return nil
	}
	w := newAnswerer(n.connection, n.session, new(series.Records), &v)
	for _, y := range n.answers[uint64(len(n.answers))-(n.lines-n.had):] {
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
	n.writer = k.out
	k.out = n
	k.in = &oneSequence{Reader: k.in}
	k.check()
	err := k.sequences()
	n.save()
	return errors.Join(err, k.leftOut())
}

// keep keeps an answer to write it again.
func (n *namedStream) keep(y []float32) {
	n.lines++
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

// Flush ends a block: the session has made just the steps that are kept.
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
		return fmt.Errorf("an empty line begins a sequence, and a named stream is one")
	}
	o.begun = true
	return err
}

func (n *namedStream) read(b []byte) error {
	le := binary.LittleEndian
	if len(b) < streamHeader+4 || string(b[:4]) != streamMagic || le.Uint32(b[len(b)-4:]) != crc32.Checksum(b[:len(b)-4], castagnoli) {
		return fmt.Errorf("its file is damaged")
	}
	if version := le.Uint32(b[4:]); version != streamVersion {
		return fmt.Errorf("its file has version %d, and this program reads %d", version, streamVersion)
	}
	width, count := int64(le.Uint32(b[16:])), int64(le.Uint32(b[20:]))
	if width != int64(n.width) || count > replayed || streamHeader+4*(1+width)*count+4 > int64(len(b)) {
		return fmt.Errorf("its file is of another model")
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
	if err == nil {
		b = le.AppendUint32(b, crc32.Checksum(b, castagnoli))
		err = atomicfile.Write(n.path(), func(w io.Writer) error { _, err := w.Write(b); return err })
	}
	if err != nil {
		n.log("rnnrun: stream %s: its states could not be saved: %v", n.name, err)
	}
	n.saved = time.Now()
}
