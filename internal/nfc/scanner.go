// Package nfc converts text to Unicode's normal form C. In this form, a letter with marks
// is one character if Unicode has it: Korean syllables are whole, and é is U+00E9, not e
// and U+0301.
//
// The algorithm is that of Unicode Standard Annex 15. The tables are generated from
// golang.org/x/text/unicode/norm and are a third of its size, since that package also
// supports other forms. Invalid UTF-8 becomes U+FFFD. A letter with more than 27 marks is
// converted in parts.
package nfc

import "unicode/utf8"

// longest is the most characters of a segment that are composed together.
const longest = 32

// A Scanner returns the characters of a text in the normal form. It does not allocate.
type Scanner[T string | []byte] struct {
	// KeepSingles keeps characters that decompose into a single other character, such as
	// the ångström sign. The result is then not in the normal form.
	KeepSingles bool

	text T
	end  int // end of the text that has been read

	// A segment is a group of characters that may change together. It begins at a
	// character that does not interact with the text before it, and ends before the next
	// such character.
	segment      [longest]rune
	classes      [longest]uint8
	count, given int
	offset       int // offset of the segment
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

// Offset returns the offset in the text, in bytes, of the segment of the last character.
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

// decompose adds the parts of a character to the segment, with marks ordered by their
// classes.
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

// compose composes the characters of the segment. A mark does not combine with a letter
// if a mark between them has the same or a higher class.
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
