package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"

	"golang.org/x/term"
)

// maxLine is the length in bytes up to which a line of text is read.
const maxLine = 1 << 20

var errLongLine = errors.New("the line has more than 1 MiB; split it")

// lines reads text line by line in bounded memory.
type lines struct{ r *bufio.Reader }

func newLines(r io.Reader) lines { return lines{bufio.NewReaderSize(r, maxLine)} }

// next returns the next line without its end. Of a line that is too long the
// error is errLongLine, and the line after it is next. The error is io.EOF at
// the end.
func (l lines) next() (string, error) {
	line, err := l.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		for err == bufio.ErrBufferFull {
			_, err = l.r.ReadSlice('\n')
		}
		return "", errLongLine
	}
	if err != nil && (err != io.EOF || len(line) == 0) {
		return "", err
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	return string(bytes.TrimSuffix(line, []byte("\r"))), nil
}

// atHand reports whether the next line can be read without waiting.
func (l lines) atHand() bool {
	b, _ := l.r.Peek(l.r.Buffered())
	return bytes.IndexByte(b, '\n') >= 0
}

// isTerminal reports whether a standard stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
