package dataset

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/table"
)

// CheckText reports whether a file is UTF-8. If it is not, the error is an
// [*Error] with the first invalid line; otherwise it is the error of reading,
// if any.
func CheckText(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	b := bufio.NewReaderSize(file, 1<<16)
	begin, _ := b.Peek(64)
	other := table.CheckForeign(begin) // a format that is not text
	for line := 1; ; {
		// The last bytes may be a part of a character: the next look at the
		// buffer has all of it.
		chunk, err := b.Peek(1 << 16)
		if err != nil && err != io.EOF {
			return err
		}
		n := 0
		for n < len(chunk) && (err == io.EOF || utf8.FullRune(chunk[n:])) {
			r, size := utf8.DecodeRune(chunk[n:])
			if r == utf8.RuneError && size == 1 {
				if other != nil {
					return newError(ErrText, path, other)
				}
				return newError(ErrText, path, &lineError{line + bytes.Count(chunk[:n], []byte("\n")), table.ErrNotUTF8})
			}
			n += size
		}
		if n == 0 {
			return nil
		}
		line += bytes.Count(chunk[:n], []byte("\n"))
		if _, err := b.Discard(n); err != nil {
			return err
		}
	}
}
