package metrics

import "math"

// A Deviation accumulates the errors of predicted numbers. The zero value is
// empty.
type Deviation struct {
	n                 int
	squares, absolute float64
}

// Add adds an error: the predicted minus the true number.
func (d *Deviation) Add(off float64) {
	d.n++
	d.squares += off * off
	d.absolute += math.Abs(off)
}

// Merge adds all errors of another deviation.
func (d *Deviation) Merge(other Deviation) {
	d.n += other.n
	d.squares += other.squares
	d.absolute += other.absolute
}

// Len returns the number of errors.
func (d *Deviation) Len() int { return d.n }

// RMSE returns the root of the mean squared error; 0 if there is none.
func (d *Deviation) RMSE() float64 { return math.Sqrt(d.squares / float64(max(1, d.n))) }

// MAE returns the mean absolute error; 0 if there is none.
func (d *Deviation) MAE() float64 { return d.absolute / float64(max(1, d.n)) }
