package export

import "github.com/rnnrun/rnnrun/format"

// A convolution is one of two axes, [steps][frames], whose kernel has one step.

// conv writes a convolution over the frames of a step.
func (w *writer) conv(c *format.Conv, in, out int) error {
	weight := make([]float32, 0, c.OutputSize*c.InputSize*c.Kernel)
	for o := range c.OutputSize {
		for i := range c.InputSize {
			for k := range c.Kernel {
				weight = append(weight, c.Weight.At(o, k*c.InputSize+i))
			}
		}
	}
	w.convolve(in, out, []string{
		w.floats("weight", c.Weight.DType == format.DTypeF16, weight, c.OutputSize, c.InputSize, 1, c.Kernel),
		w.floats("bias", false, c.Bias[:c.OutputSize], c.OutputSize),
	}, "Conv", "kernel_shape", []int{1, c.Kernel}, "strides", []int{1, c.Stride}, "dilations", []int{1, c.Dilation})
	return nil
}

func (w *writer) depthwise(d *format.Depthwise, in, out int) error {
	w.convolve(in, out, []string{
		w.floats("weight", false, transposed(d.Weight, d.Channels), d.Channels, 1, 1, d.Kernel),
		w.floats("bias", false, d.Bias, d.Channels),
	}, "Conv", "group", d.Channels, "kernel_shape", []int{1, d.Kernel}, "strides", []int{1, d.Stride}, "dilations", []int{1, d.Dilation})
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
