package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// newConvOp returns the op of a convolution with the given number of output
// frames per step. A convolution with one output frame and adjacent taps is a
// dense layer. Conversely, newFramesOp makes a convolution of a dense layer for
// many frames.
func newConvOp(set *kernels.Set, c *format.Conv, frames int, bounded bool) op {
	if frames == 1 && (c.Dilation == 1 || c.Kernel == 1) {
		return newDenseOp(set, &format.Layer{
			Cell: format.CellDense, InputSize: c.Kernel * c.InputSize, HiddenSize: c.OutputSize,
			Directions: []format.Weights{{Gates: c.Weight, Bias: c.Bias, InputScale: c.InputScale}},
		}, bounded)
	}
	scale := c.InputScale
	if bounded {
		scale = kernels.UnitScale
	}
	return &convOp{conv: c, frames: frames, set: set, weight: bindMatrix(set, &c.Weight, c.Kernel*c.InputSize, scale, 0)}
}

// newFramesOp returns the op of a dense layer that is applied to each of the given
// number of frames.
func newFramesOp(set *kernels.Set, l *format.Layer, frames int, bounded bool) op {
	w := &l.Directions[0]
	o := newConvOp(set, &format.Conv{
		InputSize: l.InputSize, OutputSize: l.HiddenSize, Kernel: 1, Stride: 1, Dilation: 1,
		Weight: w.Gates, Bias: w.Bias, InputScale: w.InputScale,
	}, frames, bounded).(*convOp)
	if w.Activations != nil {
		o.activate = bindActivation(set, w.Activations[0])
	}
	return o
}

// A convOp is a convolution, computed as a product with overlapping columns: the
// taps of each frame are side by side in memory, frame by frame.
type convOp struct {
	weightless
	conv     *format.Conv
	frames   int // of the output
	set      *kernels.Set
	weight   matrix
	activate activation // of each frame
}

func (o *convOp) weightBytes() int {
	return matrixBytes(&o.conv.Weight, o.conv.Weight.Depth) + float32Bytes*len(o.conv.Bias)
}

// width returns how many numbers the taps of a frame have.
func (o *convOp) width() int { return o.conv.Kernel * o.conv.InputSize }

func (o *convOp) dilated() bool { return o.conv.Dilation > 1 && o.conv.Kernel > 1 }

func (o *convOp) accumulators() int {
	n := len(o.conv.Bias)
	if o.dilated() {
		n += o.width()
	}
	return n * o.frames
}

func (o *convOp) newStepper(p ports) stepper {
	s := &convStep{op: o, in: p.in[0], out: p.out[0], product: o.weight.newProduct()}
	if o.activate != nil || o.conv.OutputSize != len(o.conv.Bias) {
		s.acc = floats(o.frames * len(o.conv.Bias))
	}
	if o.dilated() {
		s.taps = floats(o.frames * o.width())
	}
	return s
}

type convStep struct {
	stateless
	op      *convOp
	in, out *place
	product product
	acc     []float32 // [frames][outputs, padded]; nil: the sums are the outputs
	taps    []float32 // [frames][Kernel][InputSize] if it is dilated
}

func (s *convStep) bytes() int {
	return sizeOf(s) + floatsBytes(len(s.acc)) + floatsBytes(len(s.taps)) + s.product.bytes()
}

// run multiplies as many steps at once as scratch has room for.
func (s *convStep) run(n int, scratch []float32) {
	o, ld := s.op, len(s.op.conv.Bias)
	block := min(n, len(scratch)/o.accumulators())
	for first := 0; first < n; first += block {
		block = min(block, n-first)
		frames := block * o.frames
		acc := scratch[:frames*ld]
		s.begin(acc)
		x := s.in.run.from(first)
		switch {
		case s.taps != nil:
			taps := scratch[len(acc):]
			for i := range block {
				s.gather(taps[i*len(s.taps):], x.row(i, len(s.in.step)))
			}
			s.product.addInputs(acc, ld, rows{taps, o.width()}, frames)
		case o.frames == 1:
			s.product.addInputs(acc, ld, x, frames)
		default:
			for i := range block {
				s.product.addInputs(acc[i*o.frames*ld:], ld, rows{x.row(i, len(s.in.step)), o.conv.Stride * o.conv.InputSize}, o.frames)
			}
		}
		for i := range block {
			s.finish(s.out.run.row(first+i, len(s.out.step)), acc[i*o.frames*ld:])
		}
	}
}

func (s *convStep) step() {
	o, acc := s.op, s.acc
	if acc == nil {
		acc = s.out.step
	}
	s.begin(acc)
	windows := rows{s.in.step, o.conv.Stride * o.conv.InputSize}
	if s.taps != nil {
		s.gather(s.taps, s.in.step)
		windows = rows{s.taps, o.width()}
	}
	s.product.addInputs(acc, len(o.conv.Bias), windows, o.frames)
	if s.acc != nil {
		s.finish(s.out.step, acc)
	}
}

// begin sets accumulators to the bias.
func (s *convStep) begin(acc []float32) {
	for len(acc) > 0 {
		acc = acc[copy(acc, s.op.conv.Bias):]
	}
}

// finish sets a step's outputs to its sums, or to their activation.
func (s *convStep) finish(y, acc []float32) {
	o := s.op
	for t := range o.frames {
		sums, to := acc[t*len(o.conv.Bias):][:o.conv.OutputSize], y[t*o.conv.OutputSize:][:o.conv.OutputSize]
		if o.activate != nil {
			o.activate(to, sums)
		} else {
			copy(to, sums)
		}
	}
}

// gather copies the taps of each frame of a dilated convolution side by side.
func (s *convStep) gather(taps, x []float32) {
	o := s.op
	for t := range o.frames {
		for k := range o.conv.Kernel {
			from := (t*o.conv.Stride + k*o.conv.Dilation) * o.conv.InputSize
			copy(taps[t*o.width()+k*o.conv.InputSize:][:o.conv.InputSize], x[from:])
		}
	}
}
