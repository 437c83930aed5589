package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/ports"
	"github.com/rnnrun/rnnrun/quantize"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func newQuantizeCommand(args []string) *cobra.Command {
	f := quantizeFlags{args: args}
	c := &cobra.Command{
		Use:   "quantize MODEL -o OUT",
		Short: "Make a model smaller and faster, and measure what that costs",
		Long:  cli.LongHelp(quantizeHelp),
		Example: `  rnntrain quantize reviews.rnn -o small.rnn --dtype int8 --calibrate held-back.tsv
  rnntrain quantize activity.rnn -o activity8.rnn --dtype int8 --calibrate readings.csv
  rnntrain quantize words.rnn -o words8.rnn --dtype int8 --calibrate words/
  rnntrain quantize amp.rnn -o amp16.rnn --dtype f16
  rnntrain quantize amp.rnn -o amp8.rnn --dtype int8 --calibrate guitar.npy --max-loss 1
  rnntrain quantize vad.rnn -o vad8.rnn --calibrate frames.npy --part "value 3=f32"`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteModel,
		RunE: func(c *cobra.Command, args []string) error {
			return f.run(c, args[0])
		},
	}
	f.output.addModel(c)
	f.columns.add(c)
	c.Flags().StringVar(&f.columns.group, "group", "", "readings or sounds: column of the groups (default: as in training)")
	f.series.add(c)
	f.reading.add(c)
	f.sound.addReading(c)
	f.pairs.add(c)
	c.Flags().StringVar(&f.dtype, "dtype", "int8", "number format of the weights: f16, int8, or int4 (experimental)")
	c.Flags().StringArrayVar(&f.calibrate, "calibrate", nil, "`FILE` or folder of data to calibrate and measure on; graphs: NAME=FILE for one of the inputs, or an .npz file with all; may be repeated")
	c.Flags().Float64Var(&f.last, "last", 1, "texts: fraction at the end to measure")
	c.Flags().IntVar(&f.steps, "steps", 10_000, "series: number of steps to measure")
	c.Flags().StringVar(&f.plot, "drift", "", "draw the error over time, in one run of --steps through the data, to a .png or .svg")
	c.Flags().Float64Var(&f.maxLoss, "max-loss", math.Inf(1), "greatest loss; sensitive parts stay in f16")
	c.Flags().BoolVar(&f.allowLoss, "allow-loss", false, "write the model whatever its loss")
	c.Flags().StringArrayVar(&f.parts, "part", nil, "`NAME=FORMAT`: keep a part in f32, f16, int8 or int4; may be repeated")
	complete(c, "dtype", smallDTypeNames...)
	return c
}

const quantizeHelp = `quantize stores a model's weights in fewer bits. f16 halves their size, and int8 quarters
it. Sums, biases and the states of an LSTM stay float32. int4 is experimental: in the
file, layers and the head take a seventh of the size and an embedding a quarter, but in
memory they are float32 again, and no faster. Start from a model with float32 weights:
int8 weights have already lost precision.

--calibrate names data like those that the model will read:

    classifiers of texts     a table
    language models          a text
    translators              pairs
    classifiers of numbers   data as for training, such as a table of readings, which is
    and regressions          cut into windows as in training, or a folder of sounds
    other models             a series of inputs without labels, CSV or .npy
    graphs of layers         a file for each input, or an .npz file with all

quantize measures the loss on these data, of the quantized model and of models with only
one part quantized. The loss is the points of accuracy that are lost, the rise of the
perplexity in percent, or the error of the outputs in percent of their spread. If there
are several outputs, the worst one counts. Without data, quantize measures the error on
the model's goldens or, if it has none, on random inputs, which tell little about real
ones.

The data also set the scale of an int8 layer that reads numbers, and bring the columns of
the inputs to one range. Without data, the scale is chosen at each step.

--max-loss keeps the most sensitive parts in f16, until the loss is small enough. Without
it, quantize does not write a model that loses more than 3 points of accuracy, 10 % of
perplexity or 20 % of the outputs' spread, unless --allow-loss is given. --part sets the
format of one part, by its name in the report.

In a graph of layers, the parts are the values of convolutions, layers and embeddings,
by their numbers in rnnrun inspect. A part that loses much on its own stays in f16,
unless --max-loss, --allow-loss or --part is given. The channels that an int8 part reads
are brought closer to one range if that reduces its loss.

`

