package main

import (
	"bufio"
	"fmt"
	"math"
	"os"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// driftWindows is how many points the curve of a run has.
const driftWindows = 100

// drift draws how far the outputs of the small model are from the original's
// over one run through the data, without a reset.
func (f *quantizeFlags) drift(original *rnn.Model, q *quantization) error {
	small, err := rnn.New(q.result.Model)
	if err != nil {
		return err
	}
	d := original.Description()
	if d.Embedding == nil {
		xs, err := readSeries[float32](f.data, d.InputSize, f.steps)
		if err != nil {
			return err
		}
		return f.drawDrift(q, len(xs)/d.InputSize, func(from, to int, m *rnn.Session) ([]float32, error) {
			return m.Run(xs[from*d.InputSize : to*d.InputSize])
		}, original.NewSession(), small.NewSession())
	}
	tokens, err := f.driftTokens(original)
	if err != nil {
		return err
	}
	return f.drawDrift(q, len(tokens), func(from, to int, m *rnn.Session) ([]float32, error) {
		return m.RunTokens(tokens[from:to])
	}, original.NewSession(), small.NewSession())
}

// driftTokens reads the first steps of the measured part of a text, or tokens.
func (f *quantizeFlags) driftTokens(m *rnn.Model) ([]int32, error) {
	if m.Description().Task != format.TaskLanguage {
		return readSeries[int32](f.data, 1, f.steps)
	}
	data, err := os.ReadFile(f.data)
	if err != nil {
		return nil, err
	}
	text := []rune(string(data))
	text = text[len(text)-int(f.last*float64(len(text))):]
	tokens, err := m.Encode(nil, string(text[:min(len(text), f.steps)]))
	return tokens[:min(len(tokens), f.steps)], err
}

// readSeries reads at most that many steps of a file.
func readSeries[T series.Number](path string, width, steps int) ([]T, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<16)
	o := series.Options{Name: path, Kind: series.KindOf(path), Width: width}
	if o.Kind == series.KindUnknown {
		o.Kind = series.Sniff(in)
	}
	return readSteps[T](in, o, steps)
}

func (f *quantizeFlags) drawDrift(q *quantization, steps int, run func(from, to int, m *rnn.Session) ([]float32, error), original, small *rnn.Session) error {
	window := steps / driftWindows
	if window == 0 {
		return fmt.Errorf("%s: %d steps, but a curve over time needs %d", f.data, steps, driftWindows)
	}
	c := curve{name: q.dtype.String()}
	var squares, sum, n float64
	var errs []float64
	for i := range driftWindows {
		from, to := i*window, (i+1)*window
		got, err := run(from, to, small)
		if err != nil {
			return err
		}
		want, err := run(from, to, original)
		if err != nil {
			return err
		}
		e := 0.0
		for k, w := range want {
			d := float64(got[k]) - float64(w)
			e += d * d
			sum += float64(w)
			squares += float64(w) * float64(w)
		}
		n += float64(len(want))
		errs = append(errs, math.Sqrt(e/float64(len(want))))
		c.xs = append(c.xs, float64(to))
	}
	spread := math.Sqrt(max(squares/n-sum/n*sum/n, 0))
	if spread == 0 {
		spread = 1
	}
	for _, e := range errs {
		c.ys = append(c.ys, 100*e/spread)
	}
	return drawCharts(f.plot, chart{
		title:  fmt.Sprintf("Error of %s in %v, one run without a reset", q.name, q.dtype),
		x:      "step",
		y:      "% of the outputs' spread",
		curves: []curve{c},
	})
}

// checkDrift refuses what cannot be drawn before anything is measured.
func (f *quantizeFlags) checkDrift(d *format.Model) error {
	switch {
	case f.plot == "":
		return nil
	case f.data == "":
		return cli.Usagef("--drift draws a run through the data of --calibrate")
	case d.Pool != format.PoolNone || d.ReadsBackward() || d.Task == format.TaskTranslate:
		return cli.Usagef("--drift is for models that give an output a step")
	}
	return checkChart(f.plot)
}
