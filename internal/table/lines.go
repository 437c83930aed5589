package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Lines reads the lines of a text.
type Lines struct {
	r      *bufio.Reader
	most   int // most bytes in a line
	number int
	long   []byte // a line that is longer than the buffer of r
	err    error  // a permanent error: of the format or the encoding
}

// NewLines returns the lines of r. A line has at most most bytes; 0: as many as the buffer
// of r.
func NewLines(r *bufio.Reader, most int) *Lines { return &Lines{r: r, most: max(most, r.Size())} }

// A LongLineError is the error of a line that is too long. The next line can be read.
type LongLineError struct{ Most int }

func (e *LongLineError) Error() string { return fmt.Sprintf("a line of more than %d bytes", e.Most) }

// Next returns the next line without its end (carriage returns belong to the end) and
// without the byte order mark of the text. It is valid until the next call. The error is
// io.EOF after the last line, a [*LongLineError], a [*ForeignError], a [WideError] or the
// reader's error.
func (l *Lines) Next() ([]byte, error) {
	if l.err != nil {
		return nil, l.err
	}
	line, err := l.r.ReadSlice('\n')
	if err == io.EOF && len(line) == 0 {
		return nil, io.EOF
	}
	l.number++
	if l.number == 1 {
		if l.err = CheckForeign(line); l.err == nil {
			l.err = CheckEncoding(line)
		}
		if l.err != nil {
			return nil, l.err
		}
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	if errors.Is(err, bufio.ErrBufferFull) {
		if line, err = l.rest(line); errors.Is(err, bufio.ErrBufferFull) {
			return nil, &LongLineError{l.most}
		}
	}
	if err != nil && err != io.EOF {
		return nil, err
	}
	return bytes.TrimRight(bytes.TrimSuffix(line, []byte("\n")), "\r"), nil
}

// rest reads the rest of a line. If the line is too long, rest skips to its end and
// returns bufio.ErrBufferFull.
func (l *Lines) rest(begin []byte) ([]byte, error) {
	l.long = append(l.long[:0], begin...)
	for {
		part, err := l.r.ReadSlice('\n')
		if len(l.long)+len(part) > l.most {
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = l.r.ReadSlice('\n')
			}
			if err == nil || err == io.EOF {
				err = bufio.ErrBufferFull
			}
			return nil, err
		}
		if l.long = append(l.long, part...); !errors.Is(err, bufio.ErrBufferFull) {
			return l.long, err
		}
	}
}

// Number returns the number of the line that was read last, from 1.
func (l *Lines) Number() int { return l.number }

// AtHand reports whether the next line can be read without waiting.
func (l *Lines) AtHand() bool {
	b, _ := l.r.Peek(l.r.Buffered())
	return bytes.IndexByte(b, '\n') >= 0
}
