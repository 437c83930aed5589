package series

import (
	"bytes"
	"strings"
)

// separators are the characters that may stand between the fields of a line.
const separators = ",;\t"

// appendFields appends the fields of a line to dst, without white space around them.
// Fields in quotes are as RFC 4180 has them, except between tabs, where quotes mean
// nothing.
func appendFields(dst [][]byte, line []byte, separator byte) [][]byte {
	for {
		if field := bytes.TrimLeft(line, " "); separator != '\t' && len(field) > 0 && field[0] == '"' {
			field, rest := unquote(field[1:])
			dst = append(dst, field)
			at := bytes.IndexByte(rest, separator)
			if at < 0 {
				return dst
			}
			line = rest[at+1:]
			continue
		}
		field, rest, more := bytes.Cut(line, []byte{separator})
		dst = append(dst, bytes.TrimSpace(field))
		if !more {
			return dst
		}
		line = rest
	}
}

// unquote returns what stands before the closing quote, with doubled quotes as single
// ones, and what follows the quote.
func unquote(text []byte) (field, rest []byte) {
	end := 0
	for {
		at := bytes.IndexByte(text[end:], '"')
		if at < 0 {
			end = len(text)
			break
		}
		if end += at; end+1 >= len(text) || text[end+1] != '"' {
			rest = text[end+1:]
			break
		}
		end += 2
	}
	return bytes.ReplaceAll(text[:end], []byte(`""`), []byte(`"`)), rest
}

// separatorOf returns what separates the fields of a CSV's first line: what gives as
// many as the model reads, or else the first that there is. chosen: some of several
// fields are read.
func separatorOf(line []byte, width int, chosen bool) byte {
	several := width > 1 || chosen
	counts := func(s byte) bool { return bytes.Count(line, []byte{s})+1 == width }
	for _, s := range []byte(separators) {
		if s == ',' && bytes.IndexByte(line, ';') >= 0 {
			continue // these commas are decimal ones
		}
		if several && counts(s) {
			return s
		}
	}
	for _, s := range []byte{';', '\t'} {
		if several && bytes.IndexByte(line, s) >= 0 {
			return s
		}
	}
	return ','
}

// IsDecimalComma reports whether a field is a number with a decimal comma.
func IsDecimalComma(field string) bool {
	whole, decimals, found := strings.Cut(strings.TrimSpace(field), ",")
	return found && isDigits(strings.TrimLeft(whole, "+-")) && isDigits(decimals)
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
