package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// mostLags is the greatest order of the autoregression.
const mostLags = 36

// A forecastEvaluation compares a forecaster's errors with those of the naive
// forecast, the last value, and of an autoregression that knows the steps before
// those measured.
type forecastEvaluation struct {
	model            *rnn.Model
	columns, targets []string
	at               []int // the targets among the columns
	horizon          int
	start            time.Time

	fitted []*autoregression // by target; nil: too few steps
	errors map[string][]deviation
	n      []int // by distance

	binary *likelihood // nil: values are numbers
}

// A deviation sums up errors.
type deviation struct{ squares, absolute float64 }

// The forecasts that are compared.
const (
	byModel = "model"
	byNaive = "naive"
	byAR    = "autoregression"
)

func newForecastEvaluation(m *rnn.Model) (*forecastEvaluation, error) {
	e := &forecastEvaluation{model: m, start: time.Now(), errors: map[string][]deviation{}}
	for _, p := range m.Description().Provenance {
		switch p.Key {
		case dataColumns:
			e.columns = strings.Split(p.Value, ",")
		case dataTargets:
			e.targets = strings.Split(p.Value, ",")
		case dataHorizon:
			e.horizon, _ = strconv.Atoi(p.Value)
		}
	}
	if e.horizon < 1 || e.horizon*len(e.targets) != m.OutputSize() {
		return nil, fmt.Errorf("the model does not say what its outputs predict: only forecasters that rnntrain has trained can be measured")
	}
	var err error
	if e.at, err = numbersOf(e.targets, e.columns); err != nil {
		return nil, err
	}
	e.n = make([]int, e.horizon)
	if m.Description().Output == format.OutputSigmoid {
		e.binary = newLikelihood(e.horizon, len(e.at))
	}
	for _, name := range []string{byModel, byNaive, byAR} {
		e.errors[name] = make([]deviation, e.horizon)
	}
	return e, nil
}

// measure measures the last part of every series of a file.
func (e *forecastEvaluation) measure(path string, last float64) error {
	file, err := dataset.OpenSeries(path, dataset.SeriesOptions{Columns: e.columns})
	if err != nil {
		return err
	}
	from, err := e.fit(file, last)
	if err != nil {
		return err
	}
	s := e.model.NewSession()
	var open []forecast // whose values are not all known yet
	past := make([][]float64, len(e.at))
	at, series := 0, -1
	for step, err := range file.Steps() {
		if err != nil {
			return err
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
			past[i] = remember(past[i], float64(step.Values[column]), mostLags)
		}
		if at >= from[series]-1 {
			open = append(open, e.forecast(at, y, past))
		}
		at++
	}
	if e.n[0] == 0 {
		return fmt.Errorf("%s: there is nothing to measure on: every series has only one step", path)
	}
	return nil
}

// fit fits the autoregressions to the steps before those measured, and returns
// for every series the first step that is measured.
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
	matrices := make([]*normalMatrix, len(e.at))
	for i := range matrices {
		matrices[i] = newNormalMatrix(mostLags)
	}
	at, series := 0, -1
	for step, err := range file.Steps() {
		if err != nil {
			return nil, err
		}
		if step.Series != series {
			series, at = step.Series, 0
			for _, m := range matrices {
				m.begin()
			}
		}
		if at++; at > from[series] {
			continue
		}
		for i, m := range matrices {
			m.add(float64(step.Values[e.at[i]]))
		}
	}
	for _, m := range matrices {
		e.fitted = append(e.fitted, m.fit())
	}
	return from, nil
}

// A forecast is what is predicted at a step, by name and then
// [horizon][targets].
type forecast struct {
	at            int
	values        map[string][]float64
	probabilities []float32 // of binary values
}

func (e *forecastEvaluation) forecast(at int, y []float32, past [][]float64) forecast {
	f := forecast{at: at, values: map[string][]float64{}}
	if e.binary != nil {
		f.probabilities = slices.Clone(y)
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
			ar = e.fitted[i].predict(p, e.horizon)
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
	e.n[h] += len(e.at)
	if e.binary != nil {
		e.binary.add(h, f.probabilities, values, e.at)
	}
	for name, predicted := range f.values {
		for i, column := range e.at {
			off := predicted[h*len(e.at)+i] - float64(values[column])
			d := &e.errors[name][h]
			d.squares += off * off
			d.absolute += math.Abs(off)
		}
	}
}

// figures returns the root mean squared error and the mean absolute error of a
// distance, or of all.
func (e *forecastEvaluation) figures(name string, from, to int) (rmse, mae float64) {
	var sum deviation
	n := 0
	for h := from; h < to; h++ {
		sum.squares += e.errors[name][h].squares
		sum.absolute += e.errors[name][h].absolute
		n += e.n[h]
	}
	return math.Sqrt(sum.squares / float64(max(1, n))), sum.absolute / float64(max(1, n))
}

// orders tells the orders of the autoregressions.
func (e *forecastEvaluation) orders() string {
	var list []string
	for _, a := range e.fitted {
		if a == nil {
			list = append(list, "none")
		} else {
			list = append(list, strconv.Itoa(len(a.coefficients)))
		}
	}
	return strings.Join(list, ", ")
}

func (e *forecastEvaluation) print(w io.Writer, asJSON bool) error {
	if e.binary != nil {
		return e.binary.print(w, e, asJSON)
	}
	names := []string{byModel, byNaive, byAR}
	seconds := time.Since(e.start).Seconds()
	d := e.model.Description()
	if asJSON {
		o := cli.Object{"task", d.Task.String(), "parameters", d.Parameters(), "steps", e.n[0], "horizon", e.horizon}
		for _, name := range names {
			rmse, mae := e.figures(name, 0, e.horizon)
			o = append(o, name+"_rmse", rmse, name+"_mae", mae)
		}
		o = append(o, "autoregression_orders", e.orders(), "seconds", seconds, "kernels", e.model.Kernels())
		return cli.WriteJSON(w, o)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "ahead   values")
	for _, name := range names {
		fmt.Fprintf(&b, "  %22s", name)
	}
	b.WriteString("\n")
	line := func(ahead string, n, from, to int) {
		fmt.Fprintf(&b, "%-6s %7d", ahead, n)
		for _, name := range names {
			rmse, mae := e.figures(name, from, to)
			fmt.Fprintf(&b, "  RMSE %-7.4g MAE %-6.4g", rmse, mae)
		}
		b.WriteString("\n")
	}
	total := 0
	for h := range e.horizon {
		line(strconv.Itoa(h+1), e.n[h], h, h+1)
		total += e.n[h]
	}
	if e.horizon > 1 {
		line("all", total, 0, e.horizon)
	}
	fmt.Fprintf(&b, "naive       the last value\n")
	fmt.Fprintf(&b, "autoregression of order %s, fitted to the steps before those measured; where it cannot be, the last value\n", e.orders())
	fmt.Fprintf(&b, "parameters  %d\n", d.Parameters())
	fmt.Fprintf(&b, "time        %.1f s on kernel set %s\n", seconds, e.model.Kernels())
	_, err := io.WriteString(w, b.String())
	return err
}
