package dataset

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// jsonLines returns a function that decodes the next line of JSON into v, and
// returns the line's number. Empty lines are passed over. The error is io.EOF
// after the last.
func jsonLines(r io.Reader) func(v any) (line int, err error) {
	b := bufio.NewReaderSize(withoutMark(r), 1<<16)
	line := 0
	return func(v any) (int, error) {
		for {
			text, err := b.ReadBytes('\n')
			if err != nil && (err != io.EOF || len(text) == 0) {
				return line, err
			}
			line++
			if text = bytes.TrimSpace(text); len(text) > 0 {
				return line, json.Unmarshal(text, v)
			}
		}
	}
}

// objects returns a function that gives the next row of lines that are JSON
// objects. The text is a string; the label may also be a number or a boolean.
func (c columns) objects(r io.Reader) func() (Row, error) {
	next := jsonLines(r)
	return func() (Row, error) {
		var object map[string]json.RawMessage
		line, err := next(&object)
		if err == io.EOF {
			return Row{}, io.EOF
		} else if err != nil {
			return Row{}, fmt.Errorf("line %d: no JSON object: %w", line, err)
		}
		row := Row{Line: line}
		err = c.text.use(object, func(v json.RawMessage) error { return json.Unmarshal(v, &row.Text) })
		if err == nil {
			err = c.label.use(object, func(v json.RawMessage) (err error) { row.Label, err = scalar(v); return err })
		}
		if err != nil {
			return Row{}, fmt.Errorf("line %d: %w", line, err)
		}
		return row, nil
	}
}

// use calls f with the field of the first of the names.
func (n names) use(object map[string]json.RawMessage, f func(json.RawMessage) error) error {
	for _, name := range n.list {
		if v, found := object[name]; found {
			if err := f(v); err != nil {
				return fmt.Errorf("the %s: %w", n.what, err)
			}
			return nil
		}
	}
	return fmt.Errorf("the %s: no field is named %s; there are %s", n.what, strings.Join(n.list, " or "),
		strings.Join(slices.Sorted(maps.Keys(object)), ", "))
}

// scalar returns a string as it is, and a number or a boolean as it is written.
func scalar(v json.RawMessage) (string, error) {
	if v[0] == '"' {
		var s string
		err := json.Unmarshal(v, &s)
		if err == nil && s == "" {
			err = errors.New("it is empty")
		}
		return s, err
	}
	if v[0] == '{' || v[0] == '[' || string(v) == "null" {
		return "", fmt.Errorf("%.40s is neither a string nor a number", v)
	}
	return string(v), nil
}
