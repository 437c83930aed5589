package tokenizer

import (
	"unicode"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/nfc"
)

// A scanner reads the characters of a text, in normal form C if the options ask
// for it, in lower case and with long runs cut.
type scanner[T string | []byte] struct {
	text     T
	lower    bool
	maxRun   int
	compose  bool // read from composed, since text is not in the form
	composed nfc.Scanner[T]

	char   rune
	offset int // of char
	end    int // offset after char
	run    int // length of the run of char so far
}

func newScanner[T string | []byte](t *format.Tokenizer, f form, text T) scanner[T] {
	s := scanner[T]{text: text, lower: t.Lowercase, maxRun: t.MaxRun}
	if f != asItIs && !nfc.IsNormal(text) {
		s.compose, s.composed = true, nfc.NewScanner(text)
		s.composed.KeepSingles = f == composed
	}
	return s
}

// next moves to the next character. It returns false at the end of the text.
func (s *scanner[T]) next() bool {
	for {
		r, ok := s.read()
		if !ok {
			return false
		}
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
		s.run = s.maxRun // so that it cannot overflow
	}
}

// read returns the next character of the text.
func (s *scanner[T]) read() (r rune, ok bool) {
	if s.compose {
		r, ok = s.composed.Next()
		s.offset = s.composed.Offset()
		return r, ok
	}
	if s.end == len(s.text) {
		return 0, false
	}
	r, size := nfc.DecodeRune(s.text[s.end:])
	s.offset, s.end = s.end, s.end+size
	return r, true
}

// word appends the next characters between white space to buf, which is empty, and
// returns them with their offset. At the end of the text there are none. It leaves
// out the rest of a word after the first character that exceeds limit bytes.
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
