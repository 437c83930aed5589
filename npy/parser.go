package npy

import (
	"fmt"
	"strconv"
	"strings"
)

// A parser reads a header's text. After a failure it keeps the first error
// and reads nothing more.
type parser struct {
	rest string
	size int // length of the whole text
	err  error
}

func (p *parser) fail(what string) {
	if p.err == nil {
		p.err = fmt.Errorf("%w: header at byte %d: %s", ErrFormat, p.size-len(p.rest), what)
	}
}

// take skips white space and then token, if that is next.
func (p *parser) take(token string) bool {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	if p.err != nil || !strings.HasPrefix(p.rest, token) {
		return false
	}
	p.rest = p.rest[len(token):]
	return true
}

func (p *parser) want(token string) {
	if p.err == nil && !p.take(token) {
		p.fail(fmt.Sprintf("want %q, got %.12q", token, p.rest))
	}
}

// quoted reads a string in single or double quotes. No key and no type has an
// escape sequence.
func (p *parser) quoted() string {
	for _, quote := range []string{"'", `"`} {
		if p.take(quote) {
			text, rest, ok := strings.Cut(p.rest, quote)
			if !ok {
				p.fail("a string without end")
				return ""
			}
			p.rest = rest
			return text
		}
	}
	p.fail(fmt.Sprintf("want a string, got %.12q", p.rest))
	return ""
}

func (p *parser) dtype() DType {
	if p.take("[") {
		p.err = fmt.Errorf("%w: a structured array; save its fields as arrays of their own", ErrUnsupported)
		return DType{}
	}
	name := p.quoted()
	if p.err != nil {
		return DType{}
	}
	d, err := parseDType(name)
	p.err = err
	return d
}

func (p *parser) boolean() bool {
	if p.take("True") {
		return true
	}
	p.want("False")
	return false
}

// shape reads a tuple of lengths: (), (3,), (3, 4).
func (p *parser) shape() []int {
	shape := []int{}
	p.want("(")
	for p.err == nil && !p.take(")") {
		shape = append(shape, p.length())
		if len(shape) > maxDims {
			p.fail(fmt.Sprintf("more than %d dimensions", maxDims))
		}
		if p.err == nil && !p.take(",") {
			p.want(")")
			break
		}
	}
	return shape
}

func (p *parser) length() int {
	p.take("") // white space
	end := 0
	for end < len(p.rest) && p.rest[end] >= '0' && p.rest[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(p.rest[:end])
	if err != nil {
		p.fail(fmt.Sprintf("want a length, got %.24q", p.rest))
		return 0
	}
	p.rest = p.rest[end:]
	p.take("L") // Python 2 wrote long integers so
	return n
}
