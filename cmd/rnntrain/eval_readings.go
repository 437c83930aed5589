package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/chart"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A heldBackEvaluation is the evaluation of a model on the examples that its training
// held back.
type heldBackEvaluation struct {
	evaluation
	what   string // "test" or "validation"
	of     cli.Object
	groups []string
}

func (e *heldBackEvaluation) object() cli.Object {
	return cli.Object{e.what, append(cli.Object{"groups", e.groups}, e.of...)}
}

func (e *heldBackEvaluation) print(w io.Writer, asJSON bool) error {
	of := ""
	if len(e.groups) > 0 {
		of = " of the groups " + message.List(e.groups)
	}
	if _, err := fmt.Fprintf(w, "on the %s data%s:\n", e.what, of); err != nil {
		return err
	}
	return e.evaluation.print(w, asJSON)
}

// measure measures the written model on the test windows, or on the validation windows if
// there are no test windows. The result is nil if there are neither.
func (l *labelledTraining) measure(valid dataset.Examples) (measurement, error) {
	what, examples, groups := "test", l.entries.tests, l.entries.names[2]
	if examples.Len() == 0 {
		what, examples, groups = "validation", valid, l.entries.names[1]
	}
	if l.readings.options.Group == "" {
		groups = nil
	}
	if examples.Len() == 0 {
		return nil, nil
	}
	return l.evaluate(what, groups, func(e *classEvaluation) error {
		for i := range examples.Len() {
			s, err := examples.At(i)
			if err != nil {
				return err
			}
			if err := e.addSeries(s.Inputs, int(s.Classes[0])); err != nil {
				return err
			}
		}
		return nil
	})
}

// evaluate measures the written model on the examples that add adds. They belong to
// groups. It draws the confusion matrix if a flag asks for it.
func (l *labelledTraining) evaluate(what string, groups []string, add func(*classEvaluation) error) (measurement, error) {
	m, err := rnn.Open(l.output.output)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	e, err := newClassEvaluation(m)
	if err != nil {
		return nil, err
	}
	if err := add(e); err != nil {
		return nil, err
	}
	if l.confusion != "" {
		if err := e.draw(l.confusion); err != nil {
			return nil, err
		}
	}
	return &heldBackEvaluation{evaluation: e, what: what, of: e.object(), groups: groups}, nil
}

// addSeries runs the model on a sequence of numbers with this class, and adds the result.
func (e *classEvaluation) addSeries(inputs []float32, class int) error {
	e.session.Reset()
	y, err := e.session.Run(inputs)
	if err == nil {
		e.add(y, class)
	}
	return err
}

// draw draws the confusion matrix.
func (e *classEvaluation) draw(path string) error {
	var names []string
	for i := range e.confusion {
		names = append(names, e.name(i))
	}
	return chart.DrawMatrix(path, chart.Matrix{
		Title: fmt.Sprintf("%s of %d right", percent(e.accuracy()), e.targets),
		X:     "answer", Y: "class", Names: names, Counts: e.confusion,
	})
}

// readsReadings reports whether the file is a table of readings: if flags imply it, or
// the model was trained on one.
func (f *evalFlags) readsReadings(d *format.Model, path string) (bool, error) {
	if d.TokenWidth() > 0 || f.series.labels != "" {
		return false, nil
	}
	if slices.ContainsFunc(append([]string{"group", "groups"}, ofReadings...), f.changed) {
		return true, nil
	}
	if d.Data == nil || len(d.Data.Columns) == 0 {
		return false, nil
	}
	sequences, err := f.hasSequences(d, path)
	return !sequences, err
}

// hasSequences reports whether a file has whole sequences, each with a field for its
// target. The numbers in a list of readings are not such fields.
func (f *evalFlags) hasSequences(d *format.Model, path string) (bool, error) {
	if isArray(path) || areNumbers(dataOf(d).Targets) {
		return false, nil
	}
	return dataset.HasSeries(path, f.series.inputs)
}

// areNumbers reports whether there are columns, and all their names are numbers.
func areNumbers(columns []string) bool {
	return len(columns) > 0 && !slices.ContainsFunc(columns, func(name string) bool {
		_, err := strconv.Atoi(name)
		return err != nil
	})
}

// isArray reports whether a file is a NumPy array, which may be a table.
func isArray(path string) bool { return strings.HasSuffix(strings.ToLower(path), ".npy") }

