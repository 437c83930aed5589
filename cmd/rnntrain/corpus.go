package main

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// A corpus is a text to train on and one to validate on, which may be larger
// than the memory.
type corpus struct {
	sections [2]dataset.TextSection
	data     []string  // the files
	forms    formCount // of lines
}

// openCorpus holds back a fraction of the text's end, unless there is another
// text to validate on. It refuses an empty text.
func openCorpus(path, validation string, fraction float64) (c corpus, err error) {
	c.data = []string{path}
	if validation == "" {
		c.sections[0], c.sections[1], err = dataset.SplitText(path, fraction)
	} else {
		c.data = append(c.data, validation)
		for i, p := range c.data {
			if c.sections[i], _, err = dataset.SplitText(p, 0); err != nil {
				return c, err
			}
		}
	}
	if err == nil && c.sections[0].To == 0 {
		err = fmt.Errorf("%s: the text is empty, so there is nothing to train on", path)
	}
	return c, err
}

// check refuses texts that are not UTF-8.
func (c corpus) check() error {
	for _, path := range c.data {
		if err := dataset.CheckText(path); err != nil {
			return err
		}
	}
	return nil
}

const unknown = "<unk>"

// languageVocabulary returns the vocabulary of the corpus, and sets the tokenizer's
// special tokens. Only a limited vocabulary has a token for unknown text.
func (f *textFlags) languageVocabulary(z *format.Tokenizer, c corpus) ([]string, error) {
	if z.Kind == format.TokenizerBytes {
		z.Start = '\n'
		return nil, nil
	}
	var special []string
	if f.vocabulary > 0 || f.minCount > 1 {
		special = []string{unknown}
		z.Unknown = 0
	}
	var err error
	vocabulary := tokenizer.Vocabulary(z, c.chunks(&err), f.vocabulary, f.minCount, special...)
	if z.Start = slices.Index(vocabulary, "\n"); z.Start < 0 {
		z.Start = 0
	}
	return vocabulary, err
}

// chunks yields the pieces of both texts. If reading fails, it stops and sets *err.
func (c corpus) chunks(err *error) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, section := range c.sections {
			for chunk, e := range section.Chunks() {
				if *err = e; e != nil || !yield(chunk) {
					return
				}
			}
		}
	}
}

// encode returns the tokens of both texts.
func (c *corpus) encode(z *format.Tokenizer, vocabulary []string, memory int64) (texts [2]*dataset.TokenStore, err error) {
	t, err := tokenizer.New(z, vocabulary)
	if err != nil {
		return texts, err
	}
	for i, section := range c.sections {
		texts[i] = dataset.NewTokenStore(memory)
		var tokens []int32
		for chunk, err := range section.Chunks() {
			for line := range strings.Lines(chunk) {
				c.forms.add(line)
			}
			if err == nil {
				tokens, err = t.Encode(tokens[:0], chunk)
			}
			if err == nil {
				err = texts[i].Add(tokens)
			}
			if err != nil {
				return texts, fmt.Errorf("%s: %w", section.Path, err)
			}
		}
	}
	return texts, nil
}
