package tokenizer

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
)

// Split calls yield for the text of every token, in order, until yield returns
// false. No vocabulary is needed: it is what vocabularies are made by.
func Split(t *format.Tokenizer, text string, yield func(token string) bool) {
	n := 0
	emit := func(token string) bool {
		if full(t, n) {
			return false
		}
		n++
		return yield(token)
	}
	s := newScanner(t, text)
	switch t.Kind {
	case format.TokenizerBytes:
		if !t.Lowercase && t.MaxRun == 0 {
			emitBytes(text, emit)
			return
		}
		for s.next() && emitBytes(string(s.char), emit) {
		}
	case format.TokenizerWords:
		var buf []byte
		for {
			buf, _ = s.word(buf[:0])
			if len(buf) == 0 || !emit(string(buf)) {
				return
			}
		}
	case format.TokenizerJamo:
		for s.next() {
			letters, n := decompose(s.char)
			for _, r := range letters[:n] {
				if !emit(string(r)) {
					return
				}
			}
		}
	default:
		for s.next() && emit(string(s.char)) {
		}
	}
}

func emitBytes(text string, emit func(string) bool) bool {
	for i := range len(text) {
		if !emit(text[i : i+1]) {
			return false
		}
	}
	return true
}

// Vocabulary returns the specials, and after them the most frequent tokens of
// texts that occur at least minCount times, until there are size entries in
// all (0: no limit). Tokens that are as frequent stand in the order of their
// text, so the same texts give the same vocabulary. Of the kind Bytes it
// returns none, since an id is the byte's value.
func Vocabulary(t *format.Tokenizer, texts iter.Seq[string], size, minCount int, specials ...string) []string {
	if t.Kind == format.TokenizerBytes {
		return nil
	}
	counts := make(map[string]int)
	for text := range texts {
		Split(t, text, func(token string) bool {
			if _, ok := counts[token]; !ok {
				token = strings.Clone(token) // not to keep the text
			}
			counts[token]++
			return true
		})
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
