package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

// errNotUTF8 is the error of a line or a field in another encoding.
var errNotUTF8 = errors.New("it is not UTF-8; convert the file from the encoding that it has, for instance with: iconv -f cp949 -t utf-8 FILE > NEW")

// wideEncoding names the encoding whose mark the first bytes of a file are, or in
// which they would be letters of ASCII: utf-16 or utf-32. "": it is neither.
func wideEncoding(begin []byte) string {
	if len(begin) < 4 {
		return ""
	}
	zeros := [4]bool{begin[0] == 0, begin[1] == 0, begin[2] == 0, begin[3] == 0}
	mark := string(begin[:2])
	switch {
	case string(begin) == "\xff\xfe\x00\x00", string(begin) == "\x00\x00\xfe\xff", zeros == [4]bool{false, true, true, true}, zeros == [4]bool{true, true, true, false}:
		return "utf-32"
	case mark == "\xff\xfe", mark == "\xfe\xff", zeros == [4]bool{false, true, false, true}, zeros == [4]bool{true, false, true, false}:
		return "utf-16"
	}
	return ""
}

// A wideError names the encoding of a file that is not UTF-8.
type wideError string

func (e wideError) Error() string {
	return "it is " + strings.ToUpper(string(e)) + ", not UTF-8; convert the file, for instance with: iconv -f " + string(e) + " -t utf-8 FILE > NEW"
}

// CheckText reports whether a file is UTF-8. If it is not, the error is an
// [*Error] with the first line that is not; else it is the one of reading.
func CheckText(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	b := bufio.NewReaderSize(file, 1<<16)
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
				return newError(ErrText, path, &lineError{line + bytes.Count(chunk[:n], []byte("\n")), errNotUTF8})
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
