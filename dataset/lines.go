package dataset

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// lines gives the fields of the next line of a table, and the line's number
// from 1. The fields are valid until the next call. The error is io.EOF after
// the last line, and otherwise a [*lineError].
type lines func() (fields []string, line int, err error)

// newLines returns the lines of a table of that layout.
func newLines(r io.Reader, l layout) lines {
	switch l {
	case layoutCommas:
		return quoted(r, ',')
	case layoutSemicolons:
		return quoted(r, ';')
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
		return strings.Split(strings.TrimRight(s.Text(), "\r"), "\t"), line, nil
	}
}

// quoted separates fields as RFC 4180 has it, at commas or another character. Line
// ends may have several carriage returns, as Windows' text mode writes them.
func quoted(r io.Reader, separator rune) lines {
	c := csv.NewReader(withoutMark(r))
	c.Comma = separator
	c.FieldsPerRecord = -1
	return func() ([]string, int, error) {
		fields, err := c.Read()
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			err = bad.Err
			if err == csv.ErrBareQuote {
				err = fmt.Errorf("%w: put the field in quotes and double the quotes in it, or save the table with tabs as a .tsv file", err)
			}
			return nil, bad.StartLine, &lineError{bad.StartLine, err}
		} else if err != nil {
			return nil, 0, err
		}
		line, _ := c.FieldPos(0)
		last := len(fields) - 1
		fields[last] = strings.TrimRight(fields[last], "\r")
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
