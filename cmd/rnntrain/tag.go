package main

import (
	"iter"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

func newTagCommand(args []string) *cobra.Command {
	l := labelling{
		network: networkFlags{cell: "lstm", hidden: 64, layers: 1, embedding: 32, bidirectional: true},
		fit:     fitFlags{epochs: 5, batch: 32, rate: 3e-3, clip: 1, dropout: 0.3},
		text:    textFlags{tokens: "word", minCount: 2},
	}
	var columns taggedFlags
	c := &cobra.Command{
		Use:   "tag DATA -o MODEL",
		Short: "Train a tagger, which names a class for every token",
		Long: `tag trains a network to name the tag of every token: many to many, aligned.
DATA is a table with a header line, a token and its tag on every line, columns
separated by tabs, or by commas in a .csv file; an empty line ends a sequence.
Or it has lines of JSON objects in a .jsonl file, with a list of tokens and one
of tags. Part of its sequences, chosen by --seed, is held back to validate on.

A token is what --tokens says: a word, or with char a single character.`,
		Example: `  rnntrain tag sentences.tsv -o tagger.rnn
  rnntrain tag train.jsonl --valid valid.jsonl -o tagger.rnn --token words --tag pos
  rnntrain tag spacing.jsonl -o spacing.rnn --tokens char`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			return l.train(c, args, paths[0], columns.entries, format.TaskTag, format.PoolNone)
		},
	}
	l.add(c)
	columns.add(c)
	return c
}

// taggedFlags name the columns of tagged sequences.
type taggedFlags struct{ token, tag string }

func (f *taggedFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.token, "token", "", "column or field of the tokens (usual: token, word, form)")
	c.Flags().StringVar(&f.tag, "tag", "", "column or field of the tags (usual: tag, pos, upos, label)")
}

// read reads the tagged sequences of a file.
func (f *taggedFlags) read(path string) iter.Seq2[dataset.TaggedSequence, error] {
	return dataset.ReadTaggedSequences(path, dataset.TaggedSequenceOptions{TokenColumn: f.token, TagColumn: f.tag})
}

// entries reads tagged sequences.
func (f *taggedFlags) entries(path string) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for s, err := range f.read(path) {
			if !yield(entry{texts: s.Tokens, labels: s.Tags, lines: s.Lines, path: path}, err) {
				return
			}
		}
	}
}
