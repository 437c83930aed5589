package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func newEvalCommand() *cobra.Command {
	var f evalFlags
	c := &cobra.Command{
		Use:   "eval MODEL DATA [WET.wav]",
		Short: "Measure a model on data",
		Long:  cli.LongHelp(evalHelp),
		Example: `  rnntrain eval reviews.rnn held-back.tsv
  rnntrain eval words.rnn held-back/ --pattern '{label}_{group}_*' --groups ann,bob
  rnntrain eval builtin:shakespeare shakespeare.txt --last 0.1
  rnntrain eval en-ko.rnn held-back.tsv --beam 8 --samples 20
  rnntrain eval amp.rnn dry.wav wet.wav --last 0.2 --played played.wav`,
		Args:              cobra.RangeArgs(2, 3),
		ValidArgsFunction: cli.CompleteModel,
		RunE: func(c *cobra.Command, args []string) error {
			f.stderr = c.ErrOrStderr()
			if len(args) == 3 {
				return f.amp.run(c, f, args[0], args[1], args[2])
			}
			return f.run(c, args[0], args[1])
		},
	}
	f.add(c)
	return c
}

const evalHelp = `eval measures a model on data that it was not trained on, with the same runtime as on
devices. DATA and the results depend on the kind of model.

Classifiers and taggers. DATA is as for training. eval prints the accuracy, the mean
loss, the recall, precision and F1 of each class, and the confusion matrix. If there are
more than 20 classes, it prints only the 10 with the lowest F1.

Classifiers of readings. The table is cut into windows as in training: the model's file
records the columns, the window, the stride and the column of the groups. --groups
measures only some groups. --test-fraction, with the --seed of the training, measures
only what the training held back.

Classifiers of sounds. The labels of a folder or a table are read as in training, unless
--pattern, --label or --group is given. --resample converts sounds to the model's sample
rate.

Language models. DATA is a text. eval prints the loss per token, in nats and bits, and
the perplexity. If tokens are not characters, it also prints the loss per character.

Forecasters. For each number of steps ahead, eval prints the root mean squared error and
the mean absolute error of the model, of the naive forecast (the last value) and of an
autoregression. The autoregression is fitted to the steps before the measured ones;
Akaike's criterion chooses its order. --last 0.2 measures only the last fifth. For binary
values, eval prints the loss per step in nats, summed over all values.

Regressions. DATA is as for training. For each target, eval prints the root mean squared
error, the mean absolute error and R², and the errors of a constant prediction, the mean
of the training data. --window 0 measures whole stretches of readings, as they are read
from a stream.

Translators. DATA has pairs. eval prints the loss per target token and, for greedy search
and for beam search, how many sources are translated exactly as one of their targets,
chrF2 (the F-score of character n-grams, as in sacreBLEU), and how many tokens of the
targets would have to change.

Amplifiers. DATA is the dry sound, and WET.wav is the wet one. eval prints the
error-to-signal ratio (ESR), the energy of the error divided by the energy of the wet
sound, with and without the filter 1 - 0.85 z⁻¹, and also that of the dry sound. --played
writes the model's output to a WAV file of floating-point samples.

`

// evalFlags are the flags of the command eval.
type evalFlags struct {
	columns columnFlags
	tagged  taggedFlags
	series  seriesFlags
	reading readingFlags
	sound   soundFlags
	pairs   pairFlags
	search  searchFlags
	amp     ampEvaluation
	last    float64
	threads cli.Threads
	json    bool

	groups    []string // groups of readings to measure; nil: all
	testing   float64  // --test-fraction of the training, whose readings are measured; 0: all readings
	seed      uint64   // seed of the training
	plot      string   // a file to draw the scores of a forecaster to; "": none
	confusion string   // a file to draw the confusion matrix to; "": none

	changed func(flag string) bool // reports whether a flag was given
	stderr  io.Writer              // for messages about the columns that are read
}

func (f *evalFlags) add(c *cobra.Command) {
	f.columns.add(c)
	f.tagged.add(c)
	f.series.add(c)
	f.pairs.add(c)
	f.search.add(c)
	f.reading.add(c)
	f.sound.addReading(c)
	f.amp.add(c)
	cli.ThreadsFlag(c, &f.threads)
	c.Flags().StringVar(&f.columns.group, "group", "", "column of the groups (default: as in training; for a tagger, none)")
	c.Flags().StringSliceVar(&f.groups, "groups", nil, "sounds or readings: measure only these groups")
	c.Flags().Float64Var(&f.testing, "test-fraction", 0, "sounds or readings: measure only what a training with this flag held back")
	c.Flags().Uint64Var(&f.seed, "seed", 1, "with --test-fraction: the seed of the training")
	c.Flags().StringVar(&f.confusion, "confusion", "", "classes: draw the confusion matrix to a .png or .svg file")
	c.Flags().StringVar(&f.plot, "plot", "", "forecasters: draw predictions and anomaly scores to a .png or .svg file")
	c.Flags().Float64Var(&f.last, "last", 1, "texts, series or the sounds of an amplifier: fraction at the end to measure")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON")
}

