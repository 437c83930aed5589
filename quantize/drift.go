package quantize

import (
	"fmt"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// driftWindows is the number of windows in which a drift is measured.
const driftWindows = 100

// A Drift is the error of a model over one run without a reset, in windows of
// equal length.
type Drift struct {
	Steps  []int     // where each window ends
	Errors []float64 // of each window: the root of the mean squared difference, in percent of the outputs' spread
}

// A TooShortError says that a sequence has too few steps for a drift.
type TooShortError struct{ Steps int }

func (e *TooShortError) Error() string {
	return fmt.Sprintf("%d steps, but a curve over time needs %d", e.Steps, driftWindows)
}

// MeasureDrift runs a small model and the one it was made of side by side. Both
// give an output a step. Steps that are left over after the last window are not
// run. The errors are those of the models, and [*TooShortError].
func MeasureDrift(original, small *rnn.Model, s Sequence) (*Drift, error) {
	window := s.Len() / driftWindows
	if window == 0 {
		return nil, &TooShortError{Steps: s.Len()}
	}
	d := &Drift{}
	was, is := original.NewSession(), small.NewSession()
	var all []float32 // the original's outputs
	for i := range driftWindows {
		from, to := i*window, (i+1)*window
		got, err := s.run(is, from, to)
		if err != nil {
			return nil, err
		}
		want, err := s.run(was, from, to)
		if err != nil {
			return nil, err
		}
		d.Steps = append(d.Steps, to)
		d.Errors = append(d.Errors, outputError(got, want))
		all = append(all, want...)
	}
	width := spread(all)
	for i := range d.Errors {
		d.Errors[i] = 100 * d.Errors[i] / width
	}
	return d, nil
}
