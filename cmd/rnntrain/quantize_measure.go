package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/quantize"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A quantizeMeasure compares a model with the one it was made of.
type quantizeMeasure struct {
	data      string // where it comes from
	name      string // what is measured of each model; "": outputs are compared
	unit      string // of the loss
	tolerable float64

	original, value float64   // of the original and of the last model measured
	windows         []float64 // the loss by tenths of a run, of the last model measured
	inputScale      float32

	of      func(m *rnn.Model) (float64, error)
	outputs func(m *rnn.Model) ([]float32, error)
	expect  []float32
}

// newMeasure returns the measure of a model, taken on the data or on the
// model's goldens.
func (f *quantizeFlags) newMeasure(m *rnn.Model) (*quantizeMeasure, error) {
	d := m.Description()
	q := &quantizeMeasure{data: f.data}
	switch {
	case f.data == "" && len(d.Goldens) == 0:
		return nil, errors.New("the model has no goldens to measure on: give data with --calibrate")
	case d.Task == format.TaskTranslate:
		if err := f.translation(q, m); err != nil {
			return nil, err
		}
	case f.data == "":
		q.goldens(d)
	case d.Task == format.TaskClassify && d.Embedding != nil:
		q.name, q.unit, q.tolerable = "accuracy", "points of accuracy", 0.3
		q.of = func(m *rnn.Model) (float64, error) {
			e := evaluation{model: m, session: m.NewSession(), stderr: io.Discard}
			if err := e.classify(f.data, f.columns); err != nil {
				return 0, err
			}
			return 100 * float64(e.correct) / float64(max(e.targets, 1)), nil
		}
	case d.Task == format.TaskLanguage:
		q.name, q.unit, q.tolerable = "perplexity", "% of perplexity", 1
		q.of = func(m *rnn.Model) (float64, error) {
			e := evaluation{model: m, session: m.NewSession(), stderr: io.Discard}
			if err := e.language(f.data, f.last); err != nil {
				return 0, err
			}
			return math.Exp(e.loss / float64(max(e.targets, 1))), nil
		}
	default:
		if err := q.series(d, f.data, f.steps); err != nil {
			return nil, err
		}
	}
	var err error
	if q.of != nil {
		q.original, err = q.of(m)
	} else {
		q.unit, q.tolerable = "% of the outputs' spread", 2
		q.expect, err = q.outputs(m)
		q.expect = append([]float32(nil), q.expect...)
	}
	return q, err
}

// describe says what was measured on: a file, or where there is none the
// model's goldens.
func (q *quantizeMeasure) describe(file string) string {
	if q.data == "" {
		return "on the model's goldens"
	}
	return "on " + file
}

func (q *quantizeMeasure) show(v float64) string {
	if q.name == "accuracy" {
		return fmt.Sprintf("%.2f %%", v)
	}
	return fmt.Sprintf("%.4f", v)
}

// goldens measures on the inputs of the model's goldens.
func (q *quantizeMeasure) goldens(d *format.Model) {
	q.outputs = func(m *rnn.Model) (all []float32, err error) {
		for i := range d.Goldens {
			s, g := m.NewSession(), &d.Goldens[i]
			var y []float32
			if g.Tokens != nil {
				y, err = s.RunTokens(g.Tokens)
			} else {
				y, err = s.Run(g.Input)
			}
			if err != nil {
				return nil, err
			}
			all = append(all, y...)
		}
		return all, nil
	}
	var xs []float32
	for i := range d.Goldens {
		xs = append(xs, d.Goldens[i].Input...)
	}
	if d.Embedding == nil {
		q.inputScale = quantize.Calibrate(d, xs)
	}
}

// series measures on one run over the steps of a file.
func (q *quantizeMeasure) series(d *format.Model, path string, steps int) error {
	if d.Embedding != nil {
		tokens, err := readSeries[int32](path, 1, steps)
		q.outputs = func(m *rnn.Model) ([]float32, error) { return m.NewSession().RunTokens(tokens) }
		return err
	}
	xs, err := readSeries[float32](path, d.InputSize, steps)
	q.inputScale = quantize.Calibrate(d, xs)
	q.outputs = func(m *rnn.Model) ([]float32, error) { return m.NewSession().Run(xs) }
	return err
}

// readSteps reads at most that many steps of the sequences in a file.
func readSteps[T series.Number](in *bufio.Reader, o series.Options, steps int) ([]T, error) {
	r, err := series.NewReader[T](in, o)
	if err != nil {
		return nil, err
	}
	var all []T
	buf := make([]T, 256*o.Width)
	for len(all) < steps*o.Width {
		if err := r.Next(); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		for len(all) < steps*o.Width {
			n, err := r.Read(buf)
			all = append(all, buf[:n]...)
			if err == io.EOF {
				break
			} else if err != nil {
				return nil, err
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: it holds no steps to measure on", o.Name)
	}
	return all[:min(len(all), steps*o.Width)], nil
}

// loss measures a model.
func (q *quantizeMeasure) loss(d *format.Model) (float64, error) {
	m, err := rnn.New(d)
	if err != nil {
		return 0, err
	}
	if q.of == nil {
		y, err := q.outputs(m)
		if err != nil {
			return 0, err
		}
		q.windows = nil
		if tenth := len(y) / 10; q.data != "" && tenth > 0 {
			for i := range 10 {
				q.windows = append(q.windows, outputError(y[i*tenth:][:tenth], q.expect[i*tenth:][:tenth], spread(q.expect)))
			}
		}
		return outputError(y, q.expect, spread(q.expect)), nil
	}
	if q.value, err = q.of(m); err != nil {
		return 0, err
	}
	if q.name == "accuracy" {
		return q.original - q.value, nil
	}
	return 100 * (q.value/q.original - 1), nil
}

// outputError returns the root of the mean squared difference, in percent of
// the spread.
func outputError(got, want []float32, spread float64) float64 {
	sum := 0.0
	for i := range want {
		e := float64(got[i]) - float64(want[i])
		sum += e * e
	}
	return 100 * math.Sqrt(sum/float64(len(want))) / spread
}

// spread returns the standard deviation of outputs, or 1 where they do not vary.
func spread(y []float32) float64 {
	sum, squares := 0.0, 0.0
	for _, v := range y {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	n := float64(len(y))
	if s := math.Sqrt(max(squares/n-sum/n*sum/n, 0)); s > 0 {
		return s
	}
	return 1
}
