package nfc

import "sort"

// firstMark is the first character that is a mark or does not exist in the normal form.
const firstMark = 0x300

// longestExpansion is the greatest number of characters in a decomposition.
const longestExpansion = 4

// IsPlain reports whether a character is in the normal form in any context: it exists in
// the form, is not a mark, and does not combine with the character before it.
func IsPlain(r rune) bool {
	switch {
	case r < firstMark, isHanOrKana(r), isSyllable(r):
		return true
	case classOf(r) != 0:
		return false
	}
	i, found := find(r)
	return !found || decompositions.at(i)&never == 0
}

// IsWhole reports whether a scanner with KeepSingles returns a character unchanged in any
// context.
func IsWhole(r rune) bool {
	if IsPlain(r) {
		return true
	}
	_, b, ok := parts(r)
	return classOf(r) == 0 && ok && b == 0
}

// BeginsSegment reports whether a character does not interact with the text before it, so
// that a text may be cut there.
func BeginsSegment(r rune) bool {
	if r < firstMark || isHanOrKana(r) || isSyllable(r) {
		return true
	}
	for {
		a, _, ok := parts(r)
		if !ok {
			return classOf(r) == 0
		}
		r = a
	}
}

// isHanOrKana reports whether a character is one of the most frequent Chinese and
// Japanese characters without a mark, which saves a search. It does not include the kana
// with marks, U+3040 to U+30FF.
func isHanOrKana(r rune) bool { return 0x3100 <= r && r < 0xA66F }

// joins is the class, in the table, of a character that is not a mark but combines with
// the character before it.
const joins = 255

// classOf returns a character's canonical combining class, joins, or 0 if it has neither.
func classOf(r rune) uint8 {
	i := sort.Search(marks.len(), func(i int) bool { return rune(marks.at(i)>>8&character) >= r })
	if i < marks.len() && rune(marks.at(i)>>29&character) <= r {
		return uint8(marks.at(i))
	}
	return 0
}

// combiningClass returns a character's canonical combining class.
func combiningClass(r rune) uint8 {
	if r < firstMark || isHanOrKana(r) || isSyllable(r) {
		return 0
	}
	if c := classOf(r); c != joins {
		return c
	}
	return 0
}

const (
	character = 1<<21 - 1 // bits of a character
	never     = 1 << 63   // flag of a decomposition that is never composed
)

// find returns the index of a character's decomposition.
func find(r rune) (int, bool) {
	return sort.Find(decompositions.len(), func(i int) int { return int(r) - int(decompositions.at(i)>>42&character) })
}

// parts returns a character's canonical decomposition: two characters, or one, in which
// case b is 0. Both may have decompositions.
func parts(r rune) (a, b rune, ok bool) {
	if r < firstComposed || isHanOrKana(r) {
		return 0, 0, false
	}
	if isSyllable(r) {
		a, b = syllableParts(r)
		return a, b, true
	}
	i, found := find(r)
	if !found {
		return 0, 0, false
	}
	d := decompositions.at(i)
	return rune(d >> 21 & character), rune(d & character), true
}

// firstComposed is the first character with a decomposition.
const firstComposed = 0xC0

// compose returns the character that decomposes into a and b.
func compose(a, b rune) (rune, bool) {
	if r, ok := Syllable(a, b); ok {
		return r, true
	}
	both := uint64(a)<<21 | uint64(b)
	i, found := sort.Find(compositions.len(), func(i int) int {
		d := decompositions.at(compositions.at(i)) & (1<<42 - 1)
		switch {
		case both < d:
			return -1
		case both > d:
			return 1
		}
		return 0
	})
	if !found {
		return 0, false
	}
	return rune(decompositions.at(compositions.at(i)) >> 42 & character), true
}
