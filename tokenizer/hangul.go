package tokenizer

import "unicode/utf8"

// Hangul syllables and their letters, by the arithmetic of the Unicode
// standard, section 3.12. The letters of a syllable are conjoining jamo, which
// differ by their place; a letter that stands alone in a text, such as ㅋ
// (U+314B), is another character and stays itself.
const (
	syllable = 0xAC00 // the first syllable
	initial  = 0x1100 // the first initial consonant
	vowel    = 0x1161 // the first vowel
	final    = 0x11A7 // one before the first final consonant: no final

	initials = 19
	vowels   = 21
	finals   = 28
)

// decompose returns the letters of a Hangul syllable: two or three. Of another
// character it returns the character.
func decompose(r rune) (letters [3]rune, n int) {
	s := r - syllable
	if s < 0 || s >= initials*vowels*finals {
		return [3]rune{r}, 1
	}
	letters = [3]rune{
		initial + s/(vowels*finals),
		vowel + s/finals%vowels,
		final + s%finals,
	}
	if letters[2] == final {
		return letters, 2
	}
	return letters, 3
}

// compose returns the syllable that two characters are: an initial and a
// vowel, or a syllable without a final and a final.
func compose(a, b rune) (rune, bool) {
	switch {
	case a >= initial && a < initial+initials && b >= vowel && b < vowel+vowels:
		return syllable + ((a-initial)*vowels+b-vowel)*finals, true
	case a >= syllable && a < syllable+initials*vowels*finals && (a-syllable)%finals == 0 &&
		b > final && b < final+finals:
		return a + b - final, true
	}
	return 0, false
}

// appendJamo appends text to dst, where text's first character may complete
// the syllable that dst ends in.
func appendJamo(dst []byte, text string) []byte {
	b, size := utf8.DecodeRuneInString(text)
	a, last := utf8.DecodeLastRune(dst)
	if r, ok := compose(a, b); ok {
		return append(utf8.AppendRune(dst[:len(dst)-last], r), text[size:]...)
	}
	return append(dst, text...)
}
