package runtime

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// newNormOp returns the op that normalizes the given number of frames.
func newNormOp(set *kernels.Set, n *format.Norm, frames int) *valueOp {
	o := &norm{n, set}
	if n.Kind == format.NormInstance {
		return &valueOp{memory: floatsBytes(frames), bind: func() valueFunc {
			column := floats(frames)
			return func(y []float32, x [][]float32) { o.instances(y, x[0], column) }
		}}
	}
	return newValueOp(func(y []float32, x [][]float32) {
		for t := range frames {
			to := y[t*n.Size:][:n.Size]
			o.frame(to, x[0][t*n.Size:][:n.Size])
			o.scale(to)
		}
	})
}

// A norm computes what [format.Norm] describes. A mean is the sum in 16 lanes
// of [kernels.Sum], divided by the count.
type norm struct {
	*format.Norm
	set *kernels.Set
}

// frame sets y to the normalized numbers x.
func (o *norm) frame(y, x []float32) {
	n := float32(len(x))
	switch o.Kind {
	case format.NormRMS:
		divide(y, x, sqrt(kernels.SumSquares(x)/n+o.Epsilon))
	case format.NormL2:
		divide(y, x, max(sqrt(kernels.SumSquares(x)), o.Epsilon))
	default:
		mean := kernels.Sum(x) / n
		for i, v := range x {
			y[i] = v - mean
		}
		divide(y, y, sqrt(kernels.SumSquares(y)/n+o.Epsilon))
	}
}

// instances normalizes each channel over the frames.
func (o *norm) instances(y, x, column []float32) {
	for c := range o.Size {
		for t := range column {
			column[t] = x[t*o.Size+c]
		}
		o.frame(column, column)
		for t, v := range column {
			y[t*o.Size+c] = v
		}
	}
	for len(y) > 0 {
		o.scale(y[:o.Size])
		y = y[o.Size:]
	}
}

// scale applies the gain and the bias of each channel, and rounds each
// operation.
func (o *norm) scale(y []float32) {
	if o.Gain != nil {
		for i, g := range o.Gain[:len(y)] {
			y[i] *= g
		}
	}
	if o.Bias != nil {
		for i, b := range o.Bias[:len(y)] {
			y[i] += b
		}
	}
}

func divide(y, x []float32, by float32) {
	for i, v := range x {
		y[i] = v / by
	}
}

// sqrt returns the correctly rounded square root: rounding a square root to
// float64 and then to float32 gives the same as rounding it once.
func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }
