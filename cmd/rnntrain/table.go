package main

import (
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// columnFlags name a table's columns.
type columnFlags struct{ text, label string }

func (f *columnFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.text, "text", "", "column or field of the text (usual: text, document, sentence, review); its number, from 0, where there is no header")
	c.Flags().StringVar(&f.label, "label", "", "column or field of the label (usual: label, class, sentiment), or its number")
}

// A table is the labelled examples of one or two files, which may be larger
// than the memory: each use of them reads the files again.
type table struct {
	paths []string
	read  func(path string) iter.Seq2[entry, error]
	// aligned: an entry's texts are one token each, with a label each.
	aligned bool

	train, valid []int    // numbers of entries, over all files, in the order to use them
	labels       []string // of those to train on, sorted

	// Of entries of numbers:
	width         int
	normalization *format.Normalization

	store *dataset.SequenceStore // of all examples
}

// Close lets the examples go.
func (t *table) Close() error {
	if t.store == nil {
		return nil
	}
	return t.store.Close()
}

// An entry is an example: a text with its label, tokens with a label each, or
// numbers with a label.
type entry struct {
	texts, labels []string
	lines         []int // of the file, where each text stands
	path          string
	inputs        []float32 // [steps][width], of an entry without texts
	width         int
}

// read reads the rows of a file.
func (f columnFlags) read(path string) iter.Seq2[dataset.LabelledText, error] {
	return dataset.ReadLabelledTexts(path, dataset.LabelledTextOptions{TextColumn: f.text, LabelColumn: f.label})
}

// rows reads entries of a text and its label.
func (f columnFlags) rows(path string) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for row, err := range f.read(path) {
			if !yield(entry{texts: []string{row.Text}, labels: []string{row.Label}, lines: []int{row.Line}, path: path}, err) {
				return
			}
		}
	}
}

// openTable holds back a fraction of the entries, chosen by the seed, unless
// there is another file to validate on.
func openTable(read func(path string) iter.Seq2[entry, error], path, validation string, fraction float64, seed uint64) (*table, error) {
	t := &table{paths: []string{path}, read: read}
	for _, err := range read(path) {
		if err != nil {
			return nil, err
		}
		t.train = append(t.train, len(t.train))
	}
	n := len(t.train)
	if validation == "" {
		rng := rand.New(rand.NewPCG(seed, 0x5917))
		rng.Shuffle(n, func(i, j int) { t.train[i], t.train[j] = t.train[j], t.train[i] })
		at := n - int(fraction*float64(n))
		t.train, t.valid = t.train[:at], t.train[at:]
		return t, nil
	}
	t.paths = append(t.paths, validation)
	for _, err := range read(validation) {
		if err != nil {
			return nil, err
		}
		t.valid = append(t.valid, n+len(t.valid))
	}
	return t, nil
}

// entries yields those of all files.
func (t *table) entries() iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for _, path := range t.paths {
			for e, err := range t.read(path) {
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
	}
}

// learn finds the labels of the entries to train on, and returns the vocabulary
// of their texts, or finds the normalization of their numbers.
func (t *table) learn(z *format.Tokenizer, f *textFlags) ([]string, error) {
	held := make([]bool, len(t.train)+len(t.valid))
	for _, i := range t.valid {
		held[i] = true
	}
	labels := map[string]bool{}
	var moments dataset.Moments
	var failed error
	texts := func(yield func(string) bool) {
		number := 0
		for e, err := range t.entries() {
			if failed = err; err != nil {
				return
			}
			if failed = t.checkWidth(e); failed != nil {
				return
			}
			if number++; held[number-1] {
				continue
			}
			for at := 0; at < len(e.inputs); at += e.width {
				moments.Add(e.inputs[at:][:e.width])
			}
			for _, l := range e.labels {
				labels[l] = true
			}
			for _, text := range e.texts {
				if !yield(text) {
					return
				}
			}
		}
	}
	var vocabulary []string
	if z.Kind == format.TokenizerBytes {
		texts(func(string) bool { return true })
	} else {
		z.Unknown = 0
		vocabulary = tokenizer.Vocabulary(z, texts, f.vocabulary, f.minCount, unknown)
	}
	t.labels = slices.Sorted(maps.Keys(labels))
	t.normalization = moments.Normalization()
	return vocabulary, failed
}

// checkWidth refuses an entry whose steps have more or fewer numbers than those
// of the entries before it.
func (t *table) checkWidth(e entry) error {
	if t.width == 0 {
		t.width = e.width
	}
	if e.width != t.width {
		return fmt.Errorf("%s: line %d: its steps have %d numbers, and those before it %d", e.path, e.lines[0], e.width, t.width)
	}
	return nil
}

// examples returns the entries to train on and to validate on as sequences. It
// counts those that are left out since their text has no token.
func (t *table) examples(z *format.Tokenizer, vocabulary []string, memory int64) (train, valid dataset.Examples, empty int, err error) {
	var encoder *tokenizer.Tokenizer
	if t.width == 0 {
		if encoder, err = tokenizer.New(z, vocabulary); err != nil {
			return nil, nil, 0, err
		}
	}
	store := dataset.NewSequenceStore(memory)
	t.store = store
	var places []int // of the entries in the store; -1: left out
	for e, err := range t.entries() {
		if err != nil {
			return nil, nil, 0, err
		}
		s, err := t.sequence(encoder, e)
		if err != nil {
			return nil, nil, 0, err
		}
		if len(s.Tokens) == 0 && len(s.Inputs) == 0 {
			places = append(places, -1)
			empty++
			continue
		}
		places = append(places, store.Len())
		if err := store.Add(s); err != nil {
			return nil, nil, 0, err
		}
	}
	at := func(entries []int) dataset.Examples {
		var numbers []int
		for _, i := range entries {
			if places[i] >= 0 {
				numbers = append(numbers, places[i])
			}
		}
		return dataset.Select(store, numbers)
	}
	return at(t.train), at(t.valid), empty, nil
}

// sequence encodes an entry.
func (t *table) sequence(encoder *tokenizer.Tokenizer, e entry) (s dataset.Sequence, err error) {
	s.Inputs = e.inputs
	for i, label := range e.labels {
		class := slices.Index(t.labels, label)
		if class < 0 {
			return s, fmt.Errorf("%s: line %d: the label %q is none of %s", e.path, e.lines[i], label, strings.Join(t.labels, ", "))
		}
		s.Classes = append(s.Classes, int32(class))
		if e.inputs != nil {
			continue
		}
		text, before := e.texts[i], len(s.Tokens)
		if s.Tokens, err = encoder.Encode(s.Tokens, text); err != nil {
			return s, fmt.Errorf("%s: line %d: %w", e.path, e.lines[i], err)
		}
		if n := len(s.Tokens) - before; t.aligned && n != 1 {
			return s, fmt.Errorf("%s: line %d: %q is %d tokens of the kind %v, but has one tag; see --tokens", e.path, e.lines[i], text, n, encoder.Options().Kind)
		}
	}
	return s, nil
}
