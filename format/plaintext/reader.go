package plaintext

import (
	"bytes"
	"strconv"

	"github.com/rnnrun/rnnrun/format/network"
)

// A reader reads the words of lines.
type reader struct {
	rest []byte // after the current line
	row  []byte // what is left of it
	line int    // its number, from 1
}

func (r *reader) refuse(format string, args ...any) error {
	return network.Refuse(network.ErrDamaged, "line "+strconv.Itoa(r.line), format, args...)
}

// more skips ignored lines, and reports whether another line follows.
func (r *reader) more() bool {
	for len(r.rest) > 0 {
		row, rest, _ := bytes.Cut(r.rest, []byte("\n"))
		if row = bytes.TrimLeftFunc(row, separates); len(row) > 0 && row[0] != '#' {
			return true
		}
		r.line++
		r.rest = rest
	}
	return false
}

// nextLine makes the next line that is not ignored the current one.
func (r *reader) nextLine() bool {
	if !r.more() {
		return false
	}
	r.row, r.rest, _ = bytes.Cut(r.rest, []byte("\n"))
	r.line++
	return true
}

// word returns the next word of the current line; nil: it has no more.
func (r *reader) word() []byte {
	r.row = bytes.TrimLeftFunc(r.row, separates)
	if len(r.row) == 0 {
		return nil
	}
	end := bytes.IndexFunc(r.row, separates)
	if end < 0 {
		end = len(r.row)
	}
	word := r.row[:end]
	r.row = r.row[end:]
	return word
}

func separates(c rune) bool { return c == ' ' || c == '\t' || c == '\r' || c == ',' }
