package series

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// errObject says that a line is no JSON object.
var errObject = errors.New("no JSON object whose members are numbers and strings")

// A member is one of a JSON object.
type member struct {
	name, value []byte // of a string what it says; nil: null, a list or an object
	nested      bool   // it is a list or an object
}

// members returns those of a line that is a JSON object. (The package encoding/json
// would add 200 kB to the device's binary.)
func members(line []byte) (list []member, err error) {
	s := scanner{rest: line}
	if !s.take('{') {
		return nil, errObject
	}
	for more := !s.take('}'); more; {
		var m member
		var ok bool
		if m.name, ok = s.text(); !ok || !s.take(':') {
			return nil, errObject
		}
		s.space()
		m.nested = len(s.rest) > 0 && (s.rest[0] == '[' || s.rest[0] == '{')
		if m.value, ok = s.value(); !ok {
			return nil, errObject
		}
		if slices.ContainsFunc(list, func(other member) bool { return bytes.Equal(other.name, m.name) }) {
			return nil, fmt.Errorf("the object has the member %.40q twice", m.name)
		}
		list = append(list, m)
		if more = s.take(','); !more && !s.take('}') {
			return nil, errObject
		}
	}
	if s.space(); len(s.rest) > 0 {
		return nil, errObject
	}
	return list, nil
}

// A scanner reads the parts of a JSON text.
type scanner struct{ rest []byte }

func (s *scanner) space() { s.rest = bytes.TrimLeft(s.rest, " \t\r\n") }

// take goes past a character, if it is next.
func (s *scanner) take(c byte) bool {
	s.space()
	found := len(s.rest) > 0 && s.rest[0] == c
	if found {
		s.rest = s.rest[1:]
	}
	return found
}

// value reads a value, which is next. It is nil if it is null, a list or an object.
func (s *scanner) value() (value []byte, ok bool) {
	switch {
	case len(s.rest) == 0:
		return nil, false
	case s.rest[0] == '"':
		return s.text()
	case s.rest[0] == '[', s.rest[0] == '{':
		return nil, s.nested()
	}
	n := bytes.IndexAny(s.rest, " \t\r\n,:}]")
	if n < 0 {
		n = len(s.rest)
	}
	value, s.rest = s.rest[:n], s.rest[n:]
	if string(value) == "null" {
		return nil, true
	}
	_, number := ParseNumber[float32](value)
	return value, number || string(value) == "true" || string(value) == "false"
}

// nested goes past a list or an object.
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

// escaped reads what stands behind a backslash.
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

// appendMembers appends the values of the members of an object that have these names
// to dst; nil: it has no such member, or its value is no number and no string.
func appendMembers(dst [][]byte, line []byte, names []string) ([][]byte, error) {
	list, err := members(line)
	if err != nil {
		return dst, err
	}
	for _, name := range names {
		var value []byte
		if i := slices.IndexFunc(list, func(m member) bool { return string(m.name) == name }); i >= 0 {
			value = list[i].value
		}
		dst = append(dst, value)
	}
	return dst, nil
}
