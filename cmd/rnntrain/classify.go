package main

import (
	"errors"
	"fmt"
	"slices"

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
		Short: "Train a classifier of texts, of sequences of numbers or of sounds",
		Long:  classifyHelp,
		Example: `  rnntrain classify reviews.tsv -o reviews.rnn
  rnntrain classify train.csv --valid valid.csv -o model.rnn --text title --label topic
  rnntrain classify train-images-idx3-ubyte.gz --label-file train-labels-idx1-ubyte.gz -o digits.rnn
  rnntrain classify windows.jsonl --group subject -o gestures.rnn
  rnntrain classify readings.csv --label activity --columns ax,ay,az --window 100 --stride 50 --group subject --test-fraction 0.2 -o activity.rnn
  rnntrain classify digits/ --pattern '{label}_{group}_*' --front-end mfcc:rate=8000 --window 100 --test-fraction 0.2 -o digits.rnn
  rnntrain classify more-digits/ --from digits.rnn --front-end mfcc:rate=8000 --window 100 --epochs 2 --lr 5e-4 -o better.rnn
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

const classifyHelp = `classify trains a network to classify texts (many-to-one). DATA is a
table with a header line, columns separated by tabs, or by commas in a .csv file;
or lines of JSON objects in a .jsonl file. A part of the rows, chosen by --seed, is held
back to validate on: the same fraction of every class, and at least one row of a class
with two. --group keeps related rows, such as windows of one recording or texts by one
writer, on the same side.

It also classifies sequences of numbers, which it normalizes: DATA is an array
[N, steps] or [N, steps, width] in a .npy file, or in MNIST's IDX format, with the labels
in --label-file (an array, or one label per line); or a .jsonl file of objects with a
field "inputs", a list of steps, each a number or a list of numbers.

It also classifies sensor readings: with --columns or --window, DATA is a table of
readings, one step per row, with the class in the column --label. The columns may also
be separated by semicolons, and then numbers may have decimal commas. DATA may also be
lines of JSON objects, each a reading, or of JSON lists such as [0.1,9.8,1], whose
columns are 0, 1, …, or an array [T, columns]. Windows of the table are the sequences;
windows with several labels, or with a reading without a label, are left out and
counted. No window crosses an empty line, a row that --missing drop leaves out, a gap
in the time (--time, --gap) or a change of --group. Each group, such as a person who
wears the sensor, is used either for training, for validation or, with --test-fraction,
for a test at the end. Without --group, at most ten consecutive windows share readings,
and they stay on the same side. The model's file has the names of the columns and of the
classes, the normalization, and how windows are cut, so rnnrun classify and rnntrain
eval need only the data.

It also classifies sounds: with --front-end, DATA is a folder of WAV files, or a table
with the columns path and label. In a folder, a file's label is the name of its folder,
or the part of its name at {label} in the --pattern; {group} is the speaker, for
instance. The front end (docs/frontends.md) computes features from samples. It is part
of the model, which therefore reads samples. A sound is read as a whole, or with --window
as that many steps: the loudest ones of a longer sound, and a shorter one padded with
silence. A stream is then cut into windows of the same length. --from continues training
such a model, with the same front end.

--augment copies=4 also trains on four altered copies of each training sound: faster or
slower by up to 10 %, which also changes the pitch; at another place in the window; louder
or quieter by up to 10 dB; as other microphones hear it; and three of four with noise, at
least 10 dB below the sound, from recordings in a folder or generated. --background adds
a class of generated windows without a whole sound: silence, noise, ends and beginnings
of sounds.`

// A classTraining has the flags of the command classify.
type classTraining struct {
	labelledTraining
	columns columnFlags
	series  seriesFlags
	reading readingFlags
	sound   soundFlags
	pool    string
}

func (t *classTraining) add(c *cobra.Command) {
	t.labelledTraining.add(c)
	t.columns.add(c)
	t.series.add(c)
	c.Flags().StringVar(&t.series.validLabels, "valid-label-file", "", "label file of the .npy file to validate on")
	c.Flags().IntVar(&t.text.maxLength, "max-length", t.text.maxLength, "longest text, in tokens; the rest is cut off; 0: no limit")
	c.Flags().StringVar(&t.columns.group, "group", "", "column or field that groups rows, such as the person: a group is either trained on or held back as a whole")
	t.reading.add(c)
	t.sound.add(c)
	c.Flags().Float64Var(&t.testing, "test-fraction", 0, "sounds or readings: fraction to hold back to test the model on at the end")
	c.Flags().StringSliceVar(&t.testOn, "test-groups", nil, "sounds or readings: groups to hold back to test the model on at the end")
	c.Flags().StringVar(&t.confusion, "confusion", "", "sounds or readings: draw the confusion matrix to a .png or .svg file")
	c.Flags().BoolVar(&t.balanced, "balanced", false, "balance the classes: repeat examples of rare classes")
	c.Flags().StringVar(&t.pool, "pool", "last", "pooling over the steps (many-to-one): last, max, mean")
	complete(c, "pool", "last", "max", "mean")
}

// run trains a classifier of texts, or of numbers if the file has sequences of numbers.
func (t *classTraining) run(c *cobra.Command, path string) error {
	pool, err := choose("pool", t.pool, map[string]format.Pool{
		"last": format.PoolLast, "max": format.PoolMax, "mean": format.PoolMean,
	}, "last", "max", "mean")
	if err != nil {
		return err
	}
	if t.columns.group != "" && t.validation != "" {
		return cli.Usagef("--group: nothing is held back from %s, since --valid gives the validation data: leave it out", path)
	}
	if t.sound.frontEnd != "" || isFolder(path) {
		return t.runSounds(c, path, pool)
	}
	if err := refuseIdle(c, "it is for sounds, which --front-end makes features of", ofSounds...); err != nil {
		return err
	}
	if t.reading.given(c) {
		return t.runReadings(c, path, pool)
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
	err = t.labelledTraining.run(c, path, format.TaskClassify, pool)
	var bad *dataset.Error
	if errors.As(err, &bad) && bad.Column == "text" && t.columns.text == "" {
		return fmt.Errorf("%w; if it is a table of readings, give --window, and --label or --columns", err)
	}
	return err
}

// runReadings trains a classifier of the windows of a table of readings.
func (t *classTraining) runReadings(c *cobra.Command, path string, pool format.Pool) error {
	if err := refuseIdle(c, path+" is a table of readings, since --columns or --window is given", slices.Concat(ofTexts, ofNumbers)...); err != nil {
		return err
	}
	if t.columns.label == "" {
		return cli.Usagef("--label is missing: name the column of %s with the class of a reading", path)
	}
	if err := t.checkHeldBack(); err != nil {
		return err
	}
	o, err := t.reading.options(t.columns.label, nil, t.columns.group)
	if err != nil {
		return err
	}
	t.readings = newReadings(o)
	t.read = t.readings.entries
	return t.labelledTraining.run(c, path, format.TaskClassify, pool)
}
