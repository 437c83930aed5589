package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/quantize"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// newMeasure returns the measure of a model on the data or on the model's goldens, and
// sets the options for the numbers that it reads.
func (f *quantizeFlags) newMeasure(n cli.Network, o *quantize.Options) (*quantize.Measure, error) {
	if f.data == "" {
		return measureGoldens(n, o)
	}
	if m, ok := n.(*rnn.EncoderDecoder); ok {
		return quantize.NewTranslationPerplexity(m, f.translations)
	}
	m, d := n.(*rnn.Model), n.Description()
	switch {
	case d.Task == format.TaskClassify && d.TokenWidth() > 0:
		return quantize.NewAccuracy(m, f.accuracy)
	case d.Task == format.TaskLanguage:
		return quantize.NewPerplexity(m, f.language)
	}
	if f.asExamples {
		return f.measureExamples(m, o)
	}
	list, err := f.sequences(d)
	if err != nil {
		return nil, err
	}
	return measureOutputs(m, o, list)
}

// measureGoldens measures on the model's goldens. If a graph has none, it measures on
// random inputs.
func measureGoldens(n cli.Network, o *quantize.Options) (*quantize.Measure, error) {
	d := n.Description()
	if len(d.Goldens) == 0 && d.Graph != nil {
		// No ranges are set: real inputs may have other ranges.
		return quantize.NewOutputs(n.(*rnn.Model), randomSequences(d)...)
	}
	if len(d.Goldens) == 0 {
		return nil, errors.New("the model has no goldens to measure on: give data with --calibrate")
	}
	if m, ok := n.(*rnn.EncoderDecoder); ok {
		return quantize.NewGoldenTranslations(m)
	}
	return measureOutputs(n.(*rnn.Model), o, quantize.Goldens(d))
}

// measureOutputs measures the outputs for these sequences.
func measureOutputs(m *rnn.Model, o *quantize.Options, list []quantize.Sequence) (*quantize.Measure, error) {
	if err := calibrate(m.Description(), o, list); err != nil {
		return nil, err
	}
	return quantize.NewOutputs(m, list...)
}

// calibrate sets the options for the numbers that a model reads.
func calibrate(d *format.Model, o *quantize.Options, list []quantize.Sequence) (err error) {
	switch {
	case d.Graph != nil && o.DType == format.DTypeInt8:
		o.Ranges, err = quantize.Ranges(d, list...)
	case d.Graph == nil && d.Embedding == nil:
		var xs []float32
		for _, s := range list {
			xs = append(xs, s.Inputs...)
		}
		o.Calibration = quantize.Calibrate(d, xs)
	}
	return err
}

// accuracy returns the accuracy of a classifier of texts in percent.
func (f *quantizeFlags) accuracy(m *rnn.Model) (float64, error) {
	e, err := newClassEvaluation(m)
	if err != nil {
		return 0, err
	}
	err = e.classify(f.data, f.columns)
	return 100 * float64(e.correct) / float64(max(e.targets, 1)), err
}

// language returns the perplexity of a language model on the data.
func (f *quantizeFlags) language(m *rnn.Model) (float64, error) {
	e, err := newLanguageEvaluation(m)
	if err != nil {
		return 0, err
	}
	err = e.measure(f.data, f.last)
	return math.Exp(e.loss()), err
}

// translations returns the perplexity of the targets of pairs.
func (f *quantizeFlags) translations(m *rnn.EncoderDecoder) (float64, error) {
	t, err := newTranslations(m, 1)
	if err != nil {
		return 0, err
	}
	if _, err := t.read(f.pairs.read(f.data)); err != nil {
		return 0, fmt.Errorf("%s: %w", f.data, err)
	}
	return math.Exp(t.loss / float64(t.targets)), nil
}

// sequences reads the first steps of the data: as sequences for a graph, and as one run
// for a stack of layers.
func (f *quantizeFlags) sequences(d *format.Model) ([]quantize.Sequence, error) {
	if d.Graph != nil {
		return f.graphSequences(d)
	}
	s, err := f.sequence(d)
	return []quantize.Sequence{s}, err
}

// sequence reads the first steps of a series of numbers or tokens.
func (f *quantizeFlags) sequence(d *format.Model) (s quantize.Sequence, err error) {
	if d.Embedding != nil {
		s.Tokens, err = readSeries[int32](f.data, series.Options{Width: 1}, f.steps)
		return s, err
	}
	s.Width = d.InputSize
	if file := f.named(d); file != nil {
		s.Inputs, err = namedSteps(file, f.steps)
		return s, err
	}
	sound, err := f.oneSound(d)
	if err != nil {
		return s, err
	}
	s.Inputs, err = readSeries[float32](f.data, series.Options{Width: d.InputSize, Sound: sound}, f.steps)
	return s, err
}

// namedSteps returns at most that many steps of a file.
func namedSteps(file *dataset.SeriesFile, steps int) ([]float32, error) {
	var all []float32
	for step, err := range file.Steps() {
		if err != nil {
			return nil, err
		}
		if len(all) == steps*len(step.Values) {
			break
		}
		all = append(all, step.Values...)
	}
	return all, nil
}

// readSeries reads at most that many steps of a file. It sets the name and the kind in
// the options.
func readSeries[T series.Number](path string, o series.Options, steps int) ([]T, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<16)
	o.Name, o.Kind = path, series.KindOf(path)
	if o.Kind == series.KindUnknown {
		o.Kind = series.Sniff(in)
	}
	return readSteps[T](in, o, steps)
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
		return nil, fmt.Errorf("%s: it has no steps to measure on", o.Name)
	}
	return all[:min(len(all), steps*o.Width)], nil
}
