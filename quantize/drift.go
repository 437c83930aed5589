package quantize

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// driftWindows is the number of windows in which a drift is measured.
const driftWindows = 100

// A Drift is the error of a quantized model over one run without a reset, in
// windows of equal length.
type Drift struct {
	Steps  []int     // the end of each window, in steps
	Errors []float64 // for each window, the root of the mean squared difference, in percent of the outputs' spread; for the worst output
}

// A TooShortError says that a sequence has too few steps for a drift.
type TooShortError struct{ Steps int }

func (e *TooShortError) Error() string {
	return fmt.Sprintf("%s, want at least %d for a curve over time", message.Count(e.Steps, "step"), driftWindows)
}

// MeasureDrift runs a quantized model and its original side by side. Both must
// have an output at every step. Steps after the last full window are ignored. The
// errors are those of the models, and [*TooShortError].
func MeasureDrift(original, small *rnn.Model, s Sequence) (*Drift, error) {
	window := s.Len() / driftWindows
	if window == 0 {
		return nil, &TooShortError{Steps: s.Len()}
	}
	d := &Drift{Errors: make([]float64, driftWindows)}
	was, is := original.NewSession(), small.NewSession()
	got, want := make([][][]float32, driftWindows), make([][]float32, len(original.Outputs()))
	for i := range driftWindows {
		from, to := i*window, (i+1)*window
		y, err := s.run(is, from, to)
		if err != nil {
			return nil, err
		}
		for _, out := range y {
			got[i] = append(got[i], slices.Clone(out))
		}
		if y, err = s.run(was, from, to); err != nil {
			return nil, err
		}
		for k, out := range y {
			want[k] = append(want[k], out...)
		}
		d.Steps = append(d.Steps, to)
	}
	for k, all := range want {
		width, n := spread(all), len(all)/driftWindows
		for i := range d.Errors {
			d.Errors[i] = max(d.Errors[i], loss(got[i][k], all[i*n:][:n], width))
		}
	}
	return d, nil
}
