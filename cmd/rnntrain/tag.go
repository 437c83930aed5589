package main

import (
	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
)

func newTagCommand(args []string) *cobra.Command {
	l := labelledTraining{
		training: training{
			args:    args,
			network: networkFlags{cell: "lstm", hidden: 64, layers: 1, embedding: 32, bidirectional: true},
			fit:     fitFlags{epochs: 5, batch: 32, rate: 3e-3, clip: 1, dropout: 0.3},
		},
		text: textFlags{tokens: "word", minCount: 2},
	}
	var columns taggedFlags
	c := &cobra.Command{
		Use:   "tag DATA -o MODEL",
		Short: "Train a tagger, which names a class for every token",
		Long: `tag trains a network to name the tag of every token: many to many, aligned.
DATA is a table with a header line, a token and its tag on every line, columns
separated by tabs or spaces, or by commas in a .csv file; an empty line ends a
sequence. Without a header line, columns are given by number, from 0.
Or it has lines of JSON objects in a .jsonl file, with a list of tokens and one
of tags. Part of its sequences, chosen by --seed, is held back to validate on; with
--group whole groups, and a change of that column ends a sequence, too.

A token is what --tokens says: a word, or with char a single character.`,
		Example: `  rnntrain tag sentences.tsv -o tagger.rnn
  rnntrain tag conll2003.txt -o entities.rnn --token 0 --tag 3
  rnntrain tag train.jsonl --valid valid.jsonl -o tagger.rnn --token words --tag pos
  rnntrain tag reports.csv -o entities.rnn --group document
  rnntrain tag spacing.jsonl -o spacing.rnn --tokens char`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			if columns.group != "" && l.validation != "" {
				return cli.Usagef("--group: nothing is held back of %s, since --valid gives what to validate on", paths[0])
			}
			l.read, l.tells = columns.entries, columns.options()
			return l.run(c, paths[0], format.TaskTag, format.PoolNone)
		},
	}
	l.add(c)
	columns.add(c)
	c.Flags().StringVar(&columns.group, "group", "", "column or field that groups tokens, such as the document: a change of it ends a sequence, and a group is either trained on or held back as a whole")
	return c
}
