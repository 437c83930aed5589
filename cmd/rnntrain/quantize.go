package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/quantize"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func newQuantizeCommand(args []string) *cobra.Command {
	f := quantizeFlags{args: args}
	c := &cobra.Command{
		Use:   "quantize MODEL -o OUT",
		Short: "Make a model smaller and faster, and measure what that costs",
		Long: `quantize keeps a model's weights in fewer bits: f16, half the size, or int8, a
quarter. Sums, biases and the states of an LSTM stay float32. int4 is an
experiment: layers and head take a seventh, and an embedding a quarter, of the
file, but they are float32 again in memory, and so no faster. Make it of float32
weights, not of int8, which have lost some already.

--calibrate names data like those the model will read: of a classifier a table,
of a language model a text, of a translator pairs, otherwise a series of inputs,
CSV or NPY. quantize
then measures both models on them, in all and with each part of the model alone
in few bits: lost points of accuracy, the rise of the perplexity in percent, or
the error of the outputs in percent of their spread. Without it the measure is
the error on the model's goldens. Data also set the scale of an int8 layer that
reads numbers; without them it is chosen anew for each step.

--max-loss keeps the parts that cost most in f16, until the loss is at most
that.

` + cli.ModelHelp,
		Example: `  rnntrain quantize reviews.rnn -o small.rnn --dtype int8 --calibrate held-back.tsv
  rnntrain quantize amp.rnn -o amp16.rnn --dtype f16
  rnntrain quantize amp.rnn -o amp8.rnn --dtype int8 --calibrate guitar.npy --max-loss 1`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteModel,
		RunE: func(c *cobra.Command, args []string) error {
			return f.run(args[0], c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f.output.addModel(c)
	f.columns.add(c)
	f.pairs.add(c)
	c.Flags().StringVar(&f.dtype, "dtype", "int8", "number format of the weights: f16, int8, or as an experiment int4")
	c.Flags().StringVar(&f.data, "calibrate", "", "data to calibrate and measure on")
	c.Flags().Float64Var(&f.last, "last", 1, "of a text, the part at its end to measure")
	c.Flags().IntVar(&f.steps, "steps", 10_000, "of a series, the number of steps to measure")
	c.Flags().StringVar(&f.plot, "drift", "", "draw the error over time, in one run of --steps through the data, to a .png or .svg")
	c.Flags().Float64Var(&f.maxLoss, "max-loss", math.Inf(1), "greatest loss; parts are kept in f16 for it")
	complete(c, "dtype", "f16", "int8", "int4")
	return c
}

// quantizeFlags are what the command quantize is told.
type quantizeFlags struct {
	args    []string // the command line, for the model's provenance
	output  outputFlags
	columns columnFlags
	pairs   pairFlags
	dtype   string
	data    string
	last    float64
	steps   int
	maxLoss float64
	plot    string
}

func (f *quantizeFlags) run(name string, stdout, stderr io.Writer) error {
	dtype, err := choose("dtype", f.dtype, map[string]format.DType{"f16": format.DTypeF16, "int8": format.DTypeInt8, "int4": format.DTypeInt4}, "f16", "int8", "int4")
	switch {
	case err != nil:
		return err
	case !(f.maxLoss >= 0):
		return cli.Usagef("--max-loss %g is no number from 0 on", f.maxLoss)
	case f.last <= 0 || f.last > 1:
		return cli.Usagef("--last %g is not above 0 and at most 1", f.last)
	case f.steps < 1:
		return cli.Usagef("--steps %d must be greater than 0", f.steps)
	}
	m, err := cli.OpenModel(name)
	if err != nil {
		return err
	}
	defer m.Close()
	before, err := cli.ModelSize(name)
	if err != nil {
		return err
	}
	d := m.Description()
	if err := f.checkDrift(d); err != nil {
		return err
	}
	measure, err := f.newMeasure(m)
	if err != nil {
		return err
	}
	r, err := quantize.Search(d, dtype, measure.inputScale, f.maxLoss, measure.loss, func(what string) {
		fmt.Fprintf(stderr, "measuring: %s\n", what)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if r.Loss > f.maxLoss {
		return fmt.Errorf("%s: the loss is %.3g %s even with all parts in f16, above --max-loss %g: keep the model as it is",
			name, r.Loss, measure.unit, f.maxLoss)
	}
	if err := f.describe(r.Model, d, measure); err != nil {
		return err
	}
	q := &quantization{name: name, before: before, dtype: dtype, result: r, measure: measure}
	if f.plot != "" {
		if err := f.drift(m, q); err != nil {
			return err
		}
	}
	if err := format.WriteFile(f.output.output, r.Model); err != nil {
		return err
	}
	if q.after, err = cli.ModelSize(f.output.output); err != nil {
		return err
	}
	return f.report(stdout, q)
}

// describe records where the model comes from, and the goldens of the original
// with the outputs that it has now.
func (f *quantizeFlags) describe(q, original *format.Model, measure *quantizeMeasure) error {
	q.Provenance = nil
	for _, p := range original.Provenance {
		if !strings.HasPrefix(p.Key, "quantize.") {
			q.Provenance = append(q.Provenance, p)
		}
	}
	q.Provenance = append(q.Provenance, format.Property{Key: "quantize.command", Value: "rnntrain " + strings.Join(portable(f.args), " ")},
		format.Property{Key: "quantize.measured", Value: measure.describe(filepath.Base(measure.data))})
	m, err := rnn.New(q)
	if err != nil {
		return err
	}
	for i := range original.Goldens {
		g, err := m.Golden(original.Goldens[i].Tokens, original.Goldens[i].Input)
		if err != nil {
			return err
		}
		q.Goldens = append(q.Goldens, g)
	}
	return nil
}

// A quantization is what was done to a model.
type quantization struct {
	name          string
	before, after int64
	dtype         format.DType
	result        *quantize.Result
	measure       *quantizeMeasure
}

func (f *quantizeFlags) report(w io.Writer, q *quantization) error {
	r, m := q.result, q.measure
	if f.output.json {
		var parts cli.Array
		for _, p := range r.Parts {
			kept := p.DType
			if p.Kept {
				kept = format.DTypeF16
			}
			parts = append(parts, cli.Object{"name", p.Name, "dtype", kept.String(), "loss_alone", p.Loss})
		}
		o := cli.Object{
			"model", f.output.output,
			"dtype", q.dtype.String(),
			"bytes_before", q.before,
			"bytes_after", q.after,
			"loss", r.Loss,
			"loss_unit", m.unit,
			"parts", parts,
			"input_scale", float64(r.Plan.InputScale),
		}
		if m.name != "" {
			o = append(o, m.name+"_before", m.original, m.name+"_after", m.value)
		} else {
			var windows cli.Array
			for _, e := range m.windows {
				windows = append(windows, e)
			}
			o = append(o, "loss_by_tenth", windows)
		}
		return cli.WriteJSON(w, o)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "size        %d → %d bytes (%s)\n", q.before, q.after, percent(float64(q.after)/float64(q.before)))
	fmt.Fprintf(&b, "measured    %s\n", m.describe(m.data))
	if m.name != "" {
		fmt.Fprintf(&b, "%-12s%s → %s\n", m.name, m.show(m.original), m.show(m.value))
	}
	fmt.Fprintf(&b, "loss        %.3g %s\n", r.Loss, m.unit)
	widest := 0
	for _, p := range r.Parts {
		widest = max(widest, len(p.Name))
	}
	for _, p := range r.Parts {
		kept, note := p.DType, ""
		if p.Kept {
			kept, note = format.DTypeF16, ", kept in f16"
		} else if p.Loss > m.tolerable {
			note = ": bears it badly; --max-loss would keep it in f16"
		}
		fmt.Fprintf(&b, "  %-*s%-6s%.3g alone in %v%s\n", max(widest+1, 10), p.Name, kept, p.Loss, p.DType, note)
	}
	if len(m.windows) > 0 {
		fmt.Fprintf(&b, "over time   ")
		for _, e := range m.windows {
			fmt.Fprintf(&b, " %.2g", e)
		}
		fmt.Fprintf(&b, "  (%s, by tenths of the run)\n", m.unit)
	}
	fmt.Fprintf(&b, "written     %s\n", f.output.output)
	_, err := io.WriteString(w, b.String())
	return err
}
