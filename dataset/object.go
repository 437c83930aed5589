package dataset

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/table"
)

// An object is a line of JSON that makes a record. Its methods return the value
// of a column, and keep the first error.
type object struct {
	line    int
	members []table.Member
	err     error
}

// firstObject returns the first object of a file of JSON.
func firstObject(r io.Reader) (o object, err error) {
	text, line, err := jsonLines(r)()
	if o.line = line; err == nil {
		err = o.read(text)
	}
	return o, err
}

// read reads a line.
func (o *object) read(text []byte) (err error) {
	if string(text) == "null" {
		return &lineError{o.line, errors.New("null is not a JSON object")}
	}
	if o.members, err = table.Members(text); err != nil {
		return &lineError{o.line, err}
	}
	return nil
}

// names returns the names of the members, in alphabetical order.
func (o *object) names() (names []string) {
	for _, m := range o.members {
		names = append(names, string(m.Name))
	}
	slices.Sort(names)
	return names
}

// objects returns a function that gives the record of the next line of JSON.
func objects[T any](r io.Reader, record func(o *object) T) func() (T, error) {
	next := jsonLines(r)
	return func() (T, error) {
		var none T
		text, line, err := next()
		if err != nil {
			return none, err
		}
		o := object{line: line}
		if err := o.read(text); err != nil {
			return none, err
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
	return member(o, c, func(m table.Member) ([]string, error) { return decodeList(m, label) })
}

// fail keeps an error, unless there was one before.
func (o *object) fail(err error) {
	if o.err == nil {
		o.err = err
	}
}

// member decodes the object's member that is the column.
func member[V any](o *object, c column, decode func(table.Member) (V, error)) (v V) {
	names := o.names()
	for _, name := range c.names {
		if i := indexName(names, name); i >= 0 {
			at := slices.IndexFunc(o.members, func(m table.Member) bool { return string(m.Name) == names[i] })
			v, err := decode(o.members[at])
			if err != nil {
				o.fail(c.fail("the %s: %w", c.holds, err))
			}
			return v
		}
	}
	o.fail(c.fail("the %s: no field is named %s; there are %s", c.holds, strings.Join(c.names, " or "),
		message.List(names)))
	return v
}

func decodeText(m table.Member) (string, error) {
	if !m.String {
		return "", fmt.Errorf("%s is not a string", quoteValue(m))
	}
	return string(m.Value), nil
}

func decodeTexts(m table.Member) ([]string, error) { return decodeList(m, decodeText) }

// decodeList decodes the values of a list.
func decodeList(m table.Member, value func(table.Member) (string, error)) ([]string, error) {
	values, err := table.List(m.Value)
	if err != nil || !m.Nested {
		return nil, errors.New("it is not a list")
	}
	texts := make([]string, len(values))
	for i, v := range values {
		if texts[i], err = value(v); err != nil {
			return nil, fmt.Errorf("number %d of the list: %w", i, err)
		}
	}
	return texts, nil
}

// label returns a string as it is, and a number or a boolean as it is written.
func label(m table.Member) (string, error) {
	if m.Nested || m.Value == nil {
		return "", fmt.Errorf("%s is neither a string nor a number", quoteValue(m))
	}
	if !m.String {
		return string(m.Value), nil
	}
	s := labelOf(string(m.Value))
	if s == "" {
		return s, errors.New("it is empty")
	}
	return s, nil
}

// quoteValue returns a value for a message.
func quoteValue(m table.Member) string {
	if m.Value == nil {
		return "null"
	}
	return fmt.Sprintf("%.40s", m.Value)
}
