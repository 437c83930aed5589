package runtime

import "github.com/rnnrun/rnnrun/format"

// newFramePoolOp returns the op that pools windows of frames to the given
// number of frames.
func newFramePoolOp(p *format.FramePool, frames, channels int) *valueOp {
	reduce := maxOf
	if p.Mean {
		reduce = meanOf
	}
	return newValueOp(func(y []float32, x [][]float32) {
		for t := range frames {
			from := x[0][t*p.Stride*channels:][:p.Kernel*channels]
			for c := range channels {
				y[t*channels+c] = reduce(from[c:], channels)
			}
		}
	})
}

// maxOf returns the greatest of every stride-th number, or NaN if one of them
// is NaN.
func maxOf(x []float32, stride int) float32 {
	v := x[0]
	for i := stride; i < len(x); i += stride {
		if x[i] > v || x[i] != x[i] {
			v = x[i]
		}
	}
	return v
}

// meanOf returns the mean of every stride-th number, added in their order.
func meanOf(x []float32, stride int) float32 {
	sum, n := x[0], float32(1)
	for i := stride; i < len(x); i += stride {
		sum += x[i]
		n++
	}
	return sum / n
}
