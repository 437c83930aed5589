package main

import (
	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

func newClassifyCommand(args []string) *cobra.Command {
	l := labelling{
		network: networkFlags{cell: "gru", hidden: 64, layers: 1, embedding: 32},
		fit:     fitFlags{epochs: 5, batch: 128, rate: 2e-3, clip: 1, dropout: 0.3},
		text:    textFlags{tokens: "char", vocabulary: 2000, minCount: 2, maxLength: 100, maxRun: 3},
	}
	var columns columnFlags
	var series seriesFlags
	var pool string
	c := &cobra.Command{
		Use:   "classify DATA -o MODEL",
		Short: "Train a classifier of texts, or of sequences of numbers",
		Long: `classify trains a network to name the class of a text: many to one. DATA is a
table with a header line, columns separated by tabs, or by commas in a .csv file;
or lines of JSON objects in a .jsonl file. Part of its rows, chosen by --seed, is
held back to validate on.

Or it names the class of sequences of numbers, which it normalizes: DATA is an
array [N, steps] or [N, steps, width] in a .npy file, or in one of MNIST's format
IDX, with the labels in --label-file, an array or a label a line; or the objects of a .jsonl file have a
field "inputs", a list of steps, each a number or a list of them.`,
		Example: `  rnntrain classify reviews.tsv -o reviews.rnn
  rnntrain classify train.csv --valid valid.csv -o model.rnn --text title --label topic
  rnntrain classify train-images-idx3-ubyte.gz --label-file train-labels-idx1-ubyte.gz -o digits.rnn
  rnntrain classify signals.npy --label-file kinds.txt -o signals.rnn --cell lstm
  rnntrain classify new-reviews.tsv --from reviews.rnn -o better.rnn --dtype int8 --epochs 2 --lr 5e-4
  rnntrain classify ratings_train.txt -o sentiment.rnn --bidirectional --pool max --labels 0=negative,1=positive`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			p, err := choose("pool", pool, map[string]format.Pool{
				"last": format.PoolLast, "max": format.PoolMax, "mean": format.PoolMean,
			}, "last", "max", "mean")
			if err != nil {
				return err
			}
			read := columns.rows
			numbers, err := dataset.HasSeries(paths[0], series.inputs)
			if err != nil {
				return err
			}
			if numbers {
				read = series.entries(columns.label, paths[0], l.validation)
			}
			return l.train(c, args, paths[0], read, format.TaskClassify, p)
		},
	}
	l.add(c)
	columns.add(c)
	series.add(c)
	c.Flags().StringVar(&series.validLabels, "valid-label-file", "", "of a .npy file to validate on: the file of its labels")
	c.Flags().IntVar(&l.text.maxLength, "max-length", l.text.maxLength, "cut longer texts to this many tokens; 0: no limit")
	c.Flags().StringVar(&pool, "pool", "last", "how steps become one: last, max, mean")
	complete(c, "pool", "last", "max", "mean")
	return c
}
