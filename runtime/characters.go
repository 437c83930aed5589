package runtime

import "unicode/utf8"

// characters joins the texts of tokens into whole characters, in valid UTF-8
// with U+FFFD for invalid bytes. It holds back the last character, since the
// next token may extend it: by a byte of its encoding, or by a letter of a
// Hangul syllable.
type characters struct {
	text  []byte // the first taken bytes have been taken, the rest has not
	taken int
	valid []byte // the text that was taken last, if it needed U+FFFD
}

// reset starts from a text.
func (c *characters) reset(text string) {
	c.text, c.taken = append(c.text[:0], text...), 0
}

// pending returns the text that is not taken yet, for a tokenizer to append to.
func (c *characters) pending() []byte {
	c.text, c.taken = append(c.text[:0], c.text[c.taken:]...), 0
	return c.text
}

// whole takes all characters but the last one. They are valid until the next
// call.
func (c *characters) whole() []byte {
	text := c.text[c.taken:]
	last := max(len(text)-1, 0)
	for last > 0 && len(text)-last < utf8.UTFMax && !utf8.RuneStart(text[last]) {
		last--
	}
	return c.take(last)
}

// rest takes what is left.
func (c *characters) rest() []byte { return c.take(len(c.text) - c.taken) }

func (c *characters) take(n int) []byte {
	text := c.text[c.taken:][:n]
	c.taken += n
	if utf8.Valid(text) {
		return text
	}
	c.valid = appendValid(c.valid[:0], text)
	return c.valid
}

// appendValid appends text to dst, with one U+FFFD for each run of invalid
// bytes.
func appendValid(dst, text []byte) []byte {
	broken := false
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r != utf8.RuneError || size > 1 {
			dst, broken = append(dst, text[:size]...), false
		} else if !broken {
			dst, broken = utf8.AppendRune(dst, utf8.RuneError), true
		}
		text = text[size:]
	}
	return dst
}