// smallDTypes are the number formats that --dtype of quantize names.
var smallDTypes = map[string]format.DType{"f16": format.DTypeF16, "int8": format.DTypeInt8, "int4": format.DTypeInt4}

var smallDTypeNames = []string{"f16", "int8", "int4"}

// quantizeFlags are the flags of the command quantize.
type quantizeFlags struct {
	args       []string // the command line, for the model's provenance
	output     outputFlags
	columns    columnFlags
	series     seriesFlags
	reading    readingFlags
	sound      soundFlags
	changed    func(flag string) bool // reports whether a flag was given
	stderr     io.Writer
	pairs      pairFlags
	dtype      string
	calibrate  []string    // FILE or NAME=FILE
	files      ports.Files // files of --calibrate
	data       string      // names of the files, for messages; "": none
	last       float64
	steps      int
	asExamples bool // the data are labelled examples of numbers, as in training
	maxLoss    float64
	allowLoss  bool
	plot       string
	parts      []string // NAME=FORMAT
}

// check refuses invalid values of flags.
func (f *quantizeFlags) check() (format.DType, error) {
	dtype, err := choose("dtype", f.dtype, smallDTypes, smallDTypeNames...)
	switch {
	case err != nil:
		return dtype, err
	case !(f.maxLoss >= 0):
		return dtype, cli.Usagef("--max-loss %g is negative or not a number", f.maxLoss)
	case !(f.last > 0 && f.last <= 1):
		return dtype, cli.Usagef("--last %g is not above 0 and at most 1", f.last)
	case f.steps < 1:
		return dtype, cli.Usagef("--steps %d must be greater than 0", f.steps)
	}
	return dtype, nil
}

// run quantizes the model with this name.
func (f *quantizeFlags) run(c *cobra.Command, name string) error {
	f.changed, f.stderr = c.Flags().Changed, c.ErrOrStderr()
	dtype, err := f.check()
	if err != nil {
		return err
	}
	outputs, err := cli.ClaimOutputs(append(f.mayRead(), name),
		cli.Output{Flag: "-o", Path: f.output.output, Replaces: name}, cli.Output{Flag: "--drift", Path: f.plot})
	if err != nil {
		return err
	}
	defer outputs.Release()
	description, size, err := cli.ReadModel(name)
	if err != nil {
		return err
	}
	if err := f.connect(description); err != nil {
		return err
	}
	m, err := cli.NewNetwork(description)
	if err != nil {
		return err
	}
	defer m.Close()
	q := &quantization{name: name, dtype: dtype, before: size}
	if err := f.refuseIdle(c, name, description); err != nil {
		return err
	}
	if err := f.checkDrift(description); err != nil {
		return err
	}
	if err := f.printColumns(m.Description(), c.ErrOrStderr()); err != nil {
		return err
	}
	if err := f.search(m, q, c.ErrOrStderr()); err != nil {
		return err
	}
	if err := f.describe(q, m.Description()); err != nil {
		return err
	}
	if f.plot != "" {
		if err := f.drift(m.(*rnn.Model), q); err != nil {
			return err
		}
	}
	if err := format.WriteFile(f.output.output, q.result.Model); err != nil {
		return err
	}
	info, err := os.Stat(f.output.output)
	if err != nil {
		return err
	}
	q.after = info.Size()
	if f.output.json {
		return cli.WriteJSON(c.OutOrStdout(), f.object(q))
	}
	return f.report(c.OutOrStdout(), q, m.Description())
}

