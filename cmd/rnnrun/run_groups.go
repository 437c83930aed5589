package main

import (
	"errors"
	"io"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// groupFlags divide the steps of an input into streams.
type groupFlags struct {
	group, time string // columns; "": none
	gap         float64
	most        int  // groups
	chosen      bool // by the flags
}

const groupsHelp = `--group names the column of a CSV or of JSON lines that identifies the source of a line:
a sensor, a machine, a person. Lines of several groups may alternate: each group has its
own states and windows. Groups beyond --max-groups are skipped. --time names the column
of the time, a number or a date with a time of day: if it goes back, or forward by more
than --gap (in its unit, or in seconds), the group starts again from the initial state.
Both columns are repeated in the answers. The defaults are the columns of training if
the first line has them and output and flags allow groups; --group '' turns them off.

`

// mostGroups is the default of --max-groups.
const mostGroups = 1000

func (f *groupFlags) add(c *pflag.FlagSet) {
	c.StringVar(&f.group, "group", "", "column of a CSV that identifies the source of a line: each has its own states")
	c.StringVar(&f.time, "time", "", "column of a CSV with the time: a number, or a date with a time of day")
	c.Float64Var(&f.gap, "gap", 0, "with --time: the longest time between two lines of a sequence, in the column's unit or in seconds")
	c.IntVar(&f.most, "max-groups", mostGroups, "most groups; others are skipped")
}

// check refuses invalid combinations of flags.
func (f *groupFlags) check(changed func(flag string) bool) error {
	f.chosen = changed("group") || changed("time") || changed("gap")
	switch {
	case (f.time == "") != (f.gap == 0):
		return cli.Usagef("--time and --gap need each other: give the column of the time, and how far apart two lines may be")
	case f.gap < 0 || f.gap-f.gap != 0:
		return cli.Usagef("--gap %g is not a valid time: give a positive number", f.gap)
	case changed("max-groups") && f.most < 1:
		return cli.Usagef("--max-groups %d must be greater than 0", f.most)
	}
	return nil
}

// complete sets flags that were not given to the model's values.
func (f *groupFlags) complete(m *rnn.Model) {
	d := m.Description()
	gap, err := strconv.ParseFloat(cli.Property(d, cli.GapProperty), 64)
	if f.group = cli.Property(d, cli.GroupProperty); err == nil && gap > 0 {
		f.time, f.gap = cli.Property(d, cli.TimeProperty), gap
	}
}

// dividesAsTrained reports whether the groups of training apply by default: if the model
// has one answer per window, or if no flag is given that groups do not support.
func (v *conversion) dividesAsTrained(m *rnn.Model, kind series.Kind) bool {
	switch {
	case v.cuts(m, kind):
		return true
	case v.lengths+v.pad.flag+v.stateIn+v.stateOut != "":
		return false
	case m.Pooled():
		return true
	}
	to := series.KindOf(v.output.All)
	text := v.json || to == series.KindCSV || to == series.KindUnknown
	return v.stepsOfGroups && m.Streamable() && text && !v.output.Several()
}

// divides sets the columns of the group and of the time.
func (v *conversion) divides(o *series.Options, m *rnn.Model) error {
	f := &v.groups
	switch {
	case !f.chosen && o.Kind == series.KindCSV && v.dividesAsTrained(m, o.Kind):
		f.complete(m)
		o.Columns.IfThere = true
	case f.group+f.time == "":
		return nil
	case o.Kind != series.KindCSV:
		return cli.Usagef("--group and --time are for CSV, but %s is %v", o.Name, o.Kind)
	}
	o.Columns.Group, o.Columns.Time = f.group, f.time
	if f.chosen && len(o.Columns.Keep) == 0 {
		for _, name := range []string{f.group, f.time} {
			if name != "" {
				o.Columns.Keep = append(o.Columns.Keep, name)
			}
		}
	}
	return nil
}

// apart reports whether steps are run in separate streams, for groups or windows.
func (v *conversion) apart() bool { return v.window.length > 0 || v.groups.group+v.groups.time != "" }

// divided reports whether the steps are divided into streams if the first line has the
// columns for it. A model with one answer has one for each stream.
func (c *converter) divided() bool {
	return c.apart && (c.window.length > 0 || c.groups.chosen || c.records.Grouped || c.records.Timed || c.session.Model().Pooled())
}

// divide sets a converter up for windows and groups.
func (v *conversion) divide(c *converter) error {
	m := c.session.Model()
	c.window, c.groups, c.hysteresis, c.apart = v.window, v.groups, v.hysteresis, v.apart()
	if !c.apart {
		return nil
	}
	what := "for whole sequences, and not for --group and --time"
	if v.window.length > 0 {
		what = "for whole sequences: give --window 0"
	}
	for flag, value := range map[string]string{"lengths": v.lengths, "pad": v.pad.flag, "state-in": v.stateIn, "state-out": v.stateOut} {
		if value != "" {
			return cli.Usagef("--%s is %s", flag, what)
		}
	}
	if !m.Pooled() && !m.Streamable() {
		return cli.Usagef("--group and --time: the model reads a sequence to its end before its first answer, so groups cannot alternate: sort the lines by group, and put an empty line between two groups")
	}
	return nil
}

// streams runs the steps of the nth sequence of the input, each in the stream of its group.
func (c *converter) streams(n int) error {
	const block = 256 // steps
	buf := make([]float32, block*c.width)
	set := &streamSet{converter: c, list: map[string]*stepStream{}, nth: n}
	set.due.set = set
	for end := false; !end; {
		k, failed := c.in.Read(buf)
		for xs := buf[:k]; len(xs) > 0; xs = xs[c.width:] {
			if err := set.take(xs[:c.width], c.records.Next()); err != nil {
				return errors.Join(err, set.give(), c.out.Flush()) // the answers before the error are valid
			}
		}
		if end = failed == io.EOF; end {
			break
		}
		if c.skips(failed, n) {
			if err := set.skip(c.records.Next()); err != nil {
				return err
			}
		} else if failed != nil {
			return errors.Join(failed, set.give(), c.out.Flush())
		}
		if err := errors.Join(set.give(), c.out.Flush()); err != nil {
			return err
		}
	}
	if err := set.give(); err != nil {
		return err
	}
	if err := set.end(); err != nil {
		return err
	}
	if err := c.out.End(); err != nil {
		return err
	}
	return c.out.Flush()
}
