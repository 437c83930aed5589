package main

import (
	"fmt"
	"math"
	"os"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/metrics"
	rnn "github.com/rnnrun/rnnrun/runtime"
	"github.com/rnnrun/rnnrun/trainer"
)

// anomalyFlags define which prediction errors of a forecaster are anomalies.
type anomalyFlags struct {
	wanted bool
	rate   float64 // of false alarms
	steps  int     // over which scores are averaged
	memory int     // steps of a stream over which thresholds adapt; 0: they do not
	hold   int     // consecutive steps with a low score that end an alarm
}

func (f *anomalyFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.wanted, "anomaly", false, "store the prediction errors on the validation data, for rnnrun run --anomaly")
	c.Flags().Float64Var(&f.rate, "false-alarms", 0.001, "rate of false alarms to accept, as a fraction of the steps")
	c.Flags().IntVar(&f.steps, "smooth", 1, "steps over which anomaly scores are averaged")
	c.Flags().IntVar(&f.memory, "adapt", 50000, "steps of a stream over which the thresholds adapt; 0: keep the thresholds of the validation data")
	c.Flags().IntVar(&f.hold, "hold", 200, "consecutive steps with a low score that end an alarm")
}

// check refuses invalid combinations of flags.
func (f *anomalyFlags) check(changed func(flag string) bool, binary bool) error {
	switch {
	case !f.wanted && (changed("false-alarms") || changed("smooth") || changed("adapt") || changed("hold")):
		return cli.Usagef("--false-alarms, --smooth, --adapt and --hold are for --anomaly")
	case f.wanted && binary:
		return cli.Usagef("--anomaly needs prediction errors of numbers, but --binary predicts probabilities")
	case !(f.rate > 0 && f.rate < 0.5):
		return cli.Usagef("--false-alarms %g is not above 0 and below 0.5", f.rate)
	case f.steps < 1 || f.steps > format.MaxSize:
		return cli.Usagef("--smooth %d is not between 1 and %d", f.steps, format.MaxSize)
	case f.memory < 0 || f.memory > format.MaxSize:
		return cli.Usagef("--adapt %d is not between 0 and %d", f.memory, format.MaxSize)
	case f.hold < 0 || f.hold > format.MaxSize:
		return cli.Usagef("--hold %d is not between 0 and %d", f.hold, format.MaxSize)
	case f.memory == 0 && changed("hold"):
		return cli.Usagef("--hold is for thresholds that adapt: leave out --adapt 0")
	}
	return nil
}

// enough refuses series that are too short for thresholds. held is the fraction of each
// series, at its end, whose errors are used.
func (f *anomalyFlags) enough(file *dataset.SeriesFile, held float64) error {
	const fewest = 50
	lengths, err := file.Lengths()
	if err != nil {
		return err
	}
	n := 0
	for _, steps := range lengths {
		n += steps - max(1, dataset.SplitSeries(steps, held)) // the first step is not predicted
	}
	if n < fewest {
		return fmt.Errorf("%s: --anomaly needs %d validation steps, but there are %d: raise --valid-fraction, or give more data with --valid", file.Path, fewest, n)
	}
	return nil
}

