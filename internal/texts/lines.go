// Package texts reads texts line by line, and has the reasons to refuse one.
package texts

import (
	"bufio"
	"bytes"
	"io"
)

// maxLine is the greatest length of a line of text in bytes.
const maxLine = 1 << 20

// Lines reads text line by line in bounded memory.
type Lines struct{ r *bufio.Reader }

// NewLines returns the lines of r.
func NewLines(r io.Reader) Lines { return Lines{bufio.NewReaderSize(r, maxLine)} }

// Next returns the next line without its end. If a line is too long, the error is
// [ErrLongLine], and the next call returns the following line. The error is io.EOF at the
// end.
func (l Lines) Next() (string, error) {
	line, err := l.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		for err == bufio.ErrBufferFull {
			_, err = l.r.ReadSlice('\n')
		}
		return "", ErrLongLine
	}
	if err != nil && (err != io.EOF || len(line) == 0) {
		return "", err
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	return string(bytes.TrimSuffix(line, []byte("\r"))), nil
}

// AtHand reports whether the next line can be read without waiting.
func (l Lines) AtHand() bool {
	b, _ := l.r.Peek(l.r.Buffered())
	return bytes.IndexByte(b, '\n') >= 0
}