// openReadings opens a table of readings to measure a model on. The defaults of the flags
// are the settings of the training.
func (f *evalFlags) openReadings(d *format.Model, path string, label string, targets []string) (*readings, error) {
	if err := f.reading.complete(d, f.changed); err != nil {
		return nil, err
	}
	group := f.groupOf(d)
	if len(f.groups) > 0 && group == "" {
		return nil, cli.Usagef("--groups: --group names the column of the groups")
	}
	o, err := f.reading.options(label, targets, group)
	if err != nil {
		return nil, err
	}
	if f.testing == 0 {
		o.Piece = 0
	}
	r := newReadings(o)
	err = r.open(f.stderr, path)
	var missing *dataset.Error
	if o.Time != "" && !f.changed("time") && errors.As(err, &missing) && missing.Column == o.Time {
		fmt.Fprintf(f.stderr, "%s: there is no column %s, whose gaps divided the windows in training, so readings are assumed to be consecutive\n", path, message.Quote(o.Time))
		o.Time, o.Gap = "", 0
		r = newReadings(o)
		err = r.open(f.stderr, path)
	}
	return r, f.explainGroup(err, group)
}

// groupOf returns the column of the groups: the one of --group, or else the one of the
// training.
func (f *evalFlags) groupOf(d *format.Model) string {
	if f.changed("group") {
		return f.columns.group
	}
	return cli.Property(d, cli.GroupProperty)
}

// explainGroup adds to the error of opening data that the column of groups from training
// may be the cause, if --group was not given.
func (f *evalFlags) explainGroup(err error, group string) error {
	if err != nil && group != "" && !f.changed("group") {
		return fmt.Errorf("%w; the model was trained on groups: --group '' reads data without groups", err)
	}
	return err
}

// complete sets flags that were not given to the values in the model's file.
func (f *readingFlags) complete(d *format.Model, changed func(flag string) bool) error {
	data := dataOf(d)
	if !changed("window") {
		if f.window = data.Window; !changed("stride") {
			f.stride, _ = strconv.Atoi(cli.Property(d, cli.StrideProperty)) // 0: not recorded
		}
	}
	if !changed("time") && !changed("gap") {
		f.time = cli.Property(d, cli.TimeProperty)
		f.gap, _ = strconv.ParseFloat(cli.Property(d, cli.GapProperty), 64) // 0: not recorded
	}
	if f.columns == nil {
		f.columns = data.Columns
	}
	if n := d.NumberWidth(); len(f.columns) != n {
		return cli.Usagef("--columns is missing: the model reads %s, but its file does not record which", message.Count(n, "column"))
	}
	return f.check()
}

// eachWindow calls measure for each window that the flags select.
func (f *evalFlags) eachWindow(r *readings, path string, measure func(dataset.ReadingsWindow) error) error {
	p, err := f.portion(func(yield func(member, error) bool) {
		for window, err := range r.opened[path].Windows() {
			if !yield(member{window.Label, window.Group}, err) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	for window, err := range r.opened[path].Windows() {
		if err != nil {
			return err
		}
		if !p.hasNext(window.Group) {
			continue
		}
		if err := measure(window); err != nil {
			return fmt.Errorf("%s: line %d: %w", path, window.Line, err)
		}
	}
	r.print(f.stderr, path)
	return p.check(path, "window")
}

// labelOf returns the column of the labels; "": unknown.
func (f *evalFlags) labelOf(d *format.Model) string {
	if f.columns.label == "" && d.Task == format.TaskClassify && d.Data != nil && len(d.Data.Targets) == 1 {
		return d.Data.Targets[0]
	}
	return f.columns.label
}

// classifyReadings measures a classifier on the windows of a table of readings.
func (f *evalFlags) classifyReadings(e *classEvaluation, path string) error {
	d := e.model.Description()
	label := f.labelOf(d)
	if label == "" {
		return cli.Usagef("--label is missing: name the column of %s with the class of a reading", path)
	}
	r, err := f.openReadings(d, path, label, nil)
	if err != nil {
		return err
	}
	return f.eachWindow(r, path, func(window dataset.ReadingsWindow) error {
		k, err := e.class(window.Label)
		if err != nil {
			return err
		}
		return e.addSeries(window.Inputs, k)
	})
}
