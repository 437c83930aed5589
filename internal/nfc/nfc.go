package nfc

import "unicode/utf8"

// IsNormal reports whether a text is in the normal form. It does not allocate.
func IsNormal[T string | []byte](text T) bool {
	if isSurely(text) {
		return true
	}
	s := NewScanner(text)
	for at := 0; ; {
		r, ok := s.Next()
		if !ok {
			return at == len(text)
		}
		if at >= len(text) {
			return false
		}
		was, size := DecodeRune(text[at:])
		if was != r {
			return false
		}
		at += size
	}
}

// isSurely reports whether each character alone shows that a text is in the normal form.
// A text with marks may be in the normal form although isSurely returns false.
func isSurely[T string | []byte](text T) bool {
	for at := 0; at < len(text); {
		if text[at] < 0xCC { // first byte of firstMark in UTF-8
			at++
			continue
		}
		r, size := DecodeRune(text[at:])
		if !IsPlain(r) {
			return false
		}
		at += size
	}
	return true
}

// String returns a text in the normal form. It returns the same string if it is already
// in the normal form.
func String(text string) string {
	if IsNormal(text) {
		return text
	}
	normal := make([]byte, 0, len(text))
	for s := NewScanner(text); ; {
		r, ok := s.Next()
		if !ok {
			return string(normal)
		}
		normal = utf8.AppendRune(normal, r)
	}
}
