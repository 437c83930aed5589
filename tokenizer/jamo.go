package tokenizer

import (
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/nfc"
)

// appendJamo appends text to dst. The first character of text may complete the
// syllable at the end of dst.
func appendJamo(dst []byte, text string) []byte {
	b, size := utf8.DecodeRuneInString(text)
	a, last := utf8.DecodeLastRune(dst)
	if r, ok := nfc.Syllable(a, b); ok {
		return append(utf8.AppendRune(dst[:len(dst)-last], r), text[size:]...)
	}
	return append(dst, text...)
}
