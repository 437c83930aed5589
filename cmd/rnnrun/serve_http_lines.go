//go:build !nohttp

package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// errInterrupted is the error of a body that the server stops reading.
var errInterrupted = errors.New("the reading was interrupted")

// bodyLines are the lines of a body, each with its line end, which the last one may lack.
// A line that is a JSON array becomes a line of CSV. If the body breaks off, the line that
// is cut is dropped.
type bodyLines struct {
	in     *bufio.Reader
	extend func() error // called before each line
	within bool         // within a line that is too long, part of which was returned
}

func newBodyLines(e *exchange) *bodyLines {
	return &bodyLines{in: bufio.NewReaderSize(e, longestLine), extend: e.extend}
}

// next returns the next line, or a part of one that is too long, valid until the next call.
func (l *bodyLines) next() ([]byte, error) {
	if err := l.extend(); err != nil {
		return nil, err
	}
	line, err := l.in.ReadSlice('\n')
	begun := l.within
	l.within = err == bufio.ErrBufferFull
	switch {
	case err == errInterrupted:
		return nil, io.EOF
	case err == io.EOF && len(line) > 0:
		line = append(bytes.Clone(line), '\n')
	case err != nil && !l.within:
		return nil, err
	}
	if begun || l.within { // the reader will refuse it
		return line, nil
	}
	return withoutBrackets(line), nil
}

// skip reads a whole line, and returns io.EOF if there is none.
func (l *bodyLines) skip() error {
	_, err := l.next()
	for err == nil && l.within {
		_, err = l.next()
	}
	return err
}

// withoutBrackets turns a JSON array of numbers into a line of CSV.
func withoutBrackets(line []byte) []byte {
	text := bytes.TrimSpace(line)
	if len(text) < 2 || text[0] != '[' || text[len(text)-1] != ']' {
		return line
	}
	inner := bytes.TrimSpace(text[1 : len(text)-1])
	if len(inner) == 0 {
		return line // because an empty line would begin a sequence
	}
	return append(inner, '\n') // instead of the bracket
}
