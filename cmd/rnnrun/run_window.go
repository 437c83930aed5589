package main

import (
	"github.com/spf13/pflag"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// windowFlags cut sequences into windows, each of which has an answer.
type windowFlags struct {
	length, stride       int
	chosen, strideChosen bool // by the flags
}

const windowsHelp = `A model trained on windows (rnntrain classify --window) answers for each window of a
CSV, of JSON lines or of sound as soon as it is full: --window consecutive steps, from
the initial state; a window begins every --stride steps. The defaults are those of the
training; --window 0 reads whole sequences. An unreadable step is left out of its
window; an empty line starts a new sequence.

`

func (f *windowFlags) add(c *pflag.FlagSet) {
	c.IntVar(&f.length, "window", 0, "steps in a window, which has one answer (default: as trained); 0: the whole sequence")
	c.IntVar(&f.stride, "stride", 0, "steps between the starts of windows (default: as trained, or half a window)")
}

// check refuses invalid numbers.
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

// complete sets flags that were not given to the model's values, for an input of that kind.
func (f *windowFlags) complete(m *rnn.Model, kind series.Kind) error {
	length, stride := cli.Windowing(m.Description())
	if !f.chosen && m.Pooled() && (kind == series.KindCSV || kind == series.KindSound) {
		f.length = length
	}
	switch {
	case f.length == 0 && f.strideChosen:
		return cli.Usagef("--stride is for windows, but without --window the model reads whole sequences: give --window, too")
	case f.length > 0 && !m.Pooled():
		return cli.Usagef("--window is for a model with one answer per sequence; this one answers at every step")
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

// cutsWindows sets a converter up for windows and groups, if flags or the model ask for
// them.
func (v *conversion) cutsWindows(c *converter, m *rnn.Model, kind series.Kind) error {
	if err := v.window.complete(m, kind); err != nil {
		return err
	}
	return v.divide(c)
}