// search quantizes the model within the limit of the loss.
func (f *quantizeFlags) search(m cli.Network, q *quantization, stderr io.Writer) error {
	parts, err := f.fixedParts()
	if err != nil {
		return err
	}
	o := quantize.Options{
		DType: q.dtype, Parts: parts, MaxLoss: f.maxLoss,
		Progress: func(what string) { fmt.Fprintf(stderr, "measuring: %s\n", what) },
	}
	measure, err := f.newMeasure(m, &o)
	if err != nil {
		return err
	}
	q.measure, o.Loss = measure, measure.Loss
	if m.Description().Graph != nil && math.IsInf(f.maxLoss, 1) && !f.allowLoss {
		o.MaxPartLoss = measure.Tolerable
	}
	var unknown *quantize.UnknownPartError
	q.result, err = quantize.Search(m.Description(), o)
	switch {
	case errors.As(err, &unknown):
		return cli.Usagef("--part: %v", err)
	case err != nil:
		return fmt.Errorf("%s: %w", q.name, err)
	}
	if !math.IsInf(f.maxLoss, 1) && !(q.result.Loss <= f.maxLoss) {
		return fmt.Errorf("%s: the loss is %.3g %s even with all parts in f16, above --max-loss %g: keep the model as it is",
			q.name, q.result.Loss, measure.Unit, f.maxLoss)
	}
	if math.IsInf(f.maxLoss, 1) && !f.allowLoss && !(q.result.Loss <= measure.Limit) {
		return fmt.Errorf("%s: the loss is %.3g %s, above the limit of %g, so nothing is written: %s--max-loss %g keeps parts in f16 for less, --allow-loss writes the model as it is",
			q.name, q.result.Loss, measure.Unit, measure.Limit, f.advice(m.Description()), measure.Limit)
	}
	return nil
}

// advice returns advice to use data if random inputs were measured.
func (f *quantizeFlags) advice(original *format.Model) string {
	if f.data == "" && len(original.Goldens) == 0 {
		return "random inputs may differ from real ones: give data with --calibrate; "
	}
	return ""
}

// fixedParts returns the number formats of --part.
func (f *quantizeFlags) fixedParts() (map[string]format.DType, error) {
	parts := map[string]format.DType{}
	for _, arg := range f.parts {
		name, dtype, found := strings.Cut(arg, "=")
		if !found || name == "" {
			return nil, cli.Usagef("--part %s: give NAME=FORMAT", message.Quote(arg))
		}
		if _, twice := parts[name]; twice {
			return nil, cli.Usagef("--part: the part %s has two formats", message.Quote(name))
		}
		var err error
		if parts[name], err = choose("part "+cli.Printable(name), dtype, dtypes, dtypeNames...); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// measured describes the data of the measurement: the files, as name shows them, or
// without data the model's goldens or random inputs.
func (f *quantizeFlags) measured(name func(path string) string, original *format.Model) string {
	var names []string
	for _, path := range f.files.Paths() {
		names = append(names, name(path))
	}
	switch {
	case names != nil:
		return "on " + strings.Join(names, ", ")
	case len(original.Goldens) == 0:
		return "on random inputs"
	}
	return "on the model's goldens"
}

// describe records in the quantized model its provenance and the original's goldens, with
// new outputs.
func (f *quantizeFlags) describe(q *quantization, original *format.Model) error {
	small := q.result.Model
	small.Provenance = nil
	for _, p := range original.Provenance {
		if !strings.HasPrefix(p.Key, "quantize.") {
			small.Provenance = append(small.Provenance, p)
		}
	}
	small.Provenance = append(small.Provenance,
		format.Property{Key: "quantize.command", Value: "rnntrain " + strings.Join(portable(f.args), " ")},
		format.Property{Key: "quantize.measured", Value: f.measured(filepath.Base, original)})
	m, err := cli.NewNetwork(small)
	if err != nil {
		return err
	}
	for i := range original.Goldens {
		g, err := m.Golden(original.Goldens[i].Tokens, original.Goldens[i].Input)
		if err != nil {
			return err
		}
		small.Goldens = append(small.Goldens, g)
	}
	return nil
}
