package main

import (
	"github.com/spf13/pflag"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// windowFlags say how sequences are cut into windows, each of which has an answer.
type windowFlags struct {
	length, stride       int
	chosen, strideChosen bool // by the flags
}

const windowsHelp = `A model trained on windows (rnntrain classify --window) answers for each window of a
CSV, of JSON lines or of sound as soon as it is full: --window consecutive steps, from
the initial state; a window begins every --stride steps. The defaults are those of the
training; --window 0 reads whole sequences. An unreadable step is left out of its
window; an empty line starts anew.

`

func (f *windowFlags) add(c *pflag.FlagSet) {
	c.IntVar(&f.length, "window", 0, "steps of a window, which has one answer (default: as trained); 0: the whole sequence")
	c.IntVar(&f.stride, "stride", 0, "steps between the starts of windows (default: as trained, or half a window)")
}

// check refuses numbers that cannot be.
func (f *windowFlags) check(changed func(flag string) bool) error {
	f.chosen, f.strideChosen = changed("window"), changed("stride")
	switch {
	case f.length < 0 || f.length > format.MaxSize:
		return cli.Usagef("--window %d is not between 0 and %d", f.length, format.MaxSize)
	case f.strideChosen && (f.stride < 1 || f.stride > format.MaxSize):
		return cli.Usagef("--stride %d is not between 1 and %d", f.stride, format.MaxSize)
	}
	return nil
}

// complete sets what was not chosen by the model, of which a table of that kind is read.
func (f *windowFlags) complete(m *rnn.Model, kind series.Kind) error {
	length, stride := cli.Windowing(m.Description())
	if !f.chosen && m.Pooled() && (kind == series.KindCSV || kind == series.KindSound) {
		f.length = length
	}
	switch {
	case f.length == 0 && f.strideChosen:
		return cli.Usagef("--stride is for windows, and without --window the model takes a sequence as a whole")
	case f.length > 0 && !m.Pooled():
		return cli.Usagef("--window is for a model with one answer for a sequence; this one answers at every step")
	case f.strideChosen:
	case stride > 0 && length == f.length:
		f.stride = stride
	default:
		f.stride = max(1, f.length/2)
	}
	return nil
}

// cuts reports whether the input is cut into windows.
func (v *conversion) cuts(m *rnn.Model, kind series.Kind) bool {
	f := v.window
	return f.complete(m, kind) == nil && f.length > 0
}

// cutsWindows has a converter cut windows and take groups apart, if flags or the model
// say so.
func (v *conversion) cutsWindows(c *converter, m *rnn.Model, kind series.Kind) error {
	if err := v.window.complete(m, kind); err != nil {
		return err
	}
	return v.divide(c)
}
