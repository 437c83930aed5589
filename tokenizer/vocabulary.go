package tokenizer

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/nfc"
)

// Split returns the text of every token, in order. It needs no vocabulary:
// vocabularies are made from its results.
func Split(t *format.Tokenizer, text string) iter.Seq[string] { return split(t, optionForm(t), text) }

// Split returns the text of every token of [Tokenizer.Encode], in order.
func (z *Tokenizer) Split(text string) iter.Seq[string] { return split(&z.options, z.form, text) }

func split(t *format.Tokenizer, f form, text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		n := 0
		for token := range splitAll(t, f, text) {
			if full(t, n) || !yield(token) {
				return
			}
			n++
		}
	}
}

// splitAll is split without the limit of MaxLength.
func splitAll(t *format.Tokenizer, f form, text string) iter.Seq[string] {
	switch t.Kind {
	case format.TokenizerBytes:
		return func(yield func(string) bool) { splitBytes(t, f, text, yield) }
	case format.TokenizerWords:
		return func(yield func(string) bool) { splitWords(t, f, text, yield) }
	}
	return func(yield func(string) bool) { splitRunes(t, f, text, yield) }
}

func splitBytes(t *format.Tokenizer, f form, text string, yield func(string) bool) {
	if isRaw(t, f, text) {
		yieldBytes(text, yield)
		return
	}
	for s := newScanner(t, f, text); s.next() && yieldBytes(string(s.char), yield); {
	}
}

// yieldBytes yields every byte of text, and reports whether to continue.
func yieldBytes(text string, yield func(string) bool) bool {
	for i := range len(text) {
		if !yield(text[i : i+1]) {
			return false
		}
	}
	return true
}

func splitWords(t *format.Tokenizer, f form, text string, yield func(string) bool) {
	s := newScanner(t, f, text)
	var buf []byte
	for {
		buf, _ = s.word(buf[:0], math.MaxInt)
		if len(buf) == 0 || !yield(string(buf)) {
			return
		}
	}
}

func splitRunes(t *format.Tokenizer, f form, text string, yield func(string) bool) {
	for s := newScanner(t, f, text); s.next(); {
		letters, n := [3]rune{s.char}, 1
		if t.Kind == format.TokenizerJamo {
			letters, n = nfc.Letters(s.char)
		}
		for _, r := range letters[:n] {
			if !yield(string(r)) {
				return
			}
		}
	}
}

// Vocabulary returns the specials, and after them the most frequent tokens of
// texts that occur at least minCount times, until there are size entries in all
// (0: no limit). Equally frequent tokens are in the order of their texts, so
// the same texts give the same vocabulary. Vocabulary returns nil for the kind
// Bytes, whose ids are the values of bytes.
func Vocabulary(t *format.Tokenizer, texts iter.Seq[string], size, minCount int, specials ...string) []string {
	if t.Kind == format.TokenizerBytes {
		return nil
	}
	counts := make(map[string]int)
	for text := range texts {
		for token := range Split(t, text) {
			if _, ok := counts[token]; !ok {
				token = strings.Clone(token) // so that the text can be freed
			}
			counts[token]++
		}
	}
	for _, s := range specials {
		delete(counts, s)
	}
	tokens := make([]string, 0, len(counts))
	for token, n := range counts {
		if n >= minCount {
			tokens = append(tokens, token)
		}
	}
	slices.SortFunc(tokens, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	vocabulary := append(slices.Clone(specials), tokens...)
	if size > 0 && len(vocabulary) > size {
		vocabulary = vocabulary[:max(size, len(specials))]
	}
	return vocabulary
}
