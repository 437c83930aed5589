package table

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrObject is the error of a line that is not a JSON object.
var ErrObject = errors.New("not a JSON object")

// A Member is a member of a JSON object.
type Member struct {
	Name   []byte
	Value  []byte // as written, but strings are decoded; nil: null
	String bool
	Nested bool // it is a list or an object
}

// Members returns the members of a line that is a JSON object. (The package encoding/json
// would add 200 kB to the device's binary.)
func Members(line []byte) (list []Member, err error) {
	if !utf8.Valid(line) {
		return nil, ErrNotUTF8
	}
	s := scanner{rest: line}
	if !s.take('{') {
		return nil, s.unexpected(ErrObject)
	}
	for more := !s.take('}'); more; {
		name, ok := s.text()
		if !ok || !s.take(':') {
			return nil, s.unexpected(ErrObject)
		}
		m, ok := s.member()
		if m.Name = name; !ok {
			return nil, s.unexpected(ErrObject)
		}
		if slices.ContainsFunc(list, func(other Member) bool { return bytes.Equal(other.Name, m.Name) }) {
			return nil, fmt.Errorf("%w: it has the member %.40q twice", ErrObject, m.Name)
		}
		list = append(list, m)
		if more = s.take(','); !more && !s.take('}') {
			return nil, s.unexpected(ErrObject)
		}
	}
	if s.space(); len(s.rest) > 0 {
		return nil, s.unexpected(ErrObject)
	}
	return list, nil
}

// List returns the values in a JSON list, as members without names.
func List(text []byte) (list []Member, err error) {
	err = EachOfList(text, func(m Member) error {
		list = append(list, m)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// EachOfList calls do for each value in a JSON list, as a member without a name. It
// returns the error of do, or an error if the text is not a JSON list.
func EachOfList(text []byte, do func(Member) error) error {
	s := scanner{rest: text}
	if !s.take('[') {
		return s.unexpected(ErrList)
	}
	for more := !s.take(']'); more; {
		m, ok := s.member()
		if !ok {
			return s.unexpected(ErrList)
		}
		if err := do(m); err != nil {
			return err
		}
		if more = s.take(','); !more && !s.take(']') {
			return s.unexpected(ErrList)
		}
	}
	if s.space(); len(s.rest) > 0 {
		return s.unexpected(ErrList)
	}
	return nil
}

// Text returns the value of a JSON string, or of the member of an object with this name if
// it is a string; false: there is none.
func Text(text []byte, name string) (string, bool) {
	if list, err := Members(text); err == nil {
		for _, m := range list {
			if string(m.Name) == name && m.String {
				return string(m.Value), true
			}
		}
		return "", false
	}
	s := scanner{rest: text}
	said, ok := s.text()
	s.space()
	return string(said), ok && len(s.rest) == 0
}

// A scanner reads the parts of a JSON text.
type scanner struct{ rest []byte }

func (s *scanner) space() { s.rest = bytes.TrimLeft(s.rest, " \t\r\n") }

// unexpected returns an error about the next characters.
func (s *scanner) unexpected(err error) error {
	if s.space(); len(s.rest) == 0 {
		return fmt.Errorf("%w: it has no end", err)
	}
	return fmt.Errorf("%w: %.20q is not expected there", err, s.rest)
}

// take skips a character, if it is next.
func (s *scanner) take(c byte) bool {
	s.space()
	found := len(s.rest) > 0 && s.rest[0] == c
	if found {
		s.rest = s.rest[1:]
	}
	return found
}

// member reads the value of a member.
func (s *scanner) member() (m Member, ok bool) {
	s.space()
	m.String = len(s.rest) > 0 && s.rest[0] == '"'
	m.Nested = len(s.rest) > 0 && (s.rest[0] == '[' || s.rest[0] == '{')
	m.Value, ok = s.value()
	return m, ok
}

// value reads a value. It returns nil for null.
func (s *scanner) value() (value []byte, ok bool) {
	switch {
	case len(s.rest) == 0:
		return nil, false
	case s.rest[0] == '"':
		return s.text()
	case s.rest[0] == '[', s.rest[0] == '{':
		text := s.rest
		ok = s.nested()
		return text[:len(text)-len(s.rest)], ok
	}
	n := bytes.IndexAny(s.rest, " \t\r\n,:}]")
	if n < 0 {
		n = len(s.rest)
	}
	value = s.rest[:n]
	if _, number := ParseNumber[float32](value); !number && string(value) != "true" && string(value) != "false" && string(value) != "null" {
		return nil, false
	}
	if s.rest = s.rest[n:]; string(value) == "null" {
		return nil, true
	}
	return value, true
}

// nested skips a list or an object.
func (s *scanner) nested() bool {
	for depth := 0; len(s.rest) > 0; {
		switch s.rest[0] {
		case '"':
			if _, ok := s.text(); !ok {
				return false
			}
			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		if s.rest = s.rest[1:]; depth == 0 {
			return true
		}
	}
	return false
}

// text reads a string.
func (s *scanner) text() (text []byte, ok bool) {
	if !s.take('"') {
		return nil, false
	}
	text = []byte{}
	for {
		n := bytes.IndexAny(s.rest, `"\`)
		if n < 0 {
			return nil, false
		}
		text = append(text, s.rest[:n]...)
		end := s.rest[n] == '"'
		if s.rest = s.rest[n+1:]; end {
			return text, utf8.Valid(text)
		}
		r, ok := s.escaped()
		if !ok {
			return nil, false
		}
		text = utf8.AppendRune(text, r)
	}
}

// escaped reads an escape after its backslash.
func (s *scanner) escaped() (rune, bool) {
	if len(s.rest) == 0 {
		return 0, false
	}
	c := s.rest[0]
	s.rest = s.rest[1:]
	if c == 'u' {
		r, ok := s.code()
		if utf16.IsSurrogate(r) && bytes.HasPrefix(s.rest, []byte(`\u`)) {
			s.rest = s.rest[2:]
			low, also := s.code()
			return utf16.DecodeRune(r, low), ok && also
		}
		return r, ok
	}
	at := bytes.IndexByte([]byte(`"\/bfnrt`), c)
	if at < 0 {
		return 0, false
	}
	return rune("\"\\/\b\f\n\r\t"[at]), true
}

// code reads four hexadecimal digits.
func (s *scanner) code() (rune, bool) {
	if len(s.rest) < 4 {
		return 0, false
	}
	v, err := strconv.ParseUint(string(s.rest[:4]), 16, 16)
	s.rest = s.rest[4:]
	return rune(v), err == nil
}

// Columns returns the names of the members that may be columns: those that are neither a
// list nor an object.
func Columns(line []byte) (names []string, err error) {
	list, err := Members(line)
	for _, m := range list {
		if !m.Nested {
			names = append(names, string(m.Name))
		}
	}
	return names, err
}

// AppendMembers appends the values of the members with these names to dst. A value is nil
// if there is no such member, or if it is neither a number nor a string.
func AppendMembers(dst [][]byte, line []byte, names []string) ([][]byte, error) {
	list, err := Members(line)
	if err != nil {
		return dst, err
	}
	for _, name := range names {
		var value []byte
		if i := slices.IndexFunc(list, func(m Member) bool { return string(m.Name) == name }); i >= 0 && !list[i].Nested {
			value = list[i].Value
		}
		dst = append(dst, value)
	}
	return dst, nil
}
