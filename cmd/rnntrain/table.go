package main

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rnnrun/format"
	"rnnrun/tokenizer"
	"rnnrun/trainer"
)

// columnFlags name a table's columns.
type columnFlags struct{ text, label string }

func (f *columnFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.text, "text", "", "column or field of the text (usual: text, document, sentence, review)")
	c.Flags().StringVar(&f.label, "label", "", "column or field of the label (usual: label, class, sentiment)")
}

// A table is the rows of one or two files, which may be larger than the memory:
// each use of them reads the files again.
type table struct {
	paths   []string
	columns columnFlags

	labels       []string // of the rows to train on, sorted
	train, valid []int    // numbers of rows, over all files, in the order to use them
}

// openTable holds back a fraction of the rows, chosen by the seed, unless
// there is another file to validate on.
func openTable(path, validation string, fraction float64, columns columnFlags, seed uint64) (*table, error) {
	t := &table{paths: []string{path}, columns: columns}
	classes := map[string]int{}
	var labels []string
	var rows []int32 // the label of every row
	for row, err := range t.rows() {
		if err != nil {
			return nil, err
		}
		class, found := classes[row.Label]
		if !found {
			class = len(labels)
			classes[row.Label], labels = class, append(labels, row.Label)
		}
		rows = append(rows, int32(class))
	}
	for i := range rows {
		t.train = append(t.train, i)
	}
	if validation == "" {
		rng := rand.New(rand.NewPCG(seed, 0x5917))
		rng.Shuffle(len(rows), func(i, j int) { t.train[i], t.train[j] = t.train[j], t.train[i] })
		at := len(rows) - int(fraction*float64(len(rows)))
		t.train, t.valid = t.train[:at], t.train[at:]
	}
	seen := make([]bool, len(labels))
	for _, i := range t.train {
		seen[rows[i]] = true
	}
	for i, label := range labels {
		if seen[i] {
			t.labels = append(t.labels, label)
		}
	}
	slices.Sort(t.labels)
	if validation == "" {
		return t, nil
	}
	t.paths = append(t.paths, validation)
	for _, err := range trainer.ReadRows(validation, columns.text, columns.label) {
		if err != nil {
			return nil, err
		}
		t.valid = append(t.valid, len(t.train)+len(t.valid))
	}
	return t, nil
}

// A tableRow is a row with the file it is of.
type tableRow struct {
	trainer.Row
	path string
}

// rows yields the rows of all files.
func (t *table) rows() iter.Seq2[tableRow, error] {
	return func(yield func(tableRow, error) bool) {
		for _, path := range t.paths {
			for row, err := range trainer.ReadRows(path, t.columns.text, t.columns.label) {
				if !yield(tableRow{row, path}, err) || err != nil {
					return
				}
			}
		}
	}
}

// vocabulary returns the vocabulary of the texts to train on.
func (t *table) vocabulary(z *format.Tokenizer, f *textFlags) ([]string, error) {
	if z.Kind == format.Bytes {
		return nil, nil
	}
	z.Unknown = 0
	number := 0
	held := make([]bool, len(t.train)+len(t.valid))
	for _, i := range t.valid {
		held[i] = true
	}
	var failed error
	texts := func(yield func(string) bool) {
		for row, err := range t.rows() {
			if failed = err; err != nil {
				return
			}
			number++
			if !held[number-1] && !yield(row.Text) {
				return
			}
		}
	}
	return tokenizer.Vocabulary(z, texts, f.vocabulary, f.minCount, unknown), failed
}

// examples returns the rows to train on and to validate on as sequences. It
// counts the rows that are left out since their text has no token.
func (t *table) examples(z *format.Tokenizer, vocabulary []string, memory int64) (train, valid trainer.Examples, empty int, err error) {
	encoder, err := tokenizer.New(z, vocabulary)
	if err != nil {
		return nil, nil, 0, err
	}
	store := trainer.NewStore(memory)
	var places []int // of the rows in the store; -1: left out
	var tokens []int32
	for row, err := range t.rows() {
		if err != nil {
			return nil, nil, 0, err
		}
		class := slices.Index(t.labels, row.Label)
		if class < 0 {
			return nil, nil, 0, fmt.Errorf("%s: line %d: the label %q is none of %s", row.path, row.Line, row.Label, strings.Join(t.labels, ", "))
		}
		if tokens, err = encoder.Encode(tokens[:0], row.Text); err != nil {
			return nil, nil, 0, fmt.Errorf("%s: line %d: %w", row.path, row.Line, err)
		}
		if len(tokens) == 0 {
			places = append(places, -1)
			empty++
			continue
		}
		places = append(places, store.Len())
		if err := store.Add(trainer.Sequence{Tokens: tokens, Classes: []int32{int32(class)}}); err != nil {
			return nil, nil, 0, err
		}
	}
	at := func(rows []int) trainer.Examples {
		var numbers []int
		for _, i := range rows {
			if places[i] >= 0 {
				numbers = append(numbers, places[i])
			}
		}
		return trainer.Select(store, numbers)
	}
	return at(t.train), at(t.valid), empty, nil
}
