package main

import (
	"fmt"
	"iter"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/trainer"
)

func newRegressCommand(args []string) *cobra.Command {
	r := regression{training: training{
		args:    args,
		network: networkFlags{cell: "lstm", hidden: 32, layers: 1},
		fit:     fitFlags{epochs: 30, batch: 16, rate: 5e-3, clip: 1},
	}}
	c := &cobra.Command{
		Use:   "regress DATA --targets COLUMN,… -o MODEL",
		Short: "Train a network that turns sequences of numbers into other numbers",
		Long: `regress trains a network to compute numbers from other numbers: at every step, as a
virtual sensor, a controller or an amplifier does (--pool none, many-to-many), or once
per sequence (many-to-one).

DATA is a table of readings, one step per row, with the numbers to predict in the columns
--targets. The columns may also be separated by semicolons, and then numbers may have
decimal commas. DATA may also be lines of JSON objects, each a reading, or of JSON lists,
whose columns are 0, 1, …, or an array [T, columns]. Sequences are windows of the table;
the target of a window is the target of its last reading. DATA may also have whole
sequences with one number each: a .jsonl file of objects with a field "inputs", a list of
steps, each a number or a list of numbers, and a field named by --targets.

No window crosses an empty line, a row that --missing drop leaves out, a gap in the
time (--time, --gap) or a change of --group. Each group, such as a machine or a
recording, is used either for training, for validation or, with --test-fraction, for a
test at the end, which compares the model with always answering the training mean.
Without --group, at most ten consecutive windows share readings, and they stay on the
same side. The model's file has the names of the columns and the normalization, so it
reads and writes numbers in the units of the data. With --binary the numbers to predict
are 0 or 1, such as whether a door is open, and the outputs are the probabilities of 1.`,
		Example: `  rnntrain regress engine.csv --columns rpm,throttle --targets torque,load --pool none --group run -o torque.rnn
  rnntrain regress battery.csv --targets capacity --window 200 --group cell --test-fraction 0.2 -o capacity.rnn
  rnntrain regress gait.jsonl --targets speed -o speed.rnn
  rnntrain regress kitchen.csv --targets occupied --binary --pool none --group day -o occupied.rnn
  rnntrain eval torque.rnn other-engine.csv
  rnnrun run -m torque.rnn -i live.csv --keep time`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error { return r.run(c, paths[0]) },
	}
	r.add(c)
	return c
}

// A regression has the flags and the state of the command regress.
type regression struct {
	training
	reading readingFlags
	targets []string
	inputs  string
	group   string
	pool    string
	binary  bool
	testing float64

	readings *readings // nil: the data are whole sequences
	set      *labelledSet
}

// alignedWindow is the default window of a network with an output at every step.
const alignedWindow = 100

func (r *regression) add(c *cobra.Command) {
	r.output.add(c)
	r.network.addRecurrent(c)
	r.reading.add(c)
	r.fit.add(c)
	c.Flags().StringSliceVar(&r.targets, "targets", nil, "columns to predict, or the field of whole sequences (required)")
	c.Flags().StringVar(&r.inputs, "inputs", "", "whole sequences: field with the numbers (default: inputs, values or sequence)")
	c.Flags().StringVar(&r.group, "group", "", "column or field that groups rows, such as the machine: a group is either trained on or held back as a whole")
	c.Flags().StringVar(&r.pool, "pool", "last", "pooling over the steps: last, max, mean (many-to-one); none: an answer at every step (many-to-many)")
	c.Flags().BoolVar(&r.binary, "binary", false, "the numbers to predict are 0 or 1: predict the probabilities of 1")
	c.Flags().Float64Var(&r.testing, "test-fraction", 0, "fraction of DATA to hold back to test the model on at the end")
	complete(c, "pool", "last", "max", "mean", "none")
	r.addValidation(c, 0.2, "data to validate on, instead of part of DATA", "fraction of DATA to hold back")
	if err := c.MarkFlagRequired("targets"); err != nil {
		panic(err) // the flag exists
	}
}

// run trains a regression on the data of a file.
func (r *regression) run(c *cobra.Command, path string) error {
	pool, err := r.check(c, path)
	if err != nil {
		return err
	}
	if err := r.prepare(c, format.TaskRegress, path); err != nil {
		return err
	}
	defer r.outputs.Release()
	r.architecture.Pool = pool
	if err := r.agree(c); err != nil {
		return err
	}
	if r.readings != nil {
		r.readings.keep(r.origin)
		if err := r.readings.openAll(c.ErrOrStderr(), path, r.validation); err != nil {
			return err
		}
	}
	r.set.paths = []string{path}
	defer r.set.Close()
	if err := r.set.divide(r.validation, r.fraction, r.fit.seed); err != nil {
		return err
	}
	if _, err := r.set.learn(nil, nil); err != nil {
		return err
	}
	if err := r.keep(); err != nil {
		return err
	}
	train, valid, _, err := r.set.examples(nil, nil, r.fit.memoryLimit())
	if err != nil {
		return err
	}
	if r.readings != nil {
		r.readings.announce(c.ErrOrStderr(), r.set)
	}
	r.announceValidation(valid.Len())
	j, err := r.job(train, valid)
	if err != nil {
		return err
	}
	return j.run(c.Context())
}

