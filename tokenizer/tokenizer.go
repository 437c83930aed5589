// Package tokenizer turns text into the token ids that a model reads, and ids
// back into text.
//
// A text passes through these steps in order: invalid UTF-8 becomes U+FFFD,
// except for plain bytes; the text is normalized to Unicode's form C; letters
// become lower case; a run of one character is cut to MaxRun; the characters are
// grouped or split into tokens of the tokenizer's kind; the vocabulary turns
// tokens into ids; ids beyond MaxLength are dropped.
package tokenizer

import (
	"errors"
	"fmt"
	"math"
	"unicode"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/nfc"
)

// ErrUnknownToken is wrapped by every [UnknownTokenError].
var ErrUnknownToken = errors.New("token is not in the vocabulary")

// An UnknownTokenError names a token that is not in the vocabulary of a
// tokenizer without an id for unknown tokens.
type UnknownTokenError struct {
	Token  string
	Offset int // in bytes from the start of the text
}

func (e *UnknownTokenError) Error() string {
	return fmt.Sprintf("token %q at byte %d is not in the vocabulary, and the model has no id for unknown tokens", e.Token, e.Offset)
}

// Unwrap returns [ErrUnknownToken].
func (e *UnknownTokenError) Unwrap() error { return ErrUnknownToken }

// A Tokenizer encodes and decodes text. It is immutable and safe for
// concurrent use.
type Tokenizer struct {
	options    format.Tokenizer
	form       form
	vocabulary []string
	runes      map[rune]int32   // for Chars and Jamo
	words      map[string]int32 // for Words
	longest    int              // length of the longest of words in bytes
}

// New returns the tokenizer of a model, with kind and options from t. The id of
// a token is its index in vocabulary. No text has the id of an empty token. The
// kind Bytes needs no vocabulary; if there is one, it names the ids from 256
// on.
//
// Without the option NFC, letters are composed with their marks if no token of the
// vocabulary has a mark on its own. So a vocabulary from texts in normal form C gives
// the same tokens for all forms of a text.
func New(t *format.Tokenizer, vocabulary []string) (*Tokenizer, error) {
	z := &Tokenizer{options: *t, vocabulary: vocabulary}
	z.form = vocabularyForm(t, vocabulary)
	switch t.Kind {
	case format.TokenizerBytes:
	case format.TokenizerChars, format.TokenizerJamo:
		z.runes = make(map[rune]int32, len(vocabulary))
	case format.TokenizerWords:
		z.words = make(map[string]int32, len(vocabulary))
	default:
		return nil, fmt.Errorf("tokenizer: unknown kind %d", t.Kind)
	}
	if t.Kind != format.TokenizerBytes && len(vocabulary) == 0 {
		return nil, errors.New("tokenizer: the vocabulary is empty")
	}
	if t.MaxRun < 0 || t.MaxLength < 0 {
		return nil, fmt.Errorf("tokenizer: MaxRun is %d and MaxLength %d, want at least 0", t.MaxRun, t.MaxLength)
	}
	for _, special := range []struct {
		name string
		id   int
	}{{"Unknown", t.Unknown}, {"Start", t.Start}, {"End", t.End}} {
		if special.id < -1 || len(vocabulary) > 0 && special.id >= len(vocabulary) {
			return nil, fmt.Errorf("tokenizer: %s is %d, want an id from 0 to %d, or -1 for none",
				special.name, special.id, len(vocabulary)-1)
		}
	}
	seen := make(map[string]int, len(vocabulary))
	for id, text := range vocabulary {
		if text == "" {
			continue
		}
		if first, ok := seen[text]; ok {
			return nil, fmt.Errorf("tokenizer: %q is in the vocabulary twice, with the ids %d and %d", text, first, id)
		}
		seen[text] = id
		if z.words != nil {
			z.words[text] = int32(id)
			z.longest = max(z.longest, len(text))
		}
		if r, size := utf8.DecodeRuneInString(text); z.runes != nil && size == len(text) {
			z.runes[r] = int32(id)
		}
	}
	return z, nil
}

// Options returns the options of the tokenizer.
func (z *Tokenizer) Options() format.Tokenizer { return z.options }

// Encode appends the ids of text to dst. It allocates nothing if dst has room and
// no word of the vocabulary exceeds 500 bytes. If a token is unknown and the model
// has no id for unknown tokens, the error is an [UnknownTokenError], and dst is
// returned unchanged.
func (z *Tokenizer) Encode(dst []int32, text string) ([]int32, error) { return encode(z, dst, text) }

