package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// newDepthwiseOp returns the op of a depthwise convolution with the given
// number of output frames per step.
func newDepthwiseOp(set *kernels.Set, d *format.Depthwise, frames int) op {
	c := d.Channels
	return newValueOp(func(y []float32, x [][]float32) {
		for t := range frames {
			to := y[t*c:][:c]
			copy(to, d.Bias)
			for k := range d.Kernel {
				set.MulAdd(to, d.Weight[k*c:][:c], x[0][(t*d.Stride+k*d.Dilation)*c:][:c], to)
			}
		}
	})
}