// check checks the flags, and defines how the data are read.
func (r *regression) check(c *cobra.Command, path string) (format.Pool, error) {
	pool, err := choose("pool", r.pool, map[string]format.Pool{
		"last": format.PoolLast, "max": format.PoolMax, "mean": format.PoolMean, "none": format.PoolNone,
	}, "last", "max", "mean", "none")
	if err == nil {
		err = checkShare("test-fraction", r.testing)
	}
	if err != nil {
		return pool, err
	}
	r.set = &labelledSet{testing: r.testing, outputs: len(r.targets)}
	sequences, err := dataset.HasSeries(path, r.inputs)
	if err != nil {
		return pool, err
	}
	if sequences && !slices.ContainsFunc(ofReadings, c.Flags().Changed) && pool != format.PoolNone && !isArray(path) {
		if len(r.targets) > 1 {
			return pool, cli.Usagef("--targets: %s has whole sequences, which have only one number each to predict: give one field", path)
		}
		r.set.read = r.sequences
		return pool, nil
	}
	if err := refuseIdle(c, path+" is a table of readings", "inputs"); err != nil {
		return pool, err
	}
	switch {
	case c.Flags().Changed("window"):
	case pool == format.PoolNone:
		r.reading.window = alignedWindow
	default:
		return pool, cli.Usagef("--window is missing: give the steps for one answer, --window 0 for whole stretches, or --pool none for an answer at every step")
	}
	if pool == format.PoolNone && r.reading.stride == 0 {
		r.reading.stride = r.reading.window
	}
	if err := r.reading.check(); err != nil {
		return pool, err
	}
	o, err := r.reading.options("", r.targets, r.group)
	r.readings = newReadings(o)
	r.set.read = func(path string) iter.Seq2[entry, error] {
		return withTargets(r.readings.entries(path), len(r.targets), pool)
	}
	return pool, err
}

// withTargets keeps only the targets of a window's last step, if there is one output per
// window.
func withTargets(entries iter.Seq2[entry, error], targets int, pool format.Pool) iter.Seq2[entry, error] {
	return entriesOf(entries, func(e entry) entry {
		if pool != format.PoolNone && len(e.values) > 0 {
			e.values = e.values[len(e.values)-targets:]
		}
		return e
	})
}

// sequences yields the sequences of a file of JSON objects, each with a number to
// predict.
func (r *regression) sequences(path string) iter.Seq2[entry, error] {
	o := dataset.LabelledSeriesOptions{InputField: r.inputs, LabelField: r.targets[0], GroupField: r.group}
	return func(yield func(entry, error) bool) {
		for s, err := range dataset.ReadLabelledSeries(path, o) {
			e := entry{lines: []int{s.Line}, path: path, inputs: s.Inputs, width: s.Width, group: s.Group}
			if err == nil {
				e.values, err = targetOf(s.Label, path, s.Line)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// agree sets --binary to the value of the model of --from, and refuses flags that
// contradict the model.
func (r *regression) agree(c *cobra.Command) error {
	if r.origin != nil {
		sigmoid := r.origin.model.Output == format.OutputSigmoid
		if err := r.origin.agree(c, setting{"binary", sigmoid}); err != nil {
			return err
		}
		r.binary = sigmoid
	}
	if r.binary {
		r.set.read = binaryTargets(r.set.read, r.targets)
		r.set.binary, r.architecture.Output = true, format.OutputSigmoid
	}
	return nil
}

// keep makes the data use the normalization of the model of --from.
func (r *regression) keep() error {
	if r.origin == nil {
		return nil
	}
	m := r.origin.model
	if m.InputSize != r.set.width || m.OutputSize() != len(r.targets) {
		return fmt.Errorf("--from %s: it turns %s into %d, but the data have %d and %d", r.origin.name, message.Count(m.InputSize, "number"), m.OutputSize(), r.set.width, len(r.targets))
	}
	r.set.normalization = m.Normalization
	return nil
}

// job returns the job that trains on the examples.
func (r *regression) job(train, valid dataset.Examples) (*job, error) {
	task, err := trainer.NewSequenceTask(train, valid, r.fit.batch)
	if err != nil {
		return nil, err
	}
	r.architecture.InputSize, r.architecture.Outputs = r.set.width, len(r.targets)
	j, err := r.newJob(task, r.set.paths)
	if err != nil {
		return nil, err
	}
	j.describe = func(m *format.Model) {
		m.Normalization = r.set.normalization
		m.Data = &format.Data{Targets: r.targets}
		if r.readings != nil {
			r.readings.describe(m)
		}
	}
	j.measure = func() (measurement, error) { return r.measure(valid) }
	first, err := train.At(0)
	j.goldens = []dataset.Sequence{{Inputs: first.Inputs}}
	return j, err
}