// EncodeBytes is [Tokenizer.Encode] for a text in bytes.
func (z *Tokenizer) EncodeBytes(dst []int32, text []byte) ([]int32, error) {
	return encode(z, dst, text)
}

func encode[T string | []byte](z *Tokenizer, dst []int32, text T) ([]int32, error) {
	switch z.options.Kind {
	case format.TokenizerBytes:
		return encodeBytes(z, dst, text), nil
	case format.TokenizerWords:
		return encodeWords(z, dst, text)
	}
	return encodeRunes(z, dst, text)
}

// full reports whether n tokens reach the limit of the options.
func full(t *format.Tokenizer, n int) bool { return t.MaxLength > 0 && n >= t.MaxLength }

// isRaw reports whether the tokens of the kind Bytes are the bytes of text,
// unchanged.
func isRaw[T string | []byte](t *format.Tokenizer, f form, text T) bool {
	return !t.Lowercase && t.MaxRun == 0 && (f == asItIs || nfc.IsNormal(text))
}

func encodeBytes[T string | []byte](z *Tokenizer, dst []int32, text T) []int32 {
	start := len(dst)
	if isRaw(&z.options, z.form, text) {
		for i := range len(text) {
			if full(&z.options, i) {
				break
			}
			dst = append(dst, int32(text[i]))
		}
		return dst
	}
	s := newScanner(&z.options, z.form, text)
	var buf [utf8.UTFMax]byte
	for s.next() {
		for _, b := range utf8.AppendRune(buf[:0], s.char) {
			if full(&z.options, len(dst)-start) {
				return dst
			}
			dst = append(dst, int32(b))
		}
	}
	return dst
}

func encodeRunes[T string | []byte](z *Tokenizer, dst []int32, text T) ([]int32, error) {
	start := len(dst)
	jamo := z.options.Kind == format.TokenizerJamo
	for s := newScanner(&z.options, z.form, text); s.next(); {
		letters, n := [3]rune{s.char}, 1
		if jamo {
			letters, n = nfc.Letters(s.char)
		}
		for _, r := range letters[:n] {
			if full(&z.options, len(dst)-start) {
				return dst, nil
			}
			id, ok := z.runes[r]
			if !ok {
				if z.options.Unknown < 0 {
					return dst[:start], &UnknownTokenError{Token: string(r), Offset: s.offset}
				}
				id = int32(z.options.Unknown)
			}
			dst = append(dst, id)
		}
	}
	return dst, nil
}

func encodeWords[T string | []byte](z *Tokenizer, dst []int32, text T) ([]int32, error) {
	start := len(dst)
	// A word that is longer than the longest one is unknown, and is not read to its
	// end. So the buffer grows only for a vocabulary with words that are longer than
	// it.
	var buf [512]byte
	for s := newScanner(&z.options, z.form, text); !full(&z.options, len(dst)-start); {
		word, offset := s.word(buf[:0], z.longest)
		if len(word) == 0 {
			break
		}
		id, ok := z.words[string(word)]
		if !ok {
			if z.options.Unknown < 0 {
				again := newScanner(&z.options, z.form, text[offset:])
				word, _ = again.word(nil, math.MaxInt)
				return dst[:start], &UnknownTokenError{Token: string(word), Offset: offset}
			}
			id = int32(z.options.Unknown)
		}
		dst = append(dst, id)
	}
	return dst, nil
}

// Decode appends the text of ids to dst. An id outside the vocabulary becomes
// U+FFFD. Words are joined by spaces, and the letters of a Hangul syllable
// become the syllable again. Both depend on the end of dst, so text may be
// decoded a token at a time.
func (z *Tokenizer) Decode(dst []byte, ids ...int32) []byte {
	for _, id := range ids {
		if z.options.Kind == format.TokenizerBytes && id >= 0 && id < 256 {
			dst = append(dst, byte(id))
			continue
		}
		text := string(utf8.RuneError)
		if id >= 0 && int(id) < len(z.vocabulary) {
			text = z.vocabulary[id]
		}
		switch z.options.Kind {
		case format.TokenizerJamo:
			dst = appendJamo(dst, text)
		case format.TokenizerWords:
			if r, _ := utf8.DecodeLastRune(dst); len(dst) > 0 && !unicode.IsSpace(r) {
				dst = append(dst, ' ')
			}
			dst = append(dst, text...)
		default:
			dst = append(dst, text...)
		}
	}
	return dst
}
