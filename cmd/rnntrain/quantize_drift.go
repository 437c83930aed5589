package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/chart"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/quantize"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// checkDrift refuses data or models that --drift cannot draw, before anything is
// measured.
func (f *quantizeFlags) checkDrift(d *format.Model) error {
	switch {
	case f.plot == "":
		return nil
	case f.data == "":
		return cli.Usagef("--drift draws a run through the data of --calibrate: give --calibrate, too")
	case d.Pool != format.PoolNone || d.ReadsBackward() || d.Task == format.TaskTranslate || d.Graph != nil && !eachStep(d.Graph):
		return cli.Usagef("--drift is for models with an output at every step")
	}
	return checkChart(f.plot)
}

// drift draws the difference between the outputs of the quantized model and the original,
// in one run through the data without a reset.
func (f *quantizeFlags) drift(original *rnn.Model, q *quantization) error {
	small, err := rnn.New(q.result.Model)
	if err != nil {
		return err
	}
	s, err := f.driftSequence(original)
	if err != nil {
		return err
	}
	d, err := quantize.MeasureDrift(original, small, s)
	var short *quantize.TooShortError
	switch {
	case errors.As(err, &short):
		return fmt.Errorf("%s: %w", f.data, err)
	case err != nil:
		return err
	}
	c := chart.Curve{Name: q.dtype.String(), Y: d.Errors}
	for _, step := range d.Steps {
		c.X = append(c.X, float64(step))
	}
	return chart.Draw(f.plot, chart.Chart{
		Title:    fmt.Sprintf("Error of %s in %v, one run without a reset", cli.Printable(q.name), q.dtype),
		X:        "step",
		Y:        "% of the outputs' spread",
		FromZero: true,
		Curves:   []chart.Curve{c},
	})
}

// eachStep reports whether all outputs of a graph are outputs of each step.
func eachStep(g *format.Graph) bool {
	values, err := g.Values()
	return err == nil && !slices.ContainsFunc(g.Outputs, func(out format.Port) bool { return !values[out.Value].EachStep() })
}

// driftSequence reads the first steps of the measured part of a text, or of a
// series.
func (f *quantizeFlags) driftSequence(m *rnn.Model) (s quantize.Sequence, err error) {
	switch d := m.Description(); {
	case d.Task == format.TaskLanguage:
	case d.Graph != nil:
		list, err := f.graphSequences(d)
		if err != nil {
			return s, err
		}
		return list[0], nil
	default:
		return f.sequence(d)
	}
	data, err := os.ReadFile(f.data)
	if err != nil {
		return s, err
	}
	text := []rune(string(data))
	text = text[len(text)-int(f.last*float64(len(text))):]
	s.Tokens, err = m.Encode([]int32{}, string(text[:min(len(text), f.steps)]))
	s.Tokens = s.Tokens[:min(len(s.Tokens), f.steps)]
	return s, err
}
