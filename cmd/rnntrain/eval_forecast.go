package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/metrics"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// mostLags is the greatest order of the autoregression.
const mostLags = 36

// A forecastEvaluation compares a forecaster's errors with those of the naive forecast,
// the last value, and of an autoregression fitted to the steps before the measured ones.
type forecastEvaluation struct {
	model            *rnn.Model
	columns, targets []string
	at               []int // columns of the targets
	horizon          int
	start            time.Time

	fitted []*metrics.Autoregression      // by target; nil: too few steps
	errors map[string][]metrics.Deviation // by forecast, and then by steps ahead

	binary *metrics.BinaryLikelihood // nil: values are numbers
	values []float32                 // the targets of a step
}

// The forecasts that are compared.
const (
	byModel = "model"
	byNaive = "naive"
	byAR    = "autoregression"
)

func newForecastEvaluation(m *rnn.Model) (*forecastEvaluation, error) {
	d := dataOf(m.Description())
	if d.Horizon < 1 || len(d.Columns) == 0 || len(d.Targets) == 0 {
		return nil, fmt.Errorf("the model does not record what its outputs predict: only forecasters that rnntrain trained can be measured")
	}
	e := &forecastEvaluation{
		model: m, columns: d.Columns, targets: d.Targets, horizon: d.Horizon,
		start: time.Now(), errors: map[string][]metrics.Deviation{},
	}
	var err error
	if e.at, err = numbersOf(e.targets, e.columns); err != nil {
		return nil, err
	}
	e.values = make([]float32, len(e.at))
	if m.Description().Output == format.OutputSigmoid {
		e.binary = metrics.NewBinaryLikelihood(e.horizon, len(e.at))
	}
	for _, name := range []string{byModel, byNaive, byAR} {
		e.errors[name] = make([]metrics.Deviation, e.horizon)
	}
	return e, nil
}

// measure measures the model on the last part of every series of a file.
func (e *forecastEvaluation) measure(f *evalFlags, path string) error {
	file, err := f.openSeries(e.model.Description(), path, e.columns)
	if err != nil {
		return err
	}
	last, stderr := f.last, f.stderr
	printColumns(stderr, file)
	defer func() { printMissing(stderr, file) }()
	from, err := e.fit(file, last)
	if err != nil {
		return err
	}
	s := e.model.NewSession()
	var open []forecast // forecasts with values that are not known yet
	past := make([][]float64, len(e.at))
	at, series, n := 0, -1, 0
	for step, err := range file.Steps() {
		if err != nil {
			return err
		}
		n++
		if e.binary != nil {
			if err := refuseNumber(file, step, n, e.at); err != nil {
				return err
			}
		}
		if step.Series != series {
			series, at, open = step.Series, 0, nil
			clear(past)
			s.Reset()
		}
		for k := range open {
			e.compare(&open[k], at-open[k].at-1, step.Values)
		}
		if len(open) > 0 && at-open[0].at == e.horizon {
			open = open[1:]
		}
		y, err := s.Step(step.Values)
		if err != nil {
			return err
		}
		for i, column := range e.at {
			past[i] = metrics.Remember(past[i], float64(step.Values[column]), mostLags)
		}
		if at >= from[series]-1 {
			if e.binary != nil {
				y = s.Logits()
			}
			open = append(open, e.forecast(at, y, past))
		}
		at++
	}
	if e.measured(0) == 0 {
		return fmt.Errorf("%s: nothing to measure: every series has only one step", path)
	}
	return nil
}

// openSeries opens a file of series, divided by the column of groups from training unless
// --group is given.
func (f *evalFlags) openSeries(d *format.Model, path string, columns []string) (*dataset.SeriesFile, error) {
	group := f.groupOf(d)
	file, err := f.reading.missing.open(path, columns, group)
	return file, f.explainGroup(err, group)
}

// fit fits the autoregressions to the steps before the measured ones. It returns the
// first measured step of every series.
func (e *forecastEvaluation) fit(file *dataset.SeriesFile, last float64) (from []int, err error) {
	lengths, err := file.Lengths()
	if err != nil {
		return nil, err
	}
	for _, n := range lengths {
		from = append(from, max(1, dataset.SplitSeries(n, last)))
	}
	if e.binary != nil {
		return from, nil
	}
	fits := make([]*metrics.AutoregressionFit, len(e.at))
	for i := range fits {
		fits[i] = metrics.NewAutoregressionFit(mostLags)
	}
	at, series := 0, -1
	for step, err := range file.Steps() {
		if err != nil {
			return nil, err
		}
		if step.Series != series {
			series, at = step.Series, 0
			for _, f := range fits {
				f.Begin()
			}
		}
		if at++; at > from[series] {
			continue
		}
		for i, f := range fits {
			f.Add(float64(step.Values[e.at[i]]))
		}
	}
	for _, f := range fits {
		e.fitted = append(e.fitted, f.Best())
	}
	return from, nil
}

// A forecast is the predictions made at a step, by name and then [horizon][targets].
type forecast struct {
	at     int
	values map[string][]float64
	logits []float32 // of binary values
}

// forecast returns the predictions made at a step. y are the model's outputs, or its
// logits for binary values.
func (e *forecastEvaluation) forecast(at int, y []float32, past [][]float64) forecast {
	f := forecast{at: at, values: map[string][]float64{}}
	if e.binary != nil {
		f.logits = slices.Clone(y)
		return f
	}
	for _, name := range []string{byModel, byNaive, byAR} {
		f.values[name] = make([]float64, len(y))
	}
	for k, v := range y {
		f.values[byModel][k] = float64(v)
	}
	for i, p := range past {
		var ar []float64
		if e.fitted[i] != nil {
			ar = e.fitted[i].Predict(p, e.horizon)
		}
		for h := range e.horizon {
			k := h*len(past) + i
			f.values[byNaive][k], f.values[byAR][k] = p[0], p[0]
			if ar != nil {
				f.values[byAR][k] = ar[h]
			}
		}
	}
	return f
}

// compare adds the errors of a forecast h+1 steps ahead.
func (e *forecastEvaluation) compare(f *forecast, h int, values []float32) {
	for i, column := range e.at {
		e.values[i] = values[column]
	}
	n := len(e.at)
	if e.binary != nil {
		e.binary.Add(h, f.logits[h*n:][:n], e.values)
	}
	for name, predicted := range f.values {
		for i, v := range e.values {
			e.errors[name][h].Add(predicted[h*n+i] - float64(v))
		}
	}
}

// measured returns the number of values predicted h+1 steps ahead.
func (e *forecastEvaluation) measured(h int) int {
	if e.binary != nil {
		return e.binary.Steps(h) * len(e.at)
	}
	return e.errors[byModel][h].Len()
}
