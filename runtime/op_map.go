package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// newMapOp returns the op that applies a function to a value.
func newMapOp(set *kernels.Set, m *format.Map, in format.Value) *valueOp {
	f := bindActivation(set, m.Function)
	if m.Function.Kind != format.ActivationSoftmax {
		return newValueOp(func(y []float32, x [][]float32) { f.apply(y, x[0]) })
	}
	return newValueOp(func(y []float32, x [][]float32) {
		for t := range in.Frames {
			at := t * in.Channels
			f(y[at:][:in.Channels], x[0][at:][:in.Channels])
		}
	})
}

// newPReLUOp returns the op that multiplies negative numbers by the slope of
// their channel.
func newPReLUOp(p *format.PReLU) *valueOp {
	return newValueOp(func(y []float32, x [][]float32) {
		for at := 0; at < len(y); at += p.Size {
			for i, v := range x[0][at:][:p.Size] {
				if v < 0 {
					v *= p.Slope[i]
				}
				y[at+i] = v
			}
		}
	})
}
