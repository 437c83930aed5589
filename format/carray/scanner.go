package carray

import (
	"bytes"
	"strconv"

	"github.com/rnnrun/rnnrun/format/network"
)

// A scanner reads the words of C source.
type scanner struct {
	rest []byte
	line int // from 1
}

func (s *scanner) refuse(format string, args ...any) error {
	return network.Refuse(network.ErrDamaged, "line "+strconv.Itoa(s.line), format, args...)
}

// take returns the next n bytes.
func (s *scanner) take(n int) []byte {
	taken := s.rest[:n]
	s.rest = s.rest[n:]
	s.line += bytes.Count(taken, []byte("\n"))
	return taken
}

// through takes everything up to the end of the given text, or up to the end of
// the source.
func (s *scanner) through(end string) {
	if n := bytes.Index(s.rest, []byte(end)); n >= 0 {
		s.take(n + len(end))
	} else {
		s.take(len(s.rest))
	}
}

// word returns the next identifier or number, or another character; "": there is no more.
func (s *scanner) word() string {
	for len(s.rest) > 0 {
		switch c := s.rest[0]; {
		case c == '#' || bytes.HasPrefix(s.rest, []byte("//")):
			s.through("\n")
		case bytes.HasPrefix(s.rest, []byte("/*")):
			s.through("*/")
		case c == '"' || c == '\'':
			s.text(c)
		case c <= ' ':
			s.take(1)
		case within(c):
			n := 1
			for n < len(s.rest) && (within(s.rest[n]) || exponent(s.rest, n)) {
				n++
			}
			return string(s.take(n))
		default:
			return string(s.take(1))
		}
	}
	return ""
}

// text takes a string or a character literal up to its closing quote.
func (s *scanner) text(quote byte) {
	n := 1
	for n < len(s.rest) && s.rest[n] != quote {
		if s.rest[n] == '\\' {
			n++
		}
		n++
	}
	s.take(min(n+1, len(s.rest)))
}

// within reports whether a byte belongs to an identifier or a number.
func within(c byte) bool {
	return c == '_' || c == '.' || '0' <= c && c <= '9' || letter(c)
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// exponent reports whether the byte is the sign of a number's exponent.
func exponent(b []byte, n int) bool {
	return (b[n] == '-' || b[n] == '+') && b[n-1]|0x20 == 'e' && !letter(b[0]) && b[0] != '_'
}

func identifier(word string) bool { return letter(word[0]) || word[0] == '_' }
