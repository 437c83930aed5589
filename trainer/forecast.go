package trainer

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A Forecast is the task of predicting, at every step of a series, the values of
// the next Horizon steps: many-to-many, real-valued. The end of each series is
// held back for validation, unless there are other series to validate on.
//
// The network reads [dataset.Windows] of the series, each from its initial state.
type Forecast struct {
	*SequenceTask
	// Normalization gives inputs and outputs a mean of 0 and a variance of 1 over
	// the training steps. The network's model must have it. It is nil if the
	// values are binary.
	Normalization *format.Normalization

	windows dataset.Windows
}

// ForecastOptions say what is predicted, and from what.
type ForecastOptions struct {
	Horizon    int                 // steps
	Window     int                 // steps that gradients reach back
	Targets    []int               // the columns to predict; nil: all
	Held       float64             // fraction of each series, at its end, that is held back
	Validation *dataset.SeriesFile // if not nil, series to validate on as a whole; Held is then 0
	// Normalization, if not nil, is used instead of the one that NewForecast
	// computes.
	Normalization *format.Normalization
	Binary        bool // values are 0 or 1, and not normalized
	BatchSize     int
	Memory        int64 // bytes of windows to keep in memory; see [dataset.SequenceStore]
}

// NewForecast returns the task for the series of a file. It reads the file
// several times.
func NewForecast(file *dataset.SeriesFile, o ForecastOptions) (*Forecast, error) {
	if o.Horizon < 1 || o.Window < 1 {
		return nil, fmt.Errorf("the horizon is %d and the window %d, want both at least 1", o.Horizon, o.Window)
	}
	if o.Targets == nil {
		for i := range file.Columns {
			o.Targets = append(o.Targets, i)
		}
	}
	f := &Forecast{Normalization: o.Normalization, windows: dataset.Windows{
		Length: o.Window, Horizon: o.Horizon, Targets: o.Targets, Held: o.Held,
		Train: dataset.NewSequenceStore(o.Memory), Validation: dataset.NewSequenceStore(o.Memory),
	}}
	lengths, err := file.Lengths()
	if err != nil {
		return nil, err
	}
	if len(lengths) == 0 || slices.Max(lengths) <= o.Horizon {
		return nil, tooShort(file, o.Horizon)
	}
	if !o.Binary && o.Normalization == nil {
		if f.Normalization, err = f.measure(file, lengths); err != nil {
			return nil, err
		}
	}
	if err := f.windows.Cut(file, lengths); err != nil {
		return nil, err
	}
	if o.Validation != nil {
		if lengths, err = o.Validation.Lengths(); err != nil {
			return nil, err
		}
		others := f.windows
		others.Held = 1
		if err := others.Cut(o.Validation, lengths); err != nil {
			return nil, err
		}
	}
	if f.windows.Train.Len() == 0 {
		return nil, tooShort(file, o.Horizon)
	}
	f.SequenceTask, err = NewSequenceTask(f.windows.Train, f.windows.Validation, o.BatchSize)
	return f, err
}

func tooShort(file *dataset.SeriesFile, horizon int) error {
	return &dataset.Error{Kind: dataset.ErrSeries, Path: file.Path,
		Err: fmt.Errorf("no series has a step to train on and %s after it", message.Count(horizon, "step"))}
}

// Close releases the windows, and the file that may hold them.
func (f *Forecast) Close() error {
	return errors.Join(f.windows.Train.Close(), f.windows.Validation.Close())
}

// Outputs returns the number of outputs: every target one step ahead, then
// every target two steps ahead, and so on.
func (f *Forecast) Outputs() int { return f.windows.Horizon * len(f.windows.Targets) }

// HeldBack returns the number of windows to validate on.
func (f *Forecast) HeldBack() int { return f.windows.Validation.Len() }

// measure returns the normalization of the training steps.
func (f *Forecast) measure(file *dataset.SeriesFile, lengths []int) (*format.Normalization, error) {
	var moments dataset.Moments
	at, series := 0, 0
	for step, err := range file.Steps() {
		if err != nil {
			return nil, err
		}
		if step.Series != series {
			series, at = step.Series, 0
		}
		if at++; at <= dataset.SplitSeries(lengths[series], f.windows.Held) {
			moments.Add(step.Values)
		}
	}
	z := moments.Normalization()
	for range f.windows.Horizon {
		for _, i := range f.windows.Targets {
			z.OutputMean = append(z.OutputMean, float32(moments.Mean(i)))
			z.OutputScale = append(z.OutputScale, float32(moments.Deviation(i)))
		}
	}
	return z, nil
}
