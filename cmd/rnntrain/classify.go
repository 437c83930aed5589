package main

import (
	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
)

func newClassifyCommand(args []string) *cobra.Command {
	t := classTraining{labelledTraining: labelledTraining{
		training: training{
			args:    args,
			network: networkFlags{cell: "gru", hidden: 64, layers: 1, embedding: 32},
			fit:     fitFlags{epochs: 5, batch: 128, rate: 2e-3, clip: 1, dropout: 0.3},
		},
		text: textFlags{tokens: "char", vocabulary: 2000, minCount: 2, maxRun: 3},
	}}
	c := &cobra.Command{
		Use:   "classify DATA -o MODEL",
		Short: "Train a classifier of texts, or of sequences of numbers",
		Long: `classify trains a network to name the class of a text: many to one. DATA is a
table with a header line, columns separated by tabs, or by commas in a .csv file;
or lines of JSON objects in a .jsonl file. Part of its rows, chosen by --seed, is
held back to validate on: the same part of every class, and at least one row of a
class of two. Rows that overlap, such as windows of one recording or texts of one
writer, come on one side by --group.

Or it names the class of sequences of numbers, which it normalizes: DATA is an
array [N, steps] or [N, steps, width] in a .npy file, or in one of MNIST's format
IDX, with the labels in --label-file, an array or a label a line; or the objects of a .jsonl file have a
field "inputs", a list of steps, each a number or a list of them.`,
		Example: `  rnntrain classify reviews.tsv -o reviews.rnn
  rnntrain classify train.csv --valid valid.csv -o model.rnn --text title --label topic
  rnntrain classify train-images-idx3-ubyte.gz --label-file train-labels-idx1-ubyte.gz -o digits.rnn
  rnntrain classify windows.jsonl --group subject -o gestures.rnn
  rnntrain classify signals.npy --label-file kinds.txt -o signals.rnn --cell lstm
  rnntrain classify new-reviews.tsv --from reviews.rnn -o better.rnn --dtype int8 --epochs 2 --lr 5e-4
  rnntrain classify ratings_train.txt -o sentiment.rnn --bidirectional --pool max --labels 0=negative,1=positive
  rnntrain classify genres.csv -o genres.rnn --labels '"Comedy,Drama=tragicomedy"' --labels Comedy=fun`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error { return t.run(c, paths[0]) },
	}
	t.add(c)
	return c
}

// A classTraining is what the command classify is told.
type classTraining struct {
	labelledTraining
	columns columnFlags
	series  seriesFlags
	pool    string
}

func (t *classTraining) add(c *cobra.Command) {
	t.labelledTraining.add(c)
	t.columns.add(c)
	t.series.add(c)
	c.Flags().StringVar(&t.series.validLabels, "valid-label-file", "", "of a .npy file to validate on: the file of its labels")
	c.Flags().IntVar(&t.text.maxLength, "max-length", t.text.maxLength, "cut longer texts to this many tokens; 0: no limit")
	c.Flags().StringVar(&t.columns.group, "group", "", "column or field of what rows have in common, such as whose they are: all rows of a group are trained on, or all held back")
	c.Flags().StringVar(&t.pool, "pool", "last", "how steps become one: last, max, mean")
	complete(c, "pool", "last", "max", "mean")
}

// run trains a classifier of texts, or of numbers if the file has some.
func (t *classTraining) run(c *cobra.Command, path string) error {
	pool, err := choose("pool", t.pool, map[string]format.Pool{
		"last": format.PoolLast, "max": format.PoolMax, "mean": format.PoolMean,
	}, "last", "max", "mean")
	if err != nil {
		return err
	}
	if t.columns.group != "" && t.validation != "" {
		return cli.Usagef("--group: nothing is held back of %s, since --valid gives what to validate on", path)
	}
	numbers, err := dataset.HasSeries(path, t.series.inputs)
	if err != nil {
		return err
	}
	if err := t.refuseIdle(c, path, numbers); err != nil {
		return err
	}
	t.beside = []string{t.series.labels, t.series.validLabels}
	t.read, t.tells = t.columns.rows, t.columns.options()
	if numbers {
		t.tells = t.series.options(t.columns)
		t.read = t.series.entries(t.columns, path, t.validation)
	}
	return t.labelledTraining.run(c, path, format.TaskClassify, pool)
}
