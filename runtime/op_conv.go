package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// newConvOp returns the op of a convolution that gives so many frames a step.
// One that gives a single frame of taps side by side is a dense layer, and so it
// is for a dense layer of many frames the other way round.
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
	return &convOp{Conv: c, frames: frames, set: set, weight: bindMatrix(set, &c.Weight, c.Kernel*c.InputSize, scale, 0)}
}

// newFramesOp returns the op of a dense layer that takes each of so many frames by
// itself.
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

// A convOp is a convolution, which is a product with overlapping columns: the taps
// of a frame lie side by side in memory, frame by frame.
type convOp struct {
	weightless
	*format.Conv
	frames   int // of the output
	set      *kernels.Set
	weight   matrix
	activate activation // of each frame
}

func (o *convOp) weightBytes() int {
	return matrixBytes(&o.Weight, o.Weight.Depth) + float32Bytes*len(o.Bias)
}

func (o *convOp) newStepper(p ports) stepper {
	s := &convStep{op: o, in: p.in[0], out: p.out[0], product: o.weight.newProduct()}
	if o.activate != nil || o.OutputSize != len(o.Bias) {
		s.acc = floats(o.frames * len(o.Bias))
	}
	if o.Dilation > 1 && o.Kernel > 1 {
		s.taps = floats(o.frames * o.Kernel * o.InputSize)
	}
	return s
}

type convStep struct {
	stateless
	op      *convOp
	in, out *place
	product product
	acc     []float32 // [frames][outputs, padded]; nil: the sums are the outputs
	taps    []float32 // [frames][Kernel][InputSize] of a dilated one
}

func (s *convStep) bytes() int {
	return sizeOf(s) + floatsBytes(len(s.acc)) + floatsBytes(len(s.taps)) + s.product.bytes()
}

func (s *convStep) step() { s.convolve(s.out.step, s.in.step) }

func (s *convStep) run(n int, _ []float32) {
	for i := range n {
		s.convolve(s.out.run.row(i, len(s.out.step)), s.in.run.row(i, len(s.in.step)))
	}
}

func (s *convStep) convolve(y, x []float32) {
	o, ld := s.op, len(s.op.Bias)
	acc := s.acc
	if acc == nil {
		acc = y
	}
	for t := range o.frames {
		copy(acc[t*ld:], o.Bias)
	}
	windows := rows{x, o.Stride * o.InputSize}
	if s.taps != nil {
		windows = s.gather(x)
	}
	s.product.addInputs(acc, ld, windows, o.frames)
	if s.acc == nil {
		return
	}
	for t := range o.frames {
		sums, to := acc[t*ld:][:o.OutputSize], y[t*o.OutputSize:][:o.OutputSize]
		if o.activate != nil {
			o.activate(to, sums)
		} else {
			copy(to, sums)
		}
	}
}

// gather puts the taps of each frame of a dilated convolution side by side.
func (s *convStep) gather(x []float32) rows {
	o := s.op
	width := o.Kernel * o.InputSize
	for t := range o.frames {
		for k := range o.Kernel {
			from := (t*o.Stride + k*o.Dilation) * o.InputSize
			copy(s.taps[t*width+k*o.InputSize:][:o.InputSize], x[from:])
		}
	}
	return rows{s.taps, width}
}
