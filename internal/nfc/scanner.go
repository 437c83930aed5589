// Package nfc brings text into Unicode's normal form C, in which a letter with
// its marks is one character if there is one: Korean syllables are whole, and é is
// U+00E9 and not e and U+0301.
//
// The algorithm is that of Unicode's Standard Annex 15. The tables are a third of
// those of golang.org/x/text/unicode/norm, which they are made from: that package
// serves other forms, too. Invalid UTF-8 becomes U+FFFD. A letter with more than 27
// marks is brought into the form in parts.
package nfc

import "unicode/utf8"

// longest is how many characters of a segment are composed together.
const longest = 32

// A Scanner gives the characters of a text in the normal form. It allocates
// nothing.
type Scanner[T string | []byte] struct {
	// KeepSingles leaves characters unchanged that decompose into a single other one,
	// such as the ångström sign, so that the text is not in the normal form.
	KeepSingles bool

	text T
	end  int // of what has been read

	// A segment is a group of characters that may change together: it begins at
	// a character that the text before does not change, and ends before the next
	// such one.
	segment      [longest]rune
	classes      [longest]uint8
	count, given int
	offset       int // of the segment
}

// NewScanner returns a scanner of a text.
func NewScanner[T string | []byte](text T) Scanner[T] { return Scanner[T]{text: text} }

// Next returns the next character, or false at the end of the text.
func (s *Scanner[T]) Next() (r rune, ok bool) {
	if s.given == s.count && !s.read() {
		return 0, false
	}
	r = s.segment[s.given]
	s.given++
	return r, true
}

// Offset returns where the segment of the last character begins in the text, in
// bytes.
func (s *Scanner[T]) Offset() int { return s.offset }

// read reads a segment.
func (s *Scanner[T]) read() bool {
	s.count, s.given, s.offset = 0, 0, s.end
	for s.end < len(s.text) {
		r, size := DecodeRune(s.text[s.end:])
		if s.count > 0 && (BeginsSegment(r) || s.count+longestExpansion > longest) {
			break
		}
		s.end += size
		s.decompose(r)
	}
	s.compose()
	return s.count > 0
}

// decompose adds the parts of a character to the segment, marks in the order of
// their classes.
func (s *Scanner[T]) decompose(r rune) {
	if a, b, ok := parts(r); ok && !(b == 0 && s.KeepSingles) {
		s.decompose(a)
		if b != 0 {
			s.decompose(b)
		}
		return
	}
	class := combiningClass(r)
	at := s.count
	for class != 0 && at > 0 && s.classes[at-1] > class {
		at--
	}
	copy(s.segment[at+1:s.count+1], s.segment[at:s.count])
	copy(s.classes[at+1:s.count+1], s.classes[at:s.count])
	s.segment[at], s.classes[at] = r, class
	s.count++
}

// compose composes the characters of the segment. A mark is kept from a letter by
// one between them whose class is not lower.
func (s *Scanner[T]) compose() {
	letter, n := -1, 0
	for i, r := range s.segment[:s.count] {
		class := s.classes[i]
		if letter >= 0 && (letter == n-1 || s.classes[n-1] < class) {
			if whole, ok := compose(s.segment[letter], r); ok {
				s.segment[letter] = whole
				continue
			}
		}
		if class == 0 {
			letter = n
		}
		s.segment[n], s.classes[n] = r, class
		n++
	}
	s.count = n
}

// DecodeRune returns the first character of a text, which is not empty, and its
// size in bytes.
func DecodeRune[T string | []byte](text T) (rune, int) {
	if c := text[0]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	var first [utf8.UTFMax]byte
	n := copy(first[:], text)
	return utf8.DecodeRune(first[:n])
}
