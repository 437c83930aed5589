package cli

import (
	"io"
	"strconv"
	"strings"
	"unicode"
)

// Printable returns a name of a model or a file with control characters escaped as in Go,
// so that it cannot send escape sequences to a terminal, or end a field or a line of the
// output.
func Printable(name string) string { return escaped(name, "") }

// escaped escapes control characters, except those to keep.
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

// steers reports whether r is a control character, or one that ends lines or changes the
// direction of writing.
func steers(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// errorText returns the text of an error without control characters except line ends. It
// also escapes line ends in the arguments, which are often file names in the error.
func errorText(err error, args []string) string {
	text := err.Error()
	for _, arg := range args {
		if name := Printable(arg); name != arg {
			text = strings.ReplaceAll(text, arg, name)
		}
	}
	return escaped(text, "\n\t")
}

// Tamed replaces control characters other than newline and tab in a model's text, so that
// it cannot control the terminal that shows it.
func Tamed(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// A TamedWriter tames text on its way to W. Each Write must have whole characters.
type TamedWriter struct{ W io.Writer }

// Write writes the text, tamed.
func (t TamedWriter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(t.W, Tamed(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}
