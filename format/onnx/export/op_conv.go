package export

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A convolution over the frames of a step is one of two axes, [steps][frames], whose
// kernel has one step. After a window that gives it exactly the frames before and
// after those of a step, it is a convolution over the frames of all steps.

// A kernel slides over frames.
type kernel struct {
	taps, stride, dilation int
	group                  int
	weight                 []float32 // [outputs][inputs of a group][taps]
	half                   bool
	outputs                int
	bias                   []float32
}

// kernelOf returns the kernel of an op that reads that many channels.
func kernelOf(op format.Op, channels int) (k kernel, ok bool) {
	switch op := op.(type) {
	case *format.Conv:
		k = kernel{taps: op.Kernel, stride: op.Stride, dilation: op.Dilation, group: 1, half: op.Weight.DType == format.DTypeF16, outputs: op.OutputSize, bias: op.Bias[:op.OutputSize]}
		for o := range op.OutputSize {
			for i := range op.InputSize {
				for tap := range op.Kernel {
					k.weight = append(k.weight, op.Weight.At(o, tap*op.InputSize+i))
				}
			}
		}
		return k, true
	case *format.Depthwise:
		return kernel{taps: op.Kernel, stride: op.Stride, dilation: op.Dilation, group: op.Channels, weight: transposed(op.Weight, op.Channels), outputs: op.Channels, bias: op.Bias}, true
	case *format.RFFT:
		return kernelOfRFFT(op, channels), true
	}
	return k, false
}

// conv writes a convolution.
func (w *writer) conv(op format.Op, in, out int) error {
	k, _ := kernelOf(op, w.values[in].Channels)
	each := len(k.weight) / k.outputs / k.taps
	if n, ok := w.windows[in]; ok {
		weight := w.floats("weight", k.half, k.weight, k.outputs, each, k.taps)
		w.convolveAlong(n, k, out, weight, w.floats("bias", false, k.bias, k.outputs))
		return nil
	}
	w.convolve(in, out, []string{
		w.floats("weight", k.half, k.weight, k.outputs, each, 1, k.taps), w.floats("bias", false, k.bias, k.outputs),
	}, "Conv", "group", k.group, "kernel_shape", []int{1, k.taps}, "strides", []int{1, k.stride}, "dilations", []int{1, k.dilation})
	return nil
}

func (w *writer) framePool(p *format.FramePool, in, out int) error {
	operator := "MaxPool"
	if p.Mean {
		operator = "AveragePool"
	}
	w.convolve(in, out, nil, operator, "kernel_shape", []int{1, p.Kernel}, "strides", []int{1, p.Stride})
	return nil
}

// convolve writes an operator that reads [N][C][T][F].
func (w *writer) convolve(in, out int, constants []string, operator string, options ...any) {
	t := w.transpose(w.as(in, framed), 0, 3, 1, 2)
	t = w.node(operator, append([]string{t}, constants...), options...)
	w.set(out, framed, w.transpose(t, 0, 2, 3, 1))
}

// slidesAlong reports whether the only reader of a window is a convolution that can
// treat the steps as one long step: its stride continues from step to step, and it reads
// all frames that the window adds.
func (w *writer) slidesAlong(n *format.Window, in, out int) bool {
	var readers []*format.Node
	for i := range w.graph.Nodes {
		if slices.Contains(w.graph.Nodes[i].Inputs, out) {
			readers = append(readers, &w.graph.Nodes[i])
		}
	}
	if len(readers) != 1 || slices.ContainsFunc(w.graph.Outputs, func(p format.Port) bool { return p.Value == out }) {
		return false
	}
	k, ok := kernelOf(readers[0].Op, w.values[in].Channels)
	frames, beyond := w.values[in].Frames, n.Before+n.After-((k.taps-1)*k.dilation+1)
	return ok && frames%k.stride == 0 && beyond < 0 && beyond >= -k.stride
}

// convolveAlong writes a convolution over the frames of all steps, [N][C][T*F], with the
// frames that a window adds.
func (w *writer) convolveAlong(n window, k kernel, out int, weight, bias string) {
	options := []any{"group", k.group, "kernel_shape", []int{k.taps}, "strides", []int{k.stride}, "dilations", []int{k.dilation}}
	t := w.frames(n.in)
	if w.stream {
		t = w.continued(n.Window, n.in, t)
	} else {
		options = append(options, "pads", []int{n.Before, n.After})
	}
	t = w.node("Conv", []string{w.transpose(t, 0, 2, 1), weight, bias}, options...)
	t = w.transpose(t, 0, 2, 1)
	if y := &w.values[out]; y.Frames > 1 {
		w.set(out, framed, w.steps(t, y))
	} else {
		w.set(out, external, t)
	}
}
