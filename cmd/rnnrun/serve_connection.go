package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/rnnrun/rnnrun/internal/series"
)

const (
	longestLine = 1 << 16 // bytes
	mostLogged  = 10      // messages of a connection
)

// A connection is a stream that is answered.
type connection struct {
	*server
	conn   net.Conn
	number int
	ending atomic.Bool   // the server ends
	gone   chan struct{} // closed when its stream is given back
	logged int
}

// serve answers until the stream ends.
func (c *connection) serve() {
	defer c.conn.Close()
	err := c.answer(bufio.NewReaderSize(c, longestLine))
	switch {
	case err == nil, c.ending.Load(), errors.Is(err, net.ErrClosed):
		return
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = fmt.Errorf("nothing came for %v, or nobody read the answers for %v", c.idle, c.wait)
	}
	fmt.Fprintf(c, "#error: %v\n", err)
	fmt.Fprintf(messages{c}, "%v\n", err)
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
		defer c.leave(named.name, c)
	}
	var from io.Reader = in
	if v.raw == "" {
		from = &lineReader{in: in}
	}
	source := v.source(c.m, from)
	source.ReadAhead = longestLine
	r, o, err := source.Open()
	if err != nil {
		return err
	}
	if o.Kind == series.KindNPY {
		return fmt.Errorf("the stream is an array: send lines")
	}
	kind, err := v.outputKind(c.m, o.Kind, c)
	if err != nil {
		return err
	}
	k := newConverter(session, r, &o, messages{c})
	k.strict = v.strict
	if err := v.cutsWindows(&k, c.m, o.Kind); err != nil {
		return err
	}
	if k.out, err = v.writer(outputFiles{{Writer: c}}, kind, session, r.Layout(), &o); err != nil {
		return err
	}
	k.text, _ = k.out.(*answerer)
	if named != nil {
		return named.answer(&k)
	}
	k.check()
	return errors.Join(k.sequences(), k.leftOut())
}

// Read reads from the client.
func (c *connection) Read(b []byte) (int, error) {
	if err := c.conn.SetReadDeadline(time.Now().Add(c.idle)); err != nil {
		return 0, err
	}
	if c.ending.Load() {
		return 0, io.EOF
	}
	n, err := c.conn.Read(b)
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
	return c.conn.Write(b)
}

// messages logs what a converter reports of a connection, as far as it is of use.
type messages struct{ c *connection }

func (m messages) Write(b []byte) (int, error) {
	m.c.logged++
	switch {
	case m.c.logged < mostLogged:
		m.c.log("rnnrun: connection %d: %s", m.c.number, bytes.TrimSpace(bytes.TrimPrefix(b, []byte("rnnrun: "))))
	case m.c.logged == mostLogged:
		m.c.log("rnnrun: connection %d: %s; further messages of it are left out", m.c.number, bytes.TrimSpace(bytes.TrimPrefix(b, []byte("rnnrun: "))))
	}
	return len(b), nil
}

// A lineReader passes whole lines on: a line that the end of the stream cuts is none.
type lineReader struct {
	in   *bufio.Reader
	rest []byte // of a line
}

func (l *lineReader) Read(b []byte) (int, error) {
	if len(l.rest) == 0 {
		line, err := l.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) { // a longer line is refused as such
			return 0, err
		}
		l.rest = line
	}
	n := copy(b, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}
