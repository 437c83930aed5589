package dataset

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/table"
)

// A textTable gives the rows of a file whose columns have been found.
type textTable struct {
	lines lines
	// first is the first line if it is a row, until it has been given.
	first   []string
	line    int       // of the first line that is not empty
	header  []string  // nil: there is none
	columns []*column // the columns that are read
	// check reports what is wrong with a row.
	check func(fields []string) error
}

// openTable finds the columns of a table by the names in its first line. If the
// names are not there and all columns are given by numbers from 0, it uses the
// numbers, and line 1 is a row. All rows must be as long as line 1.
func openTable(next lines, columns ...*column) (*textTable, error) {
	header, line, err := firstLine(next)
	if err == io.EOF {
		return nil, &lineError{1, errors.New("it is empty; the first line must name the columns")}
	} else if err != nil {
		return nil, err
	}
	t := &textTable{lines: next, line: line, columns: columns, check: func(fields []string) error {
		if len(fields) != len(header) {
			return fmt.Errorf("it has %s, but the first line has %d", message.Count(len(fields), "column"), len(header))
		}
		for _, c := range columns {
			if c.required && strings.TrimSpace(fields[c.at]) == "" {
				return c.fail("the %s is empty", c.holds)
			}
		}
		return nil
	}}
	if err := findAll(header, line, columns...); err != nil {
		if slices.ContainsFunc(columns, func(c *column) bool { return !c.number(len(header)) }) {
			return nil, err
		}
		t.first = header
		return t, nil
	}
	t.header = header
	return t, nil
}

// firstLine returns the fields of a table's first line that is not empty, to keep,
// and its number.
func firstLine(next lines) (fields []string, line int, err error) {
	for err == nil && isBlank(fields) {
		fields, line, err = next()
	}
	return slices.Clone(fields), line, err
}

// isBlank reports whether a line is empty or has only spaces.
func isBlank(fields []string) bool {
	return len(fields) == 0 || len(fields) == 1 && strings.TrimSpace(fields[0]) == ""
}

// findAll finds the columns in the header, which is that line.
func findAll(header []string, line int, columns ...*column) error {
	for _, c := range columns {
		if err := c.find(header); err != nil {
			return &lineError{line, err}
		}
	}
	return nil
}

// next returns the fields of the next row, and its line. Empty lines are
// skipped. The error is io.EOF after the last row.
func (t *textTable) next() (fields []string, line int, err error) {
	for {
		fields, line, err = t.first, t.line, nil
		if t.first = nil; fields == nil {
			fields, line, err = t.lines()
		}
		if err != nil {
			return nil, line, err
		}
		if isBlank(fields) {
			continue
		}
		if err := t.check(fields); err != nil {
			return nil, line, &lineError{line, err}
		}
		for _, c := range t.columns {
			if !utf8.ValidString(fields[c.at]) {
				return nil, line, &lineError{line, c.fail("the %s: %w", c.holds, table.ErrNotUTF8)}
			}
		}
		return fields, line, nil
	}
}
