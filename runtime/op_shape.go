package runtime

import "github.com/rnnrun/rnnrun/format"

// newConcatOp returns the op that concatenates values.
func newConcatOp(c *format.Concat, in []format.Value, out format.Value) *valueOp {
	if c.Axis == format.AxisFrames || out.Frames == 1 {
		return newValueOp(func(y []float32, x [][]float32) {
			for _, v := range x {
				y = y[copy(y, v):]
			}
		})
	}
	return newValueOp(func(y []float32, x [][]float32) {
		for t := range out.Frames {
			for i, v := range x {
				n := in[i].Channels
				y = y[copy(y, v[t*n:][:n]):]
			}
		}
	})
}

// newSliceOp returns the op that takes some frames or channels of a value.
func newSliceOp(s *format.Slice, in, out format.Value) *valueOp {
	if s.Axis == format.AxisFrames {
		return newValueOp(func(y []float32, x [][]float32) {
			for t := range out.Frames {
				from := (s.Start + t*s.Step) * in.Channels
				copy(y[t*out.Channels:][:out.Channels], x[0][from:])
			}
		})
	}
	return newValueOp(func(y []float32, x [][]float32) {
		for t := range out.Frames {
			from, to := x[0][t*in.Channels:][:in.Channels], y[t*out.Channels:][:out.Channels]
			if s.Step == 1 {
				copy(to, from[s.Start:])
				continue
			}
			for i := range to {
				to[i] = from[s.Start+i*s.Step]
			}
		}
	})
}

// newCopyOp returns the op that copies its input.
func newCopyOp() *valueOp { return newValueOp(func(y []float32, x [][]float32) { copy(y, x[0]) }) }

// newTransposeOp returns the op that swaps frames and channels.
func newTransposeOp(in format.Value) *valueOp {
	return newValueOp(func(y []float32, x [][]float32) {
		for t := range in.Frames {
			for c, v := range x[0][t*in.Channels:][:in.Channels] {
				y[c*in.Frames+t] = v
			}
		}
	})
}
