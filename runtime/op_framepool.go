package runtime

import "github.com/rnnrun/rnnrun/format"

// newFramePoolOp returns the op that reduces frames of channels to so many.
func newFramePoolOp(p *format.FramePool, frames, channels int) *valueOp {
	reduce := reduceMax
	if p.Mean {
		reduce = addTo
	}
	n := float32(p.Kernel)
	return newValueOp(func(y []float32, x [][]float32) {
		for t := range frames {
			to, from := y[t*channels:][:channels], x[0][t*p.Stride*channels:]
			copy(to, from)
			for k := 1; k < p.Kernel; k++ {
				reduce(to, from[k*channels:][:channels])
			}
			if p.Mean {
				for i := range to {
					to[i] /= n
				}
			}
		}
	})
}
