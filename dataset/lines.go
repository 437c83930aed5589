package dataset

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// lines gives the fields of the next line of a table, and the line's number
// from 1. The fields are valid until the next call. The error is io.EOF after
// the last line, and otherwise a [*lineError].
type lines func() (fields []string, line int, err error)

// newLines returns the lines of a table of that layout.
func newLines(r io.Reader, l layout) lines {
	next := separated(r, l)
	count, returns := 0, ""
	return func() ([]string, int, error) {
		fields, line, err := next()
		if count++; count == 1 && slices.ContainsFunc(fields, func(s string) bool { return strings.Contains(s, "\r") }) {
			returns = separatorHint(fields)
		}
		if err == io.EOF && count == 2 && returns != "" {
			return nil, 1, &lineError{1, fmt.Errorf("it has one line%s", returns)}
		}
		return fields, line, err
	}
}

// separated returns the lines of a table, with the fields as the layout separates
// them.
func separated(r io.Reader, l layout) lines {
	switch l {
	case layoutCommas:
		return quoted(r, ',')
	case layoutSemicolons:
		return quoted(r, ';')
	case layoutSpaces:
		return words(tabs(r))
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

// words separates the fields of lines, which are one each, at spaces.
func words(next lines) lines {
	return func() ([]string, int, error) {
		fields, line, err := next()
		if err == nil && !isBlank(fields) {
			fields = strings.Fields(fields[0])
		}
		return fields, line, err
	}
}

// quoted separates fields as RFC 4180 has it, at commas or another character. Line
// ends may have several carriage returns, as Windows' text mode writes them.
func quoted(r io.Reader, separator rune) lines {
	ends := &plainEnds{r: withoutMark(r)}
	c := csv.NewReader(ends)
	c.Comma = separator
	c.FieldsPerRecord = -1
	return func() ([]string, int, error) {
		fields, err := c.Read()
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			err = bad.Err
			if ends.alone {
				err = fmt.Errorf("%w%s", err, separatorHint([]string{"\r"}))
			} else if err == csv.ErrBareQuote {
				err = fmt.Errorf("%w: put the field in quotes and double the quotes in it, or save the table with tabs as a .tsv file", err)
			}
			return nil, bad.StartLine, &lineError{bad.StartLine, err}
		} else if err != nil {
			return nil, 0, err
		}
		line, _ := c.FieldPos(0)
		return fields, line, nil
	}
}

// plainEnds leaves out the carriage returns before a line feed, of which there may be
// several, and those at the end.
type plainEnds struct {
	r       *bufio.Reader
	returns int // that have been read, and not given
	next    []byte
	alone   bool // there were some without a line feed
}

func (p *plainEnds) Read(b []byte) (n int, err error) {
	for n < len(b) {
		if len(p.next) > 0 {
			copied := copy(b[n:], p.next)
			n, p.next = n+copied, p.next[copied:]
			continue
		}
		c, err := p.r.ReadByte()
		if err != nil {
			if n > 0 {
				return n, nil
			}
			return 0, err
		}
		if c == '\r' {
			p.returns++
			continue
		}
		if p.returns > 0 && c != '\n' {
			p.next = append(bytes.Repeat([]byte("\r"), p.returns), c)
			p.returns, p.alone = 0, true
			continue
		}
		p.returns = 0
		b[n] = c
		n++
	}
	return n, nil
}

// withoutMark leaves out the byte order mark that may begin a file. Reading one whose
// beginning shows another encoding gives the error that names it.
func withoutMark(r io.Reader) *bufio.Reader {
	b := bufio.NewReader(r)
	if begin, _ := b.Peek(4); wideEncoding(begin) != "" {
		return bufio.NewReader(refused{wideError(wideEncoding(begin))})
	}
	const mark = "\ufeff"
	if begin, err := b.Peek(len(mark)); err == nil && string(begin) == mark {
		_, _ = b.Discard(len(mark)) // it was read
	}
	return b
}

// refused is a reader that gives an error.
type refused struct{ err error }

func (r refused) Read([]byte) (int, error) { return 0, r.err }
