package main

import (
	"math"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
)

// textFlags define how texts become tokens.
type textFlags struct {
	tokens     string
	vocabulary int
	minCount   int
	lowercase  bool
	maxRun     int
	maxLength  int
	prefix     string // prefix of the flags' names
}

func (f *textFlags) add(c *cobra.Command) { f.addNamed(c, "", "") }

// addSide adds the flags of the source or the target.
func (f *textFlags) addSide(c *cobra.Command, side string) { f.addNamed(c, side+"-", side+": ") }

func (f *textFlags) addNamed(c *cobra.Command, prefix, of string) {
	f.prefix = prefix
	c.Flags().StringVar(&f.tokens, prefix+"tokens", f.tokens, of+"unit of text: byte, char, jamo, word")
	c.Flags().IntVar(&f.vocabulary, prefix+"vocabulary", f.vocabulary, of+"vocabulary size: keep the most frequent tokens; 0: all")
	c.Flags().IntVar(&f.minCount, prefix+"min-count", f.minCount, of+"least occurrences of a token in the vocabulary")
	c.Flags().BoolVar(&f.lowercase, prefix+"lowercase", f.lowercase, of+"convert text to lower case")
	c.Flags().IntVar(&f.maxRun, prefix+"max-run", f.maxRun, of+"longest run of one character; longer ones are cut; 0: no limit")
	complete(c, prefix+"tokens", "byte", "char", "jamo", "word")
}

func (f *textFlags) tokenizer() (*format.Tokenizer, error) {
	if err := within(
		limit{f.prefix + "vocabulary", float64(f.vocabulary), 0, math.MaxInt32}, limit{f.prefix + "min-count", float64(f.minCount), 0, math.MaxInt},
		limit{f.prefix + "max-run", float64(f.maxRun), 0, math.MaxInt32}, limit{"max-length", float64(f.maxLength), 0, math.MaxInt32},
	); err != nil {
		return nil, err
	}
	kind, err := choose(f.prefix+"tokens", f.tokens, map[string]format.TokenizerKind{
		"byte": format.TokenizerBytes, "char": format.TokenizerChars, "jamo": format.TokenizerJamo, "word": format.TokenizerWords,
	}, "byte", "char", "jamo", "word")
	if err != nil {
		return nil, err
	}
	return &format.Tokenizer{
		Kind: kind, NFC: true, Lowercase: f.lowercase, MaxRun: f.maxRun, MaxLength: f.maxLength,
		Unknown: -1, Start: -1, End: -1,
	}, nil
}
