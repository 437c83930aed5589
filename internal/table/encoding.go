package table

import (
	"errors"
	"strings"
)

// ErrNotUTF8 is the error of a line or a field in another encoding.
var ErrNotUTF8 = errors.New("it is not UTF-8; convert the file, for instance with: iconv -f cp949 -t utf-8 FILE > NEW")

// A WideError names the encoding, utf-16 or utf-32, of a file that is not UTF-8.
type WideError string

func (e WideError) Error() string {
	return "it is " + strings.ToUpper(string(e)) + ", not UTF-8; convert the file, for instance with: iconv -f " + string(e) + " -t utf-8 FILE > NEW"
}

// CheckEncoding returns a [WideError] if a file begins with the byte order mark of a wide
// encoding, or with ASCII letters in it. With less than four bytes it recognizes only the
// mark.
func CheckEncoding(begin []byte) error {
	const utf16, utf32 = WideError("utf-16"), WideError("utf-32")
	mark := ""
	if len(begin) >= 2 {
		mark = string(begin[:2])
	}
	if len(begin) >= 4 {
		zeros := [4]bool{begin[0] == 0, begin[1] == 0, begin[2] == 0, begin[3] == 0}
		switch {
		case string(begin[:4]) == "\xff\xfe\x00\x00", string(begin[:4]) == "\x00\x00\xfe\xff",
			zeros == [4]bool{false, true, true, true}, zeros == [4]bool{true, true, true, false}:
			return utf32
		case zeros == [4]bool{false, true, false, true}, zeros == [4]bool{true, false, true, false}:
			return utf16
		}
	}
	if mark == "\xff\xfe" || mark == "\xfe\xff" {
		return utf16
	}
	return nil
}
