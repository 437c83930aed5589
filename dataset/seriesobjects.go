package dataset

import (
	"errors"
	"io"

	"github.com/rnnrun/rnnrun/internal/table"
)

// objectRows returns a function that gives the steps of lines of JSON objects as rows
// of a table, preceded by its header: the names of the members of the first object, in
// their order. A member that is null or that an object lacks is an empty field; one
// that is a list or an object is left out.
func objectRows(r io.Reader) func() (seriesRow, error) {
	next := jsonLines(r)
	var names []string
	var fields [][]byte
	var first *seriesRow // after its names have been given
	return func() (seriesRow, error) {
		if row := first; row != nil {
			first = nil
			return *row, nil
		}
		text, line, err := next()
		if err != nil {
			return seriesRow{}, err
		}
		row, begins := seriesRow{line: line}, names == nil
		if begins {
			names, err = readingNames(text)
		}
		if err == nil {
			fields, err = table.AppendMembers(fields[:0], text, names)
		}
		if err != nil {
			return seriesRow{}, &lineError{line, err}
		}
		for _, field := range fields {
			row.fields = append(row.fields, string(field))
		}
		if begins {
			first = &row
			return seriesRow{line: line, fields: names}, nil
		}
		return row, nil
	}
}

// readingNames returns the names of the members of an object that may be columns.
func readingNames(text []byte) ([]string, error) {
	names, err := table.Columns(text)
	if err == nil && names == nil {
		err = errors.New("no JSON object of readings: it has no member that is a number, a string or a boolean")
	}
	return names, err
}