// An evaluation is the result of measuring a model.
type evaluation interface {
	print(w io.Writer, asJSON bool) error
}

// run measures the model of that name on the data of a file.
func (f *evalFlags) run(c *cobra.Command, model, data string) error {
	if !(f.last > 0 && f.last <= 1) {
		return cli.Usagef("--last %g is not above 0 and at most 1", f.last)
	}
	m, err := cli.OpenNetwork(model, f.threads.Option())
	if err != nil {
		return err
	}
	defer m.Close()
	task := m.Description().Task
	if f.last < 1 && task != format.TaskRegress && task != format.TaskLanguage {
		return cli.Usagef("--last is for texts and series, but %s is a model for the task %v, which is measured on all data: leave it out", model, task)
	}
	if numbers := task == format.TaskClassify && m.Description().TokenWidth() == 0; f.reading.missing != "" && task != format.TaskRegress && !numbers {
		return cli.Usagef("--missing is for series, but %s is a model for the task %v: leave it out", model, task)
	}
	drawings := []cli.Output{{Flag: "--confusion", Path: f.confusion}, {Flag: "--plot", Path: f.plot}}
	outputs, err := cli.ClaimOutputs([]string{model, data}, drawings...)
	if err != nil {
		return err
	}
	defer outputs.Release()
	for _, o := range drawings {
		if o.Path == "" {
			continue
		}
		if err := checkChart(o.Path); err != nil {
			return err
		}
	}
	if isAmplifier(m) {
		return cli.Usagef("%s is a model of an amplifier: give the sound before and after it, %s DRY.wav WET.wav", model, c.CommandPath()+" "+model)
	}
	f.changed = c.Flags().Changed
	if err := f.refuseIdle(c, model, m.Description(), data); err != nil {
		return err
	}
	e, err := f.measure(m, model, data)
	if err != nil {
		return err
	}
	return e.print(c.OutOrStdout(), f.json)
}

// measure measures model n, which the user calls name.
func (f *evalFlags) measure(n cli.Network, name, data string) (evaluation, error) {
	if m, ok := n.(*rnn.EncoderDecoder); ok {
		return f.measureTranslations(m, data)
	}
	m := n.(*rnn.Model)
	switch task := m.Task(); task {
	case format.TaskClassify, format.TaskTag:
		return f.measureClasses(m, data)
	case format.TaskLanguage:
		e, err := newLanguageEvaluation(m)
		if err != nil {
			return nil, err
		}
		return e, e.measure(data, f.last)
	case format.TaskRegress:
		if isRegression(m.Description()) {
			e, err := newRegressionEvaluation(m)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			return e, e.measure(f, data)
		}
		e, err := newForecastEvaluation(m)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if f.plot != "" {
			if err := e.drawScores(f, data); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		return e, e.measure(f, data)
	default:
		return nil, fmt.Errorf("%s is a model for the task %v; eval measures classifiers, taggers, language models, translators, forecasters and regressions", name, task)
	}
}

// measureClasses measures a classifier or a tagger on the data of a file.
func (f *evalFlags) measureClasses(m *rnn.Model, data string) (evaluation, error) {
	e, err := newClassEvaluation(m)
	if err != nil {
		return nil, err
	}
	e.drawing = f.confusion
	if readsSounds(m.Description(), data) {
		return e, f.classifySounds(e, data)
	}
	if readings, err := f.readsReadings(m.Description(), data); err != nil {
		return nil, err
	} else if readings {
		return e, f.classifyReadings(e, data)
	}
	var tells columnTeller
	var measure func(e *classEvaluation) error
	switch {
	case m.Task() == format.TaskTag:
		f.tagged.group = f.columns.group
		tells, measure = f.tagged.options(), func(e *classEvaluation) error { return e.tag(data, f.tagged) }
	case m.Description().TokenWidth() == 0:
		tells, measure = f.series.options(f.columns), func(e *classEvaluation) error { return e.classifySeries(data, f.series, f.columns) }
	default:
		tells, measure = f.columns.options(), func(e *classEvaluation) error { return e.classify(data, f.columns) }
	}
	if err := printTable(f.stderr, tells, data); err != nil {
		return nil, err
	}
	return e, measure(e)
}

// measureTranslations measures m on the pairs of a file.
func (f *evalFlags) measureTranslations(m *rnn.EncoderDecoder, data string) (evaluation, error) {
	if err := f.search.check(); err != nil {
		return nil, err
	}
	if err := printTable(f.stderr, f.pairs.options(), data); err != nil {
		return nil, err
	}
	t, err := f.search.measure(m, f.pairs.read(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", data, err)
	}
	return t, nil
}