// store adds thresholds to the model in a file. They come from the errors in the last
// fraction held of every series.
func (f *anomalyFlags) store(path string, file *dataset.SeriesFile, columns []int, names []string, held float64) (steps int, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	m, err := format.Read(data)
	if err != nil {
		return 0, err
	}
	model, err := rnn.New(m)
	if err != nil {
		return 0, err
	}
	errors, err := forecastErrors(model, file, columns, held)
	if err != nil {
		return 0, err
	}
	a := &format.Anomaly{Columns: columns, Weight: float32(2 / (float64(f.steps) + 1)), Threshold: math.MaxFloat32}
	for i, e := range errors {
		median, scale := spread(e)
		if !(scale > 0) {
			return 0, fmt.Errorf("%s: all errors of %s are the same, so no step can be an anomaly: leave it out of --targets", file.Path, message.Quote(names[i]))
		}
		a.Median, a.Scale = append(a.Median, float32(median)), append(a.Scale, float32(scale))
	}
	m.Anomaly = a
	if model, err = rnn.New(m); err != nil {
		return 0, err
	}
	scores, err := scores(model, file, held)
	if err != nil {
		return 0, err
	}
	a.Threshold = float32(metrics.TailThreshold(scores, f.rate))
	if f.memory > 0 {
		series, err := predictedValues(model, file, columns, held)
		if err != nil {
			return 0, err
		}
		a.Adaptation = trainer.NewAdaptation(scores, series, trainer.AdaptationOptions{FalseAlarms: f.rate, Memory: f.memory, Hold: f.hold})
	}
	return len(scores), format.WriteFile(path, m)
}

// predictedValues returns the held-back values of these columns, series by series.
func predictedValues(m *rnn.Model, file *dataset.SeriesFile, columns []int, held float64) (series [][][]float32, err error) {
	begun := false
	err = eachForecast(m, file, held, func(x, _ []float32, first, isHeld bool) {
		begun = begun && !first
		if !isHeld {
			return
		}
		if !begun {
			series, begun = append(series, nil), true
		}
		var values []float32
		for _, column := range columns {
			values = append(values, x[column])
		}
		series[len(series)-1] = append(series[len(series)-1], values)
	})
	return series, err
}

// spread returns the median of errors and their scale: the standard deviation of a normal
// distribution with the same median absolute deviation. If that is 0, because most errors
// are equal, the scale is the mean absolute deviation.
func spread(errors []float64) (median, scale float64) {
	const normal = 1.4826
	median = metrics.Median(errors)
	mean := 0.0
	deviations := make([]float64, len(errors))
	for i, e := range errors {
		deviations[i] = math.Abs(e - median)
		mean += deviations[i] / float64(len(errors))
	}
	if mad := metrics.Median(deviations); mad > 0 {
		return median, normal * mad
	}
	return median, mean
}

// forecastErrors returns the errors, one step ahead, of the first outputs, which predict
// these columns.
func forecastErrors(m *rnn.Model, file *dataset.SeriesFile, columns []int, held float64) ([][]float64, error) {
	errors := make([][]float64, len(columns))
	predicted := make([]float32, len(columns))
	err := eachForecast(m, file, held, func(x, y []float32, first, isHeld bool) {
		for i, column := range columns {
			if isHeld && !first {
				errors[i] = append(errors[i], float64(x[column]-predicted[i]))
			}
		}
		copy(predicted, y)
	})
	return errors, err
}

// scores returns the anomaly scores of steps, computed with the model's medians and
// scales.
func scores(m *rnn.Model, file *dataset.SeriesFile, held float64) (list []float64, err error) {
	d, err := m.NewDetector()
	if err != nil {
		return nil, err
	}
	err = eachForecast(m, file, held, func(x, y []float32, first, isHeld bool) {
		if first {
			d.Reset()
		}
		if score := d.Score(x, y); isHeld && !first {
			list = append(list, float64(score))
		}
	})
	return list, err
}

// eachForecast runs a model on the series of a file, each from the initial state, and
// calls do with every step and the model's output for it.
func eachForecast(m *rnn.Model, file *dataset.SeriesFile, held float64, do func(x, y []float32, first, isHeld bool)) error {
	lengths, err := file.Lengths()
	if err != nil {
		return err
	}
	s := m.NewSession()
	at, series := 0, -1
	for step, err := range file.Steps() {
		if err != nil {
			return err
		}
		if step.Series != series {
			series, at = step.Series, 0
			s.Reset()
		}
		y, err := s.Step(step.Values)
		if err != nil {
			return err
		}
		do(step.Values, y, at == 0, at >= dataset.SplitSeries(lengths[series], held))
		at++
	}
	return nil
}
