package table

import (
	"bytes"
	"errors"
)

// Separators are the characters that may separate the fields of a line.
const Separators = ",;\t"

// The reasons why a line cannot be split.
var (
	// ErrBareQuote: a field that does not begin with a quote has one.
	ErrBareQuote = errors.New(`bare " in non-quoted-field`)
	// ErrOpenQuote: a field that begins with a quote does not end with one.
	ErrOpenQuote = errors.New(`a field in quotes has no end`)
	// ErrAfterQuote: a field in quotes is followed by more text.
	ErrAfterQuote = errors.New(`text after the closing quote of a field: double the quotes inside it`)
)

// A Format describes how a line is divided into fields.
type Format struct {
	Separator byte
	// Quotes: fields may be in quotes, as in RFC 4180. Otherwise quotes are text.
	Quotes bool
	// Bare: quotes are text in a field that does not begin with one.
	Bare bool
	// Trim: ignore white space around a field that is not in quotes.
	Trim bool
}

// Split appends the fields of a line to dst. They are valid as long as the line.
func (f Format) Split(dst [][]byte, line []byte) ([][]byte, error) {
	quotes := f.Quotes && bytes.IndexByte(line, '"') >= 0
	for {
		if quotes {
			if begin := bytes.TrimLeft(line, " "); len(begin) > 0 && begin[0] == '"' {
				field, rest, err := unquote(begin[1:])
				if err != nil {
					return dst, err
				}
				dst = append(dst, field)
				rest = bytes.TrimLeft(rest, " ")
				switch {
				case len(rest) == 0:
					return dst, nil
				case rest[0] != f.Separator:
					return dst, ErrAfterQuote
				}
				line = rest[1:]
				continue
			}
		}
		field, more := line, false
		at := bytes.IndexByte(line, f.Separator)
		if at >= 0 {
			field, more, line = line[:at], true, line[at+1:]
		}
		if quotes && !f.Bare && bytes.IndexByte(field, '"') >= 0 {
			return dst, ErrBareQuote
		}
		if f.Trim {
			field = bytes.TrimSpace(field)
		}
		if dst = append(dst, field); !more {
			return dst, nil
		}
	}
}

// unquote returns the text before the closing quote, with doubled quotes as single ones,
// and the text after it.
func unquote(text []byte) (field, rest []byte, err error) {
	doubled := false
	for end := 0; ; end += 2 {
		at := bytes.IndexByte(text[end:], '"')
		if at < 0 {
			return nil, nil, ErrOpenQuote
		}
		if end += at; end+1 >= len(text) || text[end+1] != '"' {
			field, rest = text[:end], text[end+1:]
			break
		}
		doubled = true
	}
	if doubled {
		field = bytes.ReplaceAll(field, []byte(`""`), []byte(`"`))
	}
	return field, rest, nil
}
