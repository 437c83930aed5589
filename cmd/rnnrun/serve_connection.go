package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

const longestLine = 1 << 16 // bytes

// A connection is a stream that is answered.
type connection struct {
	*server
	conn     net.Conn
	number   int
	messages *messages
	ending   atomic.Bool // the server is shutting down
}

// serve answers until the stream ends.
func (c *connection) serve() {
	defer c.conn.Close()
	c.messages = &messages{server: c.server, of: fmt.Sprint("connection ", c.number)}
	err := c.extend()
	if err == nil {
		err = c.answer(bufio.NewReaderSize(c, longestLine))
	}
	switch {
	case err == nil, c.ending.Load(), errors.Is(err, net.ErrClosed):
		return
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = fmt.Errorf("no line arrived for %v, or the answers were not read for %v", c.idle, c.wait)
	}
	fmt.Fprintf(c, "#error: %v\n", err)
	fmt.Fprintf(c.messages, "%v\n", err)
}

// answer answers the lines of a stream.
func (c *connection) answer(in *bufio.Reader) error {
	v := c.conversion
	session := c.m.NewSession()
	var named *namedStream
	if first, err := in.Peek(1); err == nil && first[0] == '#' && v.raw == "" {
		if named, err = c.take(in, session); err != nil {
			return err
		}
		defer named.release()
	}
	var from io.Reader = in
	if v.raw == "" {
		from = &lineReader{next: func() ([]byte, error) { return c.line(in) }}
	}
	k, err := c.converter(&v, session, "stdin", from, c, c.messages)
	if err != nil {
		return err
	}
	if named != nil {
		return named.answer(k)
	}
	k.check()
	return errors.Join(k.sequences(), k.leftOut())
}

// take reads the line that names the stream, restores the session's states, and writes the
// answers that the client does not have.
func (c *connection) take(in *bufio.Reader, session *rnn.Session) (*namedStream, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("the first line is too long or cut off")
	}
	fields := strings.Fields(string(line))
	var had uint64
	if len(fields) == 3 {
		had, err = strconv.ParseUint(fields[2], 10, 63)
	}
	switch {
	case len(fields) != 3 || fields[0] != "#stream" || err != nil || !validName(fields[1]):
		return nil, fmt.Errorf("the first line must be '#stream NAME ANSWERS', with a name of at most 64 letters, digits, - and _")
	case c.directory == "":
		return nil, fmt.Errorf("the server does not keep named streams: start it with --states")
	}
	n, err := c.openStream(fields[1], session, func() { c.conn.Close() })
	if err != nil {
		return nil, err
	}
	if err = n.lacks(had); err == nil {
		_, err = fmt.Fprintf(c, "#answers %d\n", n.lines)
	}
	if err == nil {
		v := c.conversion
		err = n.replay(newAnswerer(c, session, new(series.Records), &v), had, n.lines)
	}
	if err != nil {
		n.release()
		return nil, err
	}
	return n, nil
}

// end makes the connection answer the lines that have arrived, and then close.
func (c *connection) end() {
	c.ending.Store(true)
	c.conn.SetReadDeadline(time.Now())
}

// extend gives the client time for another line.
func (c *connection) extend() error {
	if err := c.conn.SetReadDeadline(time.Now().Add(c.idle)); err != nil {
		return err
	}
	if c.ending.Load() {
		return io.EOF
	}
	return nil
}

// Read reads from the client.
func (c *connection) Read(b []byte) (int, error) {
	if c.raw != "" {
		if err := c.extend(); err != nil {
			return 0, err
		}
	}
	n, err := c.conn.Read(b)
	c.counts.in(n)
	if c.ending.Load() && errors.Is(err, os.ErrDeadlineExceeded) {
		err = io.EOF
	}
	return n, err
}

// Write writes to the client.
func (c *connection) Write(b []byte) (int, error) {
	if err := c.conn.SetWriteDeadline(time.Now().Add(c.wait)); err != nil {
		return 0, err
	}
	n, err := c.conn.Write(b)
	c.counts.out(n)
	return n, err
}

// line returns the next line, or a part of one that is too long, valid until the next
// call. It drops a line without an end at the end of the stream.
func (c *connection) line(in *bufio.Reader) ([]byte, error) {
	if err := c.extend(); err != nil {
		return nil, err
	}
	line, err := in.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) { // a longer line is refused as such
		return nil, err
	}
	return line, nil
}

// A lineReader reads from lines.
type lineReader struct {
	next func() ([]byte, error) // the next line, valid until the next call
	rest []byte                 // rest of the current line
}

func (l *lineReader) Read(b []byte) (int, error) {
	if len(l.rest) == 0 {
		line, err := l.next()
		if err != nil {
			return 0, err
		}
		l.rest = line
	}
	n := copy(b, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}
