package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/metrics"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A regressionEvaluation compares the errors of a model with those of a constant
// prediction, the mean of the training data.
type regressionEvaluation struct {
	model   *rnn.Model
	session *rnn.Session
	targets []string
	means   []float32 // means of the targets in the training data
	start   time.Time

	errors, ofMean []metrics.Deviation // by target
	explained      []metrics.Determination
	binary         []answers // by target, if targets are 0 or 1; the session's outputs are then logits
	ones           []int     // number of targets that are 1
}

func newRegressionEvaluation(m *rnn.Model) (*regressionEvaluation, error) {
	d := dataOf(m.Description())
	if m.Description().Output == format.OutputSigmoid && len(d.Targets) == m.OutputSize() {
		return newBinaryEvaluation(m)
	}
	z := m.Description().Normalization
	if len(d.Targets) != m.OutputSize() || z == nil || len(z.OutputMean) != len(d.Targets) {
		return nil, fmt.Errorf("the model does not record what its outputs predict: only regressions that rnntrain trained can be measured")
	}
	n := len(d.Targets)
	return &regressionEvaluation{
		model: m, session: m.NewSession(), targets: d.Targets, means: z.OutputMean, start: time.Now(),
		errors: make([]metrics.Deviation, n), ofMean: make([]metrics.Deviation, n), explained: make([]metrics.Determination, n),
	}, nil
}

// add runs the model on a sequence and adds its errors. There is a target for each output
// or, if the model has one output per sequence, for each step.
func (e *regressionEvaluation) add(inputs, targets []float32) error {
	e.session.Reset()
	ys, err := e.session.Run(inputs)
	if err != nil {
		return err
	}
	targets = targets[len(targets)-len(ys):]
	if e.binary != nil {
		e.addBinary(ys, targets)
		return nil
	}
	for i, y := range ys {
		k := i % len(e.targets)
		truth := float64(targets[i])
		e.errors[k].Add(float64(y) - truth)
		e.ofMean[k].Add(float64(e.means[k]) - truth)
		e.explained[k].Add(float64(y), truth)
	}
	return nil
}

// measure measures a model on the sequences of a file.
func (e *regressionEvaluation) measure(f *evalFlags, path string) error {
	d := e.model.Description()
	sequences, err := f.hasSequences(d, path)
	if err != nil {
		return err
	}
	if sequences && !slices.ContainsFunc(ofReadings, f.changed) {
		r := regression{targets: e.targets, inputs: f.series.inputs}
		for s, err := range r.sequences(path) {
			if err == nil && s.width != d.InputSize {
				err = fmt.Errorf("%s: line %d: its steps have %s, but the model reads %d", path, s.lines[0], message.Count(s.width, "number"), d.InputSize)
			}
			if err == nil {
				err = e.add(s.inputs, s.values)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	r, err := f.openReadings(d, path, "", e.targets)
	if err != nil {
		return err
	}
	return f.eachWindow(r, path, func(w dataset.ReadingsWindow) error { return e.add(w.Inputs, w.Targets) })
}

// measure measures the written model on the test data, or on the validation data if there
// are no test data. The result is nil if there are neither.
func (r *regression) measure(valid dataset.Examples) (measurement, error) {
	h := heldBackEvaluation{what: "test", groups: r.set.names[2]}
	examples := r.set.tests
	if examples.Len() == 0 {
		h.what, examples, h.groups = "validation", valid, r.set.names[1]
	}
	if r.group == "" {
		h.groups = nil
	}
	if examples.Len() == 0 {
		return nil, nil
	}
	m, err := rnn.Open(r.output.output)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	e, err := newRegressionEvaluation(m)
	if err != nil {
		return nil, err
	}
	for i := range examples.Len() {
		s, err := examples.At(i)
		if err == nil {
			err = e.add(s.Inputs, s.Values)
		}
		if err != nil {
			return nil, err
		}
	}
	h.evaluation, h.of = e, e.object()
	return &h, nil
}

// answers returns the number of predictions for each target.
func (e *regressionEvaluation) answers() int {
	if e.binary != nil {
		return e.binary[0].targets
	}
	return e.errors[0].Len()
}

// object returns the measures, for JSON.
func (e *regressionEvaluation) object() cli.Object {
	d := e.model.Description()
	var list cli.Array
	for k, name := range e.targets {
		if e.binary != nil {
			list = append(list, e.binaryObject(k))
			continue
		}
		list = append(list, cli.Object{
			"target", name, "rmse", e.errors[k].RMSE(), "mae", e.errors[k].MAE(), "r2", e.explained[k].R2(),
			"mean_rmse", e.ofMean[k].RMSE(), "mean_mae", e.ofMean[k].MAE(),
		})
	}
	return cli.Object{
		"task", d.Task.String(), "parameters", d.Parameters(), "answers", e.answers(), "targets", list,
		"seconds", time.Since(e.start).Seconds(), "kernels", e.model.Kernels(),
	}
}

func (e *regressionEvaluation) print(w io.Writer, asJSON bool) error {
	if e.answers() == 0 {
		return errNothingMeasured
	}
	if asJSON {
		return cli.WriteJSON(w, e.object())
	}
	var b strings.Builder
	width := len("target")
	for _, name := range e.targets {
		width = max(width, len(name))
	}
	if e.binary != nil {
		e.writeBinary(&b, width)
	} else {
		e.writeErrors(&b, width)
	}
	writeCost(&b, e.model, time.Since(e.start).Seconds())
	_, err := io.WriteString(w, b.String())
	return err
}

// writeErrors writes a line for each target. Names are width characters wide.
func (e *regressionEvaluation) writeErrors(b *strings.Builder, width int) {
	fmt.Fprintf(b, "%-*s  answers        RMSE         MAE      R²   RMSE, MAE of the training mean\n", width, "target")
	for k, name := range e.targets {
		fmt.Fprintf(b, "%-*s %8d  %10.4g  %10.4g  %6.4f   %.4g, %.4g\n", width, cli.Printable(name), e.errors[k].Len(),
			e.errors[k].RMSE(), e.errors[k].MAE(), e.explained[k].R2(), e.ofMean[k].RMSE(), e.ofMean[k].MAE())
	}
}

// targetOf parses the number to predict in a field.
func targetOf(field, path string, line int) ([]float32, error) {
	v, err := strconv.ParseFloat(field, 32)
	if err != nil || v-v != 0 {
		return nil, fmt.Errorf("%s: line %d: the number to predict is %s, which is not a finite number", path, line, message.Quote(field))
	}
	return []float32{float32(v)}, nil
}
