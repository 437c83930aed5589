package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// newBinaryOp returns the op that applies a function to two values.
func newBinaryOp(set *kernels.Set, b *format.Binary, x, y, out format.Value) *valueOp {
	f := binaryFunction(set, b.Function)
	if x.Size() == out.Size() && y.Size() == out.Size() {
		return newValueOp(func(z []float32, in [][]float32) { f(z, in[0], in[1]) })
	}
	// At most one of the two values has a single channel to broadcast.
	return &valueOp{memory: floatsBytes(out.Channels), bind: func() valueFunc {
		spread := floats(out.Channels)
		return func(z []float32, in [][]float32) {
			for t := range out.Frames {
				f(z[t*out.Channels:][:out.Channels], frameOf(in[0], x, t, spread), frameOf(in[1], y, t, spread))
			}
		}
	}}
}

// frameOf returns frame t of x. It broadcasts a single frame to all frames, and a
// single channel to as many as spread has.
func frameOf(x []float32, v format.Value, t int, spread []float32) []float32 {
	if v.Frames == 1 {
		t = 0
	}
	x = x[t*v.Channels:][:v.Channels]
	if len(x) == len(spread) {
		return x
	}
	for i := range spread {
		spread[i] = x[0]
	}
	return spread
}

// binaryFunction returns the function that computes z from x and y, all of the
// same length.
func binaryFunction(set *kernels.Set, f format.BinaryFunction) func(z, x, y []float32) {
	switch f {
	case format.BinarySub:
		return func(z, x, y []float32) {
			x, y = x[:len(z)], y[:len(z)]
			for i := range z {
				z[i] = x[i] - y[i]
			}
		}
	case format.BinaryMul:
		return set.Mul
	case format.BinaryDiv:
		return func(z, x, y []float32) {
			x, y = x[:len(z)], y[:len(z)]
			for i := range z {
				z[i] = x[i] / y[i]
			}
		}
	case format.BinaryMax:
		return func(z, x, y []float32) {
			x, y = x[:len(z)], y[:len(z)]
			for i := range z {
				z[i] = max(x[i], y[i])
			}
		}
	case format.BinaryMin:
		return func(z, x, y []float32) {
			x, y = x[:len(z)], y[:len(z)]
			for i := range z {
				z[i] = min(x[i], y[i])
			}
		}
	}
	return add
}
