package main

import (
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// The special tokens of a decoder.
const (
	startToken = "<start>"
	endToken   = "<end>"
)

// A side is the source or the target, with the settings of its tokens.
type side struct {
	text       textFlags
	tokenizer  *format.Tokenizer
	vocabulary []string
	encoder    *tokenizer.Tokenizer
}

// learn finds the vocabulary of the training texts. The vocabulary of a target also has a
// start token and an end token.
func (d *side) learn(texts iter.Seq[string], target bool) error {
	z, err := d.text.tokenizer()
	if err != nil {
		return err
	}
	d.tokenizer = z
	if z.Kind == format.TokenizerBytes {
		if target {
			z.Start, z.End = 256, 257
		}
	} else {
		special := []string{unknown}
		z.Unknown = 0
		if target {
			special = append(special, startToken, endToken)
			z.Start, z.End = 1, 2
		}
		d.vocabulary = tokenizer.Vocabulary(z, texts, d.text.vocabulary, d.text.minCount, special...)
	}
	d.encoder, err = tokenizer.New(z, d.vocabulary)
	return err
}

// keep sets the side to that of the model of --from, and refuses flags that contradict
// it.
func (d *side) keep(c *cobra.Command, from *origin, m *format.Model) (err error) {
	z, prefix := m.Tokenizer, d.text.prefix
	err = from.agree(c, setting{prefix + "tokens", strings.TrimSuffix(z.Kind.String(), "s")},
		setting{prefix + "lowercase", z.Lowercase}, setting{prefix + "max-run", z.MaxRun})
	if err != nil {
		return err
	}
	d.tokenizer, d.vocabulary = z, m.Vocabulary
	d.encoder, err = tokenizer.New(z, m.Vocabulary)
	return err
}

// tokens returns the number of tokens of the side.
func (d *side) tokens() int {
	if d.tokenizer.Kind == format.TokenizerBytes {
		return max(256, d.tokenizer.End+1)
	}
	return len(d.vocabulary)
}
