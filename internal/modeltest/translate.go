package modeltest

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
)

// The start token and the end token of a decoder.
const (
	Start = 0
	End   = 1
)

// Decoder returns a decoder with that many tokens for the encoder s.
func (s Spec) Decoder(tokens int) Spec {
	s = s.defaults()
	return Spec{
		Cell: s.Cell, Variant: s.Variant, Input: s.Input + 1, Hidden: s.Features(), Layers: s.Layers, Tokens: tokens,
		Task: format.TaskLanguage, Outputs: tokens, Output: format.OutputSoftmax, DType: s.DType, Seed: s.Seed + 1,
	}
}

// Translator returns a translation model. Its encoder is s, which must have tokens, and
// its decoder has tokens tokens. The source tokens are the letters from a on, and the
// target tokens, after start and end, those from A on.
func (s Spec) Translator(tokens int) *format.Model {
	m, d := s.Model(), s.Decoder(tokens).Model()
	m.Task, m.Decoder = format.TaskTranslate, d
	for i := range s.Tokens {
		m.Vocabulary = append(m.Vocabulary, string(rune('a'+i)))
	}
	m.Tokenizer = &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: -1, End: -1}
	d.Vocabulary = []string{"<s>", "</s>"}
	for i := range tokens - 2 {
		d.Vocabulary = append(d.Vocabulary, string(rune('A'+i)))
	}
	d.Tokenizer = &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: Start, End: End}
	if err := m.Validate(); err != nil {
		panic(fmt.Sprintf("%v: %v", s, err))
	}
	return m
}
