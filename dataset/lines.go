package dataset

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rnnrun/rnnrun/internal/table"
)

// lines gives the fields of the next line of a table, and the line's number
// from 1. The fields are valid until the next call. The error is io.EOF after
// the last line, and otherwise a [*lineError].
type lines func() (fields []string, line int, err error)

// longestLine is the greatest number of bytes of a line of a file, or of a row that has
// several lines.
const longestLine = 1 << 28

// linesOf returns the lines of a file.
func linesOf(r io.Reader) *table.Lines {
	return table.NewLines(bufio.NewReaderSize(r, 1<<16), longestLine)
}

// newLines returns the lines of a table of that layout.
func newLines(r io.Reader, l layout) lines {
	f := table.Format{Separator: '\t'}
	switch l {
	case layoutCommas:
		f = table.Format{Separator: ',', Quotes: true}
	case layoutSemicolons:
		f = table.Format{Separator: ';', Quotes: true}
	}
	rows := table.NewRows(linesOf(r), f)
	next := checked(rows)
	if l == layoutSpaces {
		return words(next)
	}
	return next
}

// checked returns rows, and adds to errors what to do about them.
func checked(rows *table.Rows) lines {
	hint := separatorHint([]string{"\r"})
	count, returns := 0, false
	return func() ([]string, int, error) {
		fields, line, err := rows.Next()
		if count++; count == 1 {
			returns = rows.HasReturns()
		}
		switch {
		case err == io.EOF && count == 2 && returns:
			return nil, 1, &lineError{1, fmt.Errorf("it has one line%s", hint)}
		case err == nil, err == io.EOF:
			return fields, line, err
		case rows.HasReturns():
			err = fmt.Errorf("%w%s", err, hint)
		case errors.Is(err, table.ErrBareQuote):
			err = fmt.Errorf("%w: put the field in quotes and double the quotes in it, or save the table with tabs as a .tsv file", err)
		}
		return nil, line, &lineError{line, err}
	}
}

// words splits lines into fields at spaces.
func words(next lines) lines {
	return func() ([]string, int, error) {
		fields, line, err := next()
		if err == nil && !isBlank(fields) {
			fields = strings.Fields(fields[0])
		}
		return fields, line, err
	}
}
