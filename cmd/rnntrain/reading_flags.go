package main

import (
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// readingFlags define how a table of readings is cut into windows.
type readingFlags struct {
	columns        []string
	window, stride int
	time           string
	gap            float64
	missing        missingFlag
}

// ofReadings are the flags for tables of readings only.
var ofReadings = []string{"columns", "window", "stride", "time", "gap", "missing"}

func (f *readingFlags) add(c *cobra.Command) {
	c.Flags().StringSliceVar(&f.columns, "columns", nil, "readings: columns to read, by name or number from 0 (default: all numeric columns that no other flag names)")
	c.Flags().IntVar(&f.window, "window", 0, "sounds or readings: steps in a window; 0: a whole sound, or a whole stretch of readings")
	c.Flags().IntVar(&f.stride, "stride", 0, "steps between the starts of two windows; 0: half a window")
	c.Flags().StringVar(&f.time, "time", "", "readings: column of the time: a number, or a date with a time of day")
	c.Flags().Float64Var(&f.gap, "gap", 0, "with --time: the longest time between two readings of a window, in the column's unit or in seconds")
	f.missing.add(c)
}

// given reports whether flags imply a table of readings.
func (f *readingFlags) given(c *cobra.Command) bool {
	return c.Flags().Changed("columns") || c.Flags().Changed("window")
}

// check refuses invalid flags, and sets the default of --stride.
func (f *readingFlags) check() error {
	if err := within(limit{"window", float64(f.window), 0, format.MaxSize}, limit{"stride", float64(f.stride), 0, format.MaxSize}); err != nil {
		return err
	}
	switch {
	case f.window == 0 && f.stride > 0:
		return cli.Usagef("--stride %d is for windows: give --window, too", f.stride)
	case f.stride == 0:
		f.stride = max(1, f.window/2)
	}
	switch {
	case (f.time == "") != (f.gap == 0):
		return cli.Usagef("--time and --gap need each other: give the column of the time, and how far apart two readings may be")
	case f.gap < 0 || f.gap-f.gap != 0:
		return cli.Usagef("--gap %g is not a valid time: give a positive number", f.gap)
	}
	return nil
}

// piece is the number of consecutive windows that may share readings if there is no
// column of groups.
const piece = 10

// options returns the options for cutting readings, with the columns of the labels or of
// the numbers to predict, and of the groups.
func (f *readingFlags) options(label string, targets []string, group string) (dataset.ReadingsOptions, error) {
	missing, err := f.missing.policy()
	return dataset.ReadingsOptions{
		Columns: f.columns, Targets: targets, Label: label, Group: group, Time: f.time, Gap: f.gap,
		Missing: missing, Length: f.window, Stride: f.stride, Piece: piece,
	}, err
}

// readings are the tables of readings that a command reads, by path.
type readings struct {
	options dataset.ReadingsOptions
	opened  map[string]*dataset.Readings
}

func newReadings(o dataset.ReadingsOptions) *readings {
	return &readings{options: o, opened: map[string]*dataset.Readings{}}
}

// open opens a table, and prints which columns of it are read. The tables after the
// first have its columns.
func (r *readings) open(w io.Writer, path string) error {
	file, err := dataset.OpenReadings(path, r.options)
	if err != nil {
		return err
	}
	r.options.Columns, r.opened[path] = file.Inputs, file
	var read []string
	for _, name := range file.Inputs {
		read = append(read, fmt.Sprintf("%.60q", name))
	}
	for _, name := range r.options.Targets {
		read = append(read, fmt.Sprintf("%.60q (to predict)", name))
	}
	for _, c := range []struct{ name, holds string }{{r.options.Label, "label"}, {r.options.Group, "group"}, {r.options.Time, "time"}} {
		if c.name != "" {
			read = append(read, fmt.Sprintf("%.60q (%s)", c.name, c.holds))
		}
	}
	printNames(w, path, read, file.LeftOut)
	return nil
}

// openAll opens the training table and, if there is one, the validation table.
func (r *readings) openAll(w io.Writer, path, validation string) error {
	err := r.open(w, path)
	if err == nil && validation != "" {
		err = r.open(w, validation)
	}
	return err
}

// keep sets the columns to those of the model of --from, unless flags give others.
func (r *readings) keep(o *origin) {
	if o != nil && r.options.Columns == nil {
		r.options.Columns = dataOf(o.model).Columns
	}
}

// entries yields the windows of an opened table.
func (r *readings) entries(path string) iter.Seq2[entry, error] {
	return entriesOf(r.opened[path].Windows(), func(w dataset.ReadingsWindow) entry {
		e := entry{lines: []int{w.Line}, path: path, inputs: w.Inputs, width: len(r.options.Columns), group: w.Group, values: w.Targets}
		if r.options.Label != "" {
			e.labels = []string{w.Label}
		}
		return e
	})
}

// announce prints how the rows of the tables are used, and which windows are on which
// side.
func (r *readings) announce(w io.Writer, s *labelledSet) {
	r.print(w, s.paths...)
	s.announceSides(w, "windows", r.options.Group != "")
	if r.options.Group == "" && len(s.valid)+len(s.test) > 0 && len(s.paths) == 1 {
		fmt.Fprintf(w, "no reading is both trained on and held back, but two readings of the same person or machine may be divided: --group names the column that identifies them\n")
	}
}

// print prints how the rows of the tables are used.
func (r *readings) print(w io.Writer, paths ...string) {
	for _, path := range paths {
		file := r.opened[path]
		printMissing(w, file.SeriesFile)
		what := "whole stretches of readings"
		if n := r.options.Length; n > 0 {
			what = fmt.Sprintf("windows of %s, one every %d,", message.Count(n, "reading"), r.options.Stride)
		}
		fmt.Fprintf(w, "%s: %d %s from %d stretches\n", path, file.Given, what, file.Stretches)
		if file.Mixed > 0 {
			fmt.Fprintf(w, "%s: windows left out since their readings have several labels: %d\n", path, file.Mixed)
		}
		if file.Unlabelled > 0 {
			fmt.Fprintf(w, "%s: windows left out since a reading has no label: %d\n", path, file.Unlabelled)
		}
	}
}

// describe records in a model how its training readings were read.
func (r *readings) describe(m *format.Model) {
	if m.Data == nil {
		m.Data = &format.Data{}
	}
	o := r.options
	m.Data.Columns, m.Data.Targets, m.Data.Window = o.Columns, o.Targets, o.Length
	if o.Label != "" {
		m.Data.Targets = []string{o.Label}
	}
	if o.Length > 0 {
		m.Provenance = append(m.Provenance, format.Property{Key: cli.StrideProperty, Value: strconv.Itoa(o.Stride)})
	}
	if o.Group != "" {
		m.Provenance = append(m.Provenance, format.Property{Key: cli.GroupProperty, Value: o.Group})
	}
	if o.Time != "" {
		m.Provenance = append(m.Provenance, format.Property{Key: cli.TimeProperty, Value: o.Time},
			format.Property{Key: cli.GapProperty, Value: strconv.FormatFloat(o.Gap, 'g', -1, 64)})
	}
}
