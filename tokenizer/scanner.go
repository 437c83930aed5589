package tokenizer

import (
	"unicode"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/format"
)

// A scanner walks over the characters of a text, lowered and with long runs
// cut.
type scanner[T string | []byte] struct {
	text   T
	lower  bool
	maxRun int

	char   rune
	offset int // of char
	end    int // offset behind char
	run    int // how often char has stood side by side
}

func newScanner[T string | []byte](t *format.Tokenizer, text T) scanner[T] {
	return scanner[T]{text: text, lower: t.Lowercase, maxRun: t.MaxRun}
}

// next moves to the next character. It returns false at the end of the text.
func (s *scanner[T]) next() bool {
	for s.end < len(s.text) {
		r, size := decodeRune(s.text[s.end:])
		s.offset, s.end = s.end, s.end+size
		if s.lower {
			r = unicode.ToLower(r)
		}
		if r != s.char {
			s.run = 0
		}
		s.char = r
		if s.run++; s.maxRun == 0 || s.run <= s.maxRun {
			return true
		}
		s.run = s.maxRun // it cannot overflow
	}
	return false
}

// decodeRune returns the first character of a text and its size in bytes.
func decodeRune[T string | []byte](text T) (rune, int) {
	if c := text[0]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	var first [utf8.UTFMax]byte
	n := copy(first[:], text)
	return utf8.DecodeRune(first[:n])
}

// word appends the next characters between white space to buf, which is empty, and
// returns them with their offset; at the end of the text none. It leaves out what
// follows the first character that exceeds limit bytes.
func (s *scanner[T]) word(buf []byte, limit int) (word []byte, offset int) {
	for s.next() {
		if !unicode.IsSpace(s.char) {
			if len(buf) == 0 {
				offset = s.offset
			}
			if len(buf) <= limit {
				buf = utf8.AppendRune(buf, s.char)
			}
		} else if len(buf) > 0 {
			break
		}
	}
	return buf, offset
}
