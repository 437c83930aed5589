package nfc

// Hangul syllables and their letters, computed as in the Unicode standard, section 3.12.
// The letters of a syllable are conjoining jamo, which differ by position. A stand-alone
// letter in a text, such as ㅋ (U+314B), is another character and does not change.
const (
	firstSyllable = 0xAC00
	firstInitial  = 0x1100 // consonant
	firstVowel    = 0x1161
	noFinal       = 0x11A7 // one before the first final consonant

	initials  = 19
	vowels    = 21
	finals    = 28 // including none
	syllables = initials * vowels * finals
)

// isSyllable reports whether a character is a Hangul syllable.
func isSyllable(r rune) bool { return r >= firstSyllable && r < firstSyllable+syllables }

// IsJamo reports whether a character is a conjoining jamo.
func IsJamo(r rune) bool {
	return r >= firstInitial && r < firstInitial+initials || r >= firstVowel && r < firstVowel+vowels || r > noFinal && r < noFinal+finals
}

// Letters returns the two or three letters of a Hangul syllable. For any other character,
// it returns the character.
func Letters(r rune) (letters [3]rune, n int) {
	if !isSyllable(r) {
		return [3]rune{r}, 1
	}
	s := r - firstSyllable
	letters = [3]rune{
		firstInitial + s/(vowels*finals),
		firstVowel + s/finals%vowels,
		noFinal + s%finals,
	}
	if letters[2] == noFinal {
		return letters, 2
	}
	return letters, 3
}

// Syllable composes two characters into a syllable: an initial and a vowel, or a syllable
// without a final consonant and a final consonant.
func Syllable(a, b rune) (rune, bool) {
	switch {
	case a >= firstInitial && a < firstInitial+initials && b >= firstVowel && b < firstVowel+vowels:
		return firstSyllable + ((a-firstInitial)*vowels+b-firstVowel)*finals, true
	case isSyllable(a) && (a-firstSyllable)%finals == 0 && b > noFinal && b < noFinal+finals:
		return a + b - noFinal, true
	}
	return 0, false
}

// syllableParts returns the two characters from which Syllable composes a syllable.
func syllableParts(r rune) (a, b rune) {
	letters, n := Letters(r)
	if n == 2 {
		return letters[0], letters[1]
	}
	return r - (letters[2] - noFinal), letters[2]
}
