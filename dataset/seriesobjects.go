package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/message"
)

// hasObjects reports whether the first line of a file of JSON is an object: then the
// lines are the steps of one series, and the members of the first one its columns.
func hasObjects(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	var first json.RawMessage
	if _, err := jsonLines(file)(&first); err != nil {
		return false, nil // who reads it will say what is wrong
	}
	return first[0] == '{', nil
}

// objectRows returns a function that gives the steps of lines of JSON objects as those
// of a table, and before them its header: the names of the members of the first object,
// in their order. A member that is null or that an object lacks is an empty field.
func objectRows(r io.Reader) func() (seriesRow, error) {
	next := jsonLines(r)
	var names []string
	var first *seriesRow // after its names have been given
	return func() (seriesRow, error) {
		if row := first; row != nil {
			first = nil
			return *row, nil
		}
		var text json.RawMessage
		line, err := next(&text)
		if err == io.EOF {
			return seriesRow{}, err
		}
		row, begins := seriesRow{line: line}, names == nil
		var members map[string]string
		if err == nil {
			var order []string
			if order, members, err = readings(text); begins {
				names = order
			}
		}
		if err != nil {
			return seriesRow{}, &lineError{line, fmt.Errorf("no JSON object of readings: %w", err)}
		}
		for _, name := range names {
			row.fields = append(row.fields, members[name])
		}
		if begins {
			first = &row
			return seriesRow{line: line, fields: names}, nil
		}
		return row, nil
	}
}

// readings returns the members of an object as fields of a table, and their names in
// order. Members that are lists or objects are left out.
func readings(text []byte) (names []string, fields map[string]string, err error) {
	if !utf8.Valid(text) {
		return nil, nil, errNotUTF8
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return nil, nil, errors.New("it is a list, a number or a string")
	}
	fields = map[string]string{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, nil, err
		}
		if _, twice := fields[name.(string)]; twice {
			return nil, nil, fmt.Errorf("it has the member %s twice", message.Quote(name.(string)))
		}
		field := string(value)
		switch {
		case value[0] == '[' || value[0] == '{':
			continue
		case field == "null":
			field = ""
		case value[0] == '"':
			if field, err = decode[string](value); err != nil {
				return nil, nil, err
			}
		}
		names = append(names, name.(string))
		fields[name.(string)] = field
	}
	if names == nil {
		err = errors.New("it has no member that is a number, a string or a boolean")
	}
	return slices.Clip(names), fields, err
}
