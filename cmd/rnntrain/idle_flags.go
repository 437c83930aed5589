package main

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/series"
)

// refuseIdle refuses each of the flags that was given, because it would have no effect.
// why is the reason.
func refuseIdle(c *cobra.Command, why string, flags ...string) error {
	for _, name := range flags {
		if flag := c.Flags().Lookup(name); flag != nil && flag.Changed {
			return cli.Usagef("--%s has no effect here: %s; leave it out", name, why)
		}
	}
	return nil
}

// refuseAllBut refuses all flags that were given except these.
func refuseAllBut(c *cobra.Command, why string, flags ...string) error {
	var given []string
	c.Flags().Visit(func(flag *pflag.Flag) { given = append(given, flag.Name) })
	return refuseIdle(c, why, without(given, flags...)...)
}

// refuseIdle refuses flags of the optimizer and the schedule that have no effect with the
// other flags.
func (f *fitFlags) refuseIdle(c *cobra.Command) error {
	for _, idle := range []struct {
		is    bool
		why   string
		flags []string
	}{
		{f.optimizer != "sgd" && f.optimizer != "nesterov", "--optimizer " + f.optimizer + " has no momentum; sgd and nesterov have one", []string{"momentum"}},
		{f.schedule.name == "constant" || f.schedule.name == "cosine", "--schedule " + f.schedule.name + " has no factor; step, exponential and plateau have one", []string{"gamma"}},
		{f.schedule.name != "step", "it is for --schedule step", []string{"step-size"}},
		{f.schedule.name != "plateau", "it is for --schedule plateau", []string{"plateau-patience"}},
	} {
		if idle.is {
			if err := refuseIdle(c, idle.why, idle.flags...); err != nil {
				return err
			}
		}
	}
	return nil
}

// refuseIdle refuses flags of a training that have no effect with the other flags.
func (t *training) refuseIdle(c *cobra.Command) error {
	if err := t.fit.refuseIdle(c); err != nil {
		return err
	}
	if t.origin == nil && t.network.cell != "lstm" {
		if err := refuseIdle(c, "--cell "+t.network.cell+" has no forget gate; lstm has one", "forget-bias"); err != nil {
			return err
		}
	}
	switch {
	case t.validation != "" && t.fraction > 0:
		return refuseIdle(c, "--valid gives the validation data, so nothing is held back", "valid-fraction")
	case t.validation == "" && t.fraction == 0:
		return refuseIdle(c, "there are no validation data with --valid-fraction 0 and without --valid", "patience", "beam", "samples")
	}
	return nil
}

// ofTexts and ofNumbers are flags of classifiers of texts, and of numbers.
var (
	ofTexts   = []string{"text", "tokens", "vocabulary", "min-count", "lowercase", "max-run", "max-length", "embedding"}
	ofNumbers = []string{"inputs", "label-file", "valid-label-file"}
)

// ofWindows are the flags of classifiers for tables of readings only.
var ofWindows = append([]string{"test-fraction", "test-groups", "confusion"}, ofReadings...)

// refuseIdle refuses flags for the other kind of data.
func (t *classTraining) refuseIdle(c *cobra.Command, path string, numbers bool) error {
	if err := refuseIdle(c, "it is for tables of readings, which --window makes of DATA", ofWindows...); err != nil {
		return err
	}
	if numbers {
		if t.validation == "" {
			if err := refuseIdle(c, "it is for the data of --valid", "valid-label-file"); err != nil {
				return err
			}
		}
		return refuseIdle(c, path+" has sequences of numbers", ofTexts...)
	}
	return refuseIdle(c, path+" has texts", ofNumbers...)
}

// refuseIdle refuses flags of a vocabulary for bytes, which have none.
func (f *textFlags) refuseIdle(c *cobra.Command) error {
	if f.tokens != "byte" {
		return nil
	}
	return refuseIdle(c, "the vocabulary of --"+f.prefix+"tokens byte is all bytes", f.prefix+"vocabulary", f.prefix+"min-count")
}

// dataUses describes a model, and returns the flags that define how data to measure it
// are read.
func dataUses(d *format.Model) (what string, flags []string) {
	switch d.Task {
	case format.TaskClassify:
		if d.TokenWidth() == 0 {
			return "a classifier of numbers", slices.Concat([]string{"label", "label-file", "inputs", "group", "groups", "test-fraction", "seed", "confusion", "pattern", "resample"}, ofReadings)
		}
		return "a classifier of texts", []string{"label", "text", "confusion"}
	case format.TaskTag:
		return "a tagger", []string{"token", "tag", "group", "confusion"}
	case format.TaskLanguage:
		return "a language model", []string{"last"}
	case format.TaskTranslate:
		return "a translator", []string{"source", "target", "beam", "samples"}
	}
	if isRegression(d) {
		return "a regression", append([]string{"inputs", "group", "groups", "test-fraction", "seed"}, ofReadings...)
	}
	return "a forecaster", []string{"last", "missing", "group", "plot"}
}

// without returns the flags that are not among others.
func without(flags []string, others ...string) []string {
	return slices.DeleteFunc(slices.Clone(flags), func(flag string) bool { return slices.Contains(others, flag) })
}

// refuseIdle refuses flags of eval for other kinds of models.
func (f *evalFlags) refuseIdle(c *cobra.Command, model string, d *format.Model, data string) error {
	if f.testing == 0 {
		if err := refuseIdle(c, "it is for --test-fraction", "seed"); err != nil {
			return err
		}
	}
	what, uses := dataUses(d)
	all := slices.Concat([]string{"text", "label", "inputs", "label-file", "token", "tag", "source", "target", "beam", "samples", "last", "group", "groups", "test-fraction", "seed", "confusion", "plot", "pattern", "resample"}, ofAmplifiers, ofReadings)
	if err := refuseIdle(c, model+" is "+what, without(all, uses...)...); err != nil {
		return err
	}
	return f.sound.refuseOthers(c, model, d, data, readsSounds(d, data))
}

// refuseIdle refuses flags of quantize that have no effect for the model or with the
// other flags.
func (f *quantizeFlags) refuseIdle(c *cobra.Command, model string, d *format.Model) error {
	if c.Flags().Changed("max-loss") {
		if err := refuseIdle(c, "--max-loss keeps the loss within bounds", "allow-loss"); err != nil {
			return err
		}
	}
	all := slices.Concat([]string{"text", "label", "source", "target", "last", "steps", "group", "inputs", "label-file", "pattern", "resample"}, ofReadings)
	if f.data == "" {
		return refuseIdle(c, "without --calibrate no data are read", all...)
	}
	what, uses := dataUses(d)
	switch {
	case d.Task == format.TaskClassify && d.TokenWidth() == 0, isRegression(d):
		uses = append(uses, "steps")
	case d.Task == format.TaskRegress, d.Task == format.TaskTag:
		what, uses = "measured on a series", []string{"steps"}
	case f.plot != "": // --steps limits the drawing
		uses = append(uses, "steps")
	}
	sounds, err := listsSounds(d, f.data, f.sound.options(f.columns))
	if err != nil {
		return err
	}
	if series.KindOf(f.data) == series.KindSound {
		uses = append(uses, "resample")
	}
	if err := refuseIdle(c, model+" is "+what, without(all, uses...)...); err != nil {
		return err
	}
	return f.sound.refuseOthers(c, model, d, f.data, sounds)
}

// isRegression reports whether rnntrain regress trained the model: it predicts numbers of
// the same step, not of later steps.
func isRegression(d *format.Model) bool {
	data := dataOf(d)
	return d.Task == format.TaskRegress && data.Horizon == 0 && len(data.Targets) > 0
}
