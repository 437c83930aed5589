package dataset

import (
	"bytes"
	"io"
)

// jsonLines returns a function that gives the next line of a file of JSON, without white
// space around it, and the line's number from 1. Empty lines are skipped. The text is
// valid until the next call. The error is io.EOF after the last line.
func jsonLines(r io.Reader) func() (text []byte, line int, err error) {
	lines := linesOf(r)
	return func() ([]byte, int, error) {
		for {
			text, err := lines.Next()
			if err == io.EOF {
				return nil, lines.Number(), err
			} else if err != nil {
				return nil, lines.Number(), &lineError{lines.Number(), err}
			}
			if text = bytes.TrimSpace(text); len(text) > 0 {
				return text, lines.Number(), nil
			}
		}
	}
}
