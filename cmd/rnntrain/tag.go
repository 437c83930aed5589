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
		Short: "Train a tagger, which labels every token",
		Long: `tag trains a network to predict the tag of every token (aligned many-to-many).
DATA is a table with a header line and one token with its tag per line, columns
separated by tabs or spaces, or by commas in a .csv file; an empty line ends a sequence.
If there is no header line, give columns by number, from 0. DATA may also be lines of
JSON objects in a .jsonl file, with a list of tokens and a list of tags. A part of the
sequences, chosen by --seed, is held back to validate on; with --group, whole groups are
held back, and a change of that column also ends a sequence.

A token is what --tokens says: a word, or with char a single character.`,
		Example: `  rnntrain tag sentences.tsv -o tagger.rnn
  rnntrain tag conll2003.txt -o entities.rnn --token 0 --tag 3
  rnntrain tag train.jsonl --valid valid.jsonl -o tagger.rnn --token words --tag pos
  rnntrain tag reports.csv -o entities.rnn --group document
  rnntrain tag spacing.jsonl -o spacing.rnn --tokens char`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			if columns.group != "" && l.validation != "" {
				return cli.Usagef("--group: nothing is held back from %s, since --valid gives the validation data: leave it out", paths[0])
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
