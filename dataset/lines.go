package dataset

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// lines gives the fields of the next line of a table, and the line's number
// from 1. The fields are valid until the next call. The error is io.EOF after
// the last line, and otherwise a [*lineError].
type lines func() (fields []string, line int, err error)

// newLines returns the lines of a table of that layout.
func newLines(r io.Reader, l layout) lines {
	if l == layoutCommas {
		return commas(r)
	}
	return tabs(r)
}

// longestLine is the greatest number of bytes of a line of a table.
const longestLine = 16 << 20

// tabs separates fields at tabs. Quotes mean nothing.
func tabs(r io.Reader) lines {
	s := bufio.NewScanner(withoutMark(r))
	s.Buffer(nil, longestLine)
	line := 0
	return func() ([]string, int, error) {
		line++
		if !s.Scan() {
			if err := s.Err(); err != nil {
				return nil, line, &lineError{line, err}
			}
			return nil, line, io.EOF
		}
		return strings.Split(strings.TrimSuffix(s.Text(), "\r"), "\t"), line, nil
	}
}

// commas separates fields as RFC 4180 has it.
func commas(r io.Reader) lines {
	c := csv.NewReader(withoutMark(r))
	c.FieldsPerRecord = -1
	return func() ([]string, int, error) {
		fields, err := c.Read()
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, bad.StartLine, &lineError{bad.StartLine, bad.Err}
		} else if err != nil {
			return nil, 0, err
		}
		line, _ := c.FieldPos(0)
		return fields, line, nil
	}
}

// withoutMark leaves out the byte order mark that may begin a file.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	const mark = "\ufeff"
	if begin, err := b.Peek(len(mark)); err == nil && string(begin) == mark {
		_, _ = b.Discard(len(mark)) // it was read
	}
	return b
}
