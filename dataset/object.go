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
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/message"
)

// jsonLines returns a function that decodes the next line of JSON into v, and
// returns the line's number from 1. Empty lines are passed over. The error is
// io.EOF after the last line.
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

// An object is a line of JSON whose members a record is made of. Its methods
// return what a column holds, and keep the first error.
type object struct {
	line    int
	members map[string]json.RawMessage
	err     error
}

// objects returns a function that gives the record of the next line of JSON.
func objects[T any](r io.Reader, record func(o *object) T) func() (T, error) {
	next := jsonLines(r)
	return func() (T, error) {
		var none T
		var o object
		var err error
		if o.line, err = next(&o.members); err == io.EOF {
			return none, err
		} else if err != nil {
			return none, &lineError{o.line, fmt.Errorf("no JSON object: %w", err)}
		} else if o.members == nil {
			return none, &lineError{o.line, errors.New("null is no JSON object")}
		}
		t := record(&o)
		if o.err != nil {
			return none, &lineError{o.line, o.err}
		}
		return t, nil
	}
}

// text returns a string, which may be empty.
func (o *object) text(c column) string { return member(o, c, decodeText) }

// texts returns a list of strings.
func (o *object) texts(c column) []string { return member(o, c, decodeTexts) }

// label returns a string, or a number or a boolean as it is written.
func (o *object) label(c column) string { return member(o, c, label) }

// labels returns a list of such labels.
func (o *object) labels(c column) []string {
	return member(o, c, func(v json.RawMessage) ([]string, error) {
		list, err := decode[[]json.RawMessage](v)
		if err != nil || list == nil {
			return nil, errors.New("it is no list")
		}
		var labels []string
		for i, v := range list {
			l, err := label(v)
			if err != nil {
				return nil, fmt.Errorf("number %d of the list: %w", i, err)
			}
			labels = append(labels, l)
		}
		return labels, nil
	})
}

// fail keeps an error, unless there was one before.
func (o *object) fail(err error) {
	if o.err == nil {
		o.err = err
	}
}

// member decodes the object's member that is the column.
func member[V any](o *object, c column, decode func(json.RawMessage) (V, error)) (v V) {
	members := slices.Sorted(maps.Keys(o.members))
	for _, name := range c.names {
		if i := indexName(members, name); i >= 0 {
			text := o.members[members[i]]
			v, err := decode(text)
			if !utf8.Valid(text) {
				err = errNotUTF8
			}
			if err != nil {
				o.fail(c.fail("the %s: %w", c.holds, err))
			}
			return v
		}
	}
	o.fail(c.fail("the %s: no field is named %s; there are %s", c.holds, strings.Join(c.names, " or "),
		message.List(members)))
	return v
}

// decode decodes a value. One that is null gives no value and no error, which
// callers look for.
func decode[V any](text json.RawMessage) (v V, err error) {
	err = json.Unmarshal(text, &v)
	return v, err
}

func decodeText(v json.RawMessage) (string, error) {
	if string(v) == "null" {
		return "", errors.New("null is no string")
	}
	return decode[string](v)
}

func decodeTexts(v json.RawMessage) ([]string, error) {
	list, err := decode[[]json.RawMessage](v)
	if err != nil || list == nil {
		return nil, errors.New("it is no list")
	}
	texts := make([]string, len(list))
	for i, v := range list {
		if texts[i], err = decodeText(v); err != nil {
			return nil, fmt.Errorf("number %d of the list: %w", i, err)
		}
	}
	return texts, nil
}

// label returns a string as it is, and a number or a boolean as it is written.
func label(v json.RawMessage) (string, error) {
	if v[0] == '"' {
		s, err := decode[string](v)
		s = labelOf(s)
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
