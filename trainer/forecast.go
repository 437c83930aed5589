package trainer

import (
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

// A Forecast is the task of predicting, at every step of a series, the values of
// the next Horizon steps: many to many, real-valued. The series' last parts are
// held back to validate on, unless there are other series for that.
//
// The network reads windows of the series, each from its initial state; they
// overlap by half. A window to validate on has as many steps before it, which
// are read and not measured.
type Forecast struct {
	*SequenceTask
	// Normalization gives inputs and outputs a mean of 0 and a variance of 1 over
	// the steps to train on. The network's model must have it. It is nil where
	// the values are binary.
	Normalization *format.Normalization

	options           ForecastOptions
	train, validation *dataset.SequenceStore
}

// ForecastOptions say what is predicted, and from what.
type ForecastOptions struct {
	Horizon    int                 // steps
	Window     int                 // steps that gradients reach back
	Targets    []int               // the columns to predict; nil: all
	Held       float64             // how much of the end of every series is held back
	Validation *dataset.SeriesFile // where not nil, is validated on as a whole; Held is then 0
	// Normalization, where not nil, is used instead of one that is measured.
	Normalization *format.Normalization
	Binary        bool // values are 0 or 1, and not normalized
	BatchSize     int
	Memory        int64 // bytes of windows to keep in memory; see [dataset.SequenceStore]
}

// unknownValue is that of a target that has no loss.
var unknownValue = float32(math.NaN())

// NewForecast returns the task for the series of a file, which it reads several
// times.
func NewForecast(file *dataset.SeriesFile, o ForecastOptions) (*Forecast, error) {
	if o.Horizon < 1 || o.Window < 1 {
		return nil, fmt.Errorf("horizon %d and window %d must be at least 1", o.Horizon, o.Window)
	}
	if o.Targets == nil {
		for i := range file.Columns {
			o.Targets = append(o.Targets, i)
		}
	}
	f := &Forecast{options: o, train: dataset.NewSequenceStore(o.Memory), validation: dataset.NewSequenceStore(o.Memory)}
	lengths, err := file.Lengths()
	if err != nil {
		return nil, err
	}
	if f.Normalization = o.Normalization; !o.Binary && o.Normalization == nil {
		if err := f.normalize(file, lengths); err != nil {
			return nil, err
		}
	}
	if err := f.cut(file, lengths, o.Held); err != nil {
		return nil, err
	}
	if o.Validation != nil {
		if lengths, err = o.Validation.Lengths(); err != nil {
			return nil, err
		}
		if err := f.cut(o.Validation, lengths, 1); err != nil {
			return nil, err
		}
	}
	if f.train.Len() == 0 {
		return nil, fmt.Errorf("%w %s: no series has a step to train on and %d after it", dataset.ErrSeries, file.Path, o.Horizon)
	}
	f.SequenceTask, err = NewSequenceTask(f.train, f.validation, o.BatchSize)
	return f, err
}

// Close lets the windows go, and the file that they may be in.
func (f *Forecast) Close() error {
	if err := f.train.Close(); err != nil {
		return err
	}
	return f.validation.Close()
}

// Outputs returns the number of outputs: those of every target one step ahead,
// then of two, and on.
func (f *Forecast) Outputs() int { return f.options.Horizon * len(f.options.Targets) }

// normalize measures the steps to train on.
func (f *Forecast) normalize(file *dataset.SeriesFile, lengths []int) error {
	var moments dataset.Moments
	at, series := 0, 0
	for step, err := range file.Steps() {
		if err != nil {
			return err
		}
		if step.Series != series {
			series, at = step.Series, 0
		}
		if at++; at > dataset.SplitSeries(lengths[series], f.options.Held) {
			continue
		}
		moments.Add(step.Values)
	}
	z := moments.Normalization()
	for range f.options.Horizon {
		for _, i := range f.options.Targets {
			z.OutputMean = append(z.OutputMean, float32(moments.Mean(i)))
			z.OutputScale = append(z.OutputScale, float32(moments.Deviation(i)))
		}
	}
	f.Normalization = z
	return nil
}

// A window is a part of a series: its steps, of which those before measured have
// no loss, and the end of what may be predicted.
type window struct {
	from, measured, to, limit int
	store                     *dataset.SequenceStore
}

// windows lists where the windows of a series begin and end, in order: those to
// train on, and those to validate on in the fraction at the end that is held.
func (f *Forecast) windows(length int, held float64) (lists [2][]window) {
	n, w := dataset.SplitSeries(length, held), f.options.Window
	for from := 0; from < n-1; from += max(1, w/2) {
		to := min(from+w, n-1)
		lists[0] = append(lists[0], window{from, from, to, n, f.train})
		if to == n-1 {
			break
		}
	}
	for from := max(1, n) - 1; from < length-1 && n < length; from += w {
		lists[1] = append(lists[1], window{max(0, from-w), from, min(from+w, length-1), length, f.validation})
	}
	return lists
}

// cut cuts the series into windows. Of a series only the steps that some window
// still needs are in memory.
func (f *Forecast) cut(file *dataset.SeriesFile, lengths []int, held float64) error {
	var lists [2][]window
	var steps [][]float32 // from number first on
	first, series := 0, -1
	// flush adds the windows that end, with their targets, before a step.
	flush := func(end int) error {
		keep := first + len(steps)
		for i := range lists {
			for len(lists[i]) > 0 && min(lists[i][0].to+f.options.Horizon, lengths[series]) <= end {
				w := lists[i][0]
				if err := w.store.Add(f.example(w, first, steps)); err != nil {
					return err
				}
				lists[i] = lists[i][1:]
			}
			if len(lists[i]) > 0 {
				keep = min(keep, lists[i][0].from)
			}
		}
		if keep > first {
			steps, first = append([][]float32(nil), steps[keep-first:]...), keep
		}
		return nil
	}
	for step, err := range file.Steps() {
		if err != nil {
			return err
		}
		if step.Series != series {
			series, first, steps = step.Series, 0, nil
			lists = f.windows(lengths[series], held)
		}
		steps = append(steps, append([]float32(nil), step.Values...))
		if end := first + len(steps); end == lengths[series] || len(steps)%f.options.Window == 0 {
			if err := flush(end); err != nil {
				return err
			}
		}
	}
	return nil
}

// example makes the sequence of a window.
func (f *Forecast) example(w window, first int, steps [][]float32) dataset.Sequence {
	var s dataset.Sequence
	for t := w.from; t < w.to; t++ {
		s.Inputs = append(s.Inputs, steps[t-first]...)
		for h := 1; h <= f.options.Horizon; h++ {
			for _, i := range f.options.Targets {
				v := unknownValue
				if t >= w.measured && t+h < w.limit {
					v = steps[t+h-first][i]
				}
				s.Values = append(s.Values, v)
			}
		}
	}
	return s
}
