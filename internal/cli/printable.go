package cli

import (
	"io"
	"strconv"
	"strings"
	"unicode"
)

// Printable returns a name that a model or a file has with its control characters
// escaped as Go does: they must not write escapes to a terminal, nor the ends of
// fields and lines to a record.
func Printable(name string) string { return escaped(name, "") }

// escaped escapes control characters, but for those that are kept.
func escaped(text, kept string) string {
	var b strings.Builder
	for _, r := range text {
		if steers(r) && !strings.ContainsRune(kept, r) {
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// steers reports whether r is a control character, or one that ends lines or
// turns the direction of writing.
func steers(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// errorText returns the text of an error without control characters but the ends of
// its lines. Those of the arguments are escaped, too: they are names of files, of
// which an error is made.
func errorText(err error, args []string) string {
	text := err.Error()
	for _, arg := range args {
		if name := Printable(arg); name != arg {
			text = strings.ReplaceAll(text, arg, name)
		}
	}
	return escaped(text, "\n\t")
}

// Tamed replaces control characters other than newline and tab in a model's text,
// which must not steer the terminal that shows it.
func Tamed(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// A TamedWriter tames text on its way to W. Each Write is of whole characters.
type TamedWriter struct{ W io.Writer }

// Write writes the text, tamed.
func (t TamedWriter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(t.W, Tamed(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}
