package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/quantize"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// evaluation returns the flags of eval for measuring a model on the same data.
func (f *quantizeFlags) evaluation(stderr io.Writer) *evalFlags {
	return &evalFlags{columns: f.columns, series: f.series, reading: f.reading, sound: f.sound, changed: f.changed, stderr: stderr}
}

// examples reports whether the data of a model of numbers are labelled examples, as in
// training: sounds, windows of readings, or sequences with a target. Data without labels
// are a series.
func (f *quantizeFlags) examples(d *format.Model) (bool, error) {
	if d.Task != format.TaskClassify && !isRegression(d) || d.TokenWidth() > 0 || d.Graph != nil && len(d.Graph.Inputs) > 1 {
		return false, nil
	}
	if sounds, err := listsSounds(d, f.data, f.sound.options(f.columns)); err != nil || sounds {
		return sounds, err
	}
	sequences, err := dataset.HasSeries(f.data, f.series.inputs)
	switch kind := series.KindOf(f.data); {
	case err != nil:
		return false, err
	case kind == series.KindRaw, kind == series.KindSound:
		return false, nil
	case sequences && !isArray(f.data), f.series.labels != "":
		return true, nil
	}
	e := f.evaluation(io.Discard)
	readings, err := e.readsReadings(d, f.data)
	if err != nil || !readings || isArray(f.data) && !f.changed("label") && !f.changed("window") {
		return false, err
	}
	label := e.labelOf(d)
	if isRegression(d) {
		_, err = e.openReadings(d, f.data, "", dataOf(d).Targets)
	} else if label != "" {
		_, err = e.openReadings(d, f.data, label, nil)
	}
	var missing *dataset.Error
	if errors.As(err, &missing) && missing.Column != "" && !f.changed("label") &&
		(missing.Column == label || slices.Contains(dataOf(d).Targets, missing.Column)) {
		fmt.Fprintf(f.stderr, "%s: there is no column %s, so outputs are compared\n", f.data, message.Quote(missing.Column))
		return false, nil
	}
	return err == nil && (label != "" || isRegression(d)), err
}

// measureExamples measures a model of numbers on examples: the accuracy of a classifier,
// and the outputs of a regression.
func (f *quantizeFlags) measureExamples(m *rnn.Model, o *quantize.Options) (*quantize.Measure, error) {
	list, err := f.exampleSequences(m.Description())
	if err != nil {
		return nil, err
	}
	if m.Task() != format.TaskClassify {
		return measureOutputs(m, o, list)
	}
	if err := calibrate(m.Description(), o, list); err != nil {
		return nil, err
	}
	stderr := f.stderr
	return quantize.NewAccuracy(m, func(m *rnn.Model) (float64, error) {
		measured, err := f.evaluation(stderr).measureClasses(m, f.data)
		if stderr = io.Discard; err != nil { // the columns are printed only once
			return 0, err
		}
		e := measured.(*classEvaluation)
		if e.targets == 0 {
			return 0, errNothingMeasured
		}
		return 100 * float64(e.correct) / float64(e.targets), nil
	})
}

// sequenceColumns returns the fields of sequences with a label or, for a regression, a
// number.
func (f *evalFlags) sequenceColumns(d *format.Model) columnFlags {
	columns := f.columns
	if targets := dataOf(d).Targets; isRegression(d) && len(targets) > 0 {
		columns.label = targets[0]
	}
	return columns
}

// exampleSequences returns the inputs of the first examples, --steps steps in all.
func (f *quantizeFlags) exampleSequences(d *format.Model) (list []quantize.Sequence, err error) {
	width, steps := d.NumberWidth(), 0
	add := func(inputs []float32) bool {
		list = append(list, quantize.Sequence{Inputs: inputs, Width: width})
		steps += len(inputs) / width
		return steps < f.steps
	}
	e := f.evaluation(io.Discard)
	if d.Task != format.TaskClassify {
		e.stderr = f.stderr // prints the columns that are read
	}
	if readsSounds(d, f.data) {
		return list, e.eachSound(d, f.data, add)
	}
	readings, err := e.readsReadings(d, f.data)
	if err != nil {
		return nil, err
	}
	if !readings {
		for s, err := range f.series.read(f.data, e.sequenceColumns(d), f.series.labels) {
			if err == nil && s.Width != width {
				err = fmt.Errorf("%s: a step has %s, but the model reads %d", f.data, message.Count(s.Width, "number"), width)
			}
			if err != nil {
				return nil, err
			}
			if !add(s.Inputs) {
				break
			}
		}
		return list, nil
	}
	label, targets := e.labelOf(d), []string(nil)
	if isRegression(d) {
		label, targets = "", dataOf(d).Targets
	}
	r, err := e.openReadings(d, f.data, label, targets)
	if err != nil {
		return nil, err
	}
	for w, err := range r.opened[f.data].Windows() {
		if err != nil {
			return nil, err
		}
		if !add(w.Inputs) {
			break
		}
	}
	if len(list) == 0 {
		return nil, errNothingMeasured
	}
	return list, nil
}
