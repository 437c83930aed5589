package runtime

import "github.com/rnnrun/rnnrun/format"

// newBinaryOp returns the op that takes two values together.
func newBinaryOp(b *format.Binary, x, y, out format.Value) *valueOp {
	f := binaryFunction(b.Function)
	if x.Size() == out.Size() && y.Size() == out.Size() {
		return newValueOp(func(z []float32, in [][]float32) { f(z, in[0], in[1], 1, 1) })
	}
	// Where a value has a single frame or channel, it stands still there.
	step := func(v format.Value) (frame, channel int) {
		if v.Frames > 1 {
			frame = v.Channels
		}
		if v.Channels > 1 {
			channel = 1
		}
		return frame, channel
	}
	xf, xc := step(x)
	yf, yc := step(y)
	return newValueOp(func(z []float32, in [][]float32) {
		for t := range out.Frames {
			f(z[t*out.Channels:][:out.Channels], in[0][t*xf:], in[1][t*yf:], xc, yc)
		}
	})
}

// binaryFunction returns what sets z to the function of x and y, of which every
// sx-th and sy-th number counts: every one, or with 0 only the first.
func binaryFunction(f format.BinaryFunction) func(z, x, y []float32, sx, sy int) {
	switch f {
	case format.BinarySub:
		return func(z, x, y []float32, sx, sy int) {
			for i := range z {
				z[i] = x[i*sx] - y[i*sy]
			}
		}
	case format.BinaryMul:
		return func(z, x, y []float32, sx, sy int) {
			for i := range z {
				z[i] = x[i*sx] * y[i*sy]
			}
		}
	case format.BinaryDiv:
		return func(z, x, y []float32, sx, sy int) {
			for i := range z {
				z[i] = x[i*sx] / y[i*sy]
			}
		}
	case format.BinaryMax:
		return func(z, x, y []float32, sx, sy int) {
			for i := range z {
				z[i] = max(x[i*sx], y[i*sy])
			}
		}
	case format.BinaryMin:
		return func(z, x, y []float32, sx, sy int) {
			for i := range z {
				z[i] = min(x[i*sx], y[i*sy])
			}
		}
	}
	return func(z, x, y []float32, sx, sy int) {
		for i := range z {
			z[i] = x[i*sx] + y[i*sy]
		}
	}
}
