package main

import (
	"io"
	"strconv"
	"strings"
	"unicode"
)

// printable returns a name that a model holds with its control characters escaped
// as Go does: a file's labels and provenance must not write escapes to a terminal,
// nor the ends of fields and lines to a record.
func printable(name string) string {
	var b strings.Builder
	for _, r := range name {
		if controls(r) {
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// controls reports whether r is a control character, or one that ends lines or
// turns the direction of writing.
func controls(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// tamed replaces control characters other than newline and tab in a model's text,
// which must not steer the terminal that shows it.
func tamed(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// A tamedWriter tames text on its way to w. Each Write is of whole characters.
type tamedWriter struct{ w io.Writer }

func (t tamedWriter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(t.w, tamed(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}
