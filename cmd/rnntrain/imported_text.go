package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// importedText defines how texts become the tokens of an imported model.
type importedText struct {
	prefix     string // of the flags' names
	vocabulary string // a file
	tokenizer  string
	lowercase  bool
	unknown    string // a token or an id; empty: none
	start, end string
}

// add adds the flags, whose names start with the prefix.
func (f *importedText) add(c *cobra.Command, prefix, of string) {
	f.prefix = prefix
	c.Flags().StringVar(&f.vocabulary, prefix+"vocabulary", "", of+"file of the tokens: one per line, a JSON list, or a JSON object {token: id}")
	c.Flags().StringVar(&f.tokenizer, prefix+"tokenizer", "", of+"kind of tokens: characters, words, bytes, jamo")
	c.Flags().BoolVar(&f.lowercase, prefix+"lowercase", false, of+"convert text to lower case")
	c.Flags().StringVar(&f.unknown, prefix+"unknown", "", of+"token for text that is not in the vocabulary, or its id; without it such texts are refused")
	c.Flags().StringVar(&f.start, prefix+"start", "", of+"token that texts start with, or its id")
	c.Flags().StringVar(&f.end, prefix+"end", "", of+"token that ends texts, or its id")
	complete(c, prefix+"tokenizer", "characters", "words", "bytes", "jamo")
}

// given reports whether any of the flags was given.
func (f *importedText) given() bool {
	return *f != importedText{prefix: f.prefix}
}

// apply adds the tokenizer and the vocabulary to a model, and returns notes about them.
func (f *importedText) apply(m *format.Model) (notes []string, err error) {
	if !f.given() {
		return nil, nil
	}
	if m.Tokenizer != nil && f.tokenizer == "" && f.vocabulary == "" {
		return nil, f.change(m)
	}
	t := &format.Tokenizer{Lowercase: f.lowercase, Unknown: -1, Start: -1, End: -1}
	t.Kind, err = choose(f.prefix+"tokenizer", f.tokenizer, map[string]format.TokenizerKind{
		"characters": format.TokenizerChars, "chars": format.TokenizerChars, "char": format.TokenizerChars,
		"words": format.TokenizerWords, "word": format.TokenizerWords,
		"bytes": format.TokenizerBytes, "byte": format.TokenizerBytes, "jamo": format.TokenizerJamo,
	}, "characters", "words", "bytes", "jamo")
	switch {
	case f.tokenizer == "":
		return nil, cli.Usagef("--%stokenizer is missing: say whether tokens are characters, words, bytes or jamo", f.prefix)
	case err != nil:
		return nil, err
	case m.Embedding == nil:
		return nil, cli.Usagef("--%stokenizer, but the model reads numbers, not tokens: leave it out", f.prefix)
	case t.Kind == format.TokenizerBytes && f.vocabulary != "":
		return nil, cli.Usagef("--%svocabulary, but the tokens of a byte tokenizer are the values of the bytes: leave it out", f.prefix)
	case t.Kind != format.TokenizerBytes && f.vocabulary == "":
		return nil, cli.Usagef("--%svocabulary is missing: a tokenizer of %s needs one", f.prefix, f.tokenizer)
	}
	var vocabulary []string
	if f.vocabulary != "" {
		var unused int
		if vocabulary, unused, err = readVocabulary(f.vocabulary, m.Embedding.Tokens); err != nil {
			return nil, err
		}
		if unused > 0 {
			notes = append(notes, fmt.Sprintf("ids without a token in %[3]s, which are called <unused …>: %[1]d of %[2]d", unused, len(vocabulary), f.vocabulary))
		}
		if err := fits(t.Kind, vocabulary); err != nil {
			return nil, fmt.Errorf("the vocabulary %s: %w", f.vocabulary, err)
		}
	}
	if m.Tokenizer, m.Vocabulary = t, vocabulary; m.Task == format.TaskRegress && f.prefix == "" {
		notes = append(notes, "the model has no task: rnnrun classify, tag and generate read texts only if it was converted with --task classify, tag or language")
	}
	return notes, f.change(m)
}

// change sets the special tokens of the model's tokenizer that flags give.
func (f *importedText) change(m *format.Model) (err error) {
	t := *m.Tokenizer
	t.Lowercase = t.Lowercase || f.lowercase
	for _, special := range []struct {
		flag, value string
		id          *int
	}{{"unknown", f.unknown, &t.Unknown}, {"start", f.start, &t.Start}, {"end", f.end, &t.End}} {
		if special.value == "" {
			continue
		}
		if *special.id, err = tokenID(f.prefix+special.flag, special.value, m.Vocabulary, m.Embedding.Tokens); err != nil {
			return err
		}
	}
	m.Tokenizer = &t
	_, err = tokenizer.New(&t, m.Vocabulary)
	return err
}

// tokenID returns the id of a token. The value of a flag is the token or its id.
func tokenID(flag, value string, vocabulary []string, tokens int) (int, error) {
	if id, err := strconv.Atoi(value); err == nil {
		if id < 0 || id >= tokens {
			return 0, cli.Usagef("--%s %d, but the model's embedding has the ids 0 to %d", flag, id, tokens-1)
		}
		return id, nil
	}
	id := slices.Index(vocabulary, value)
	if id < 0 {
		return 0, cli.Usagef("--%s %s is neither a token of the vocabulary nor an id", flag, shortQuote(value))
	}
	return id, nil
}

// fits returns an error if a vocabulary was evidently made by another tokenizer, so that
// its tokens would never be found in a text.
func fits(kind format.TokenizerKind, vocabulary []string) error {
	several, pieces, letters, example := 0, 0, 0, ""
	for _, text := range vocabulary {
		if utf8.RuneCountInString(text) > 1 && !strings.HasPrefix(text, "<unused ") {
			several++
			example = text
		}
		if r, _ := utf8.DecodeRuneInString(text); unicode.Is(unicode.Hangul, r) && r >= 0x1100 && r <= 0x11ff {
			letters++
		}
		for _, mark := range []string{"##", "Ġ", "▁"} {
			if rest, found := strings.CutPrefix(text, mark); found && rest != "" {
				pieces++
			}
		}
	}
	switch {
	case kind == format.TokenizerWords && 20*pieces > len(vocabulary):
		return fmt.Errorf("its tokens are parts of words (WordPiece, BPE or SentencePiece), which are not supported: give the model tokens (rnnrun run) instead of text")
	case kind == format.TokenizerJamo && letters == 0:
		return fmt.Errorf("it has no letters from U+1100 to U+11FF, into which jamo splits syllables; stand-alone letters such as ㄱ (U+3131) are different characters")
	case kind != format.TokenizerWords && 2*several > len(vocabulary):
		return fmt.Errorf("most of its tokens have several characters, such as %s: are they words?", shortQuote(example))
	}
	return nil
}
