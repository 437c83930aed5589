package statedict

import (
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// describe says what node i computes, and returns how many nodes the description
// covers.
func (d *description) describe(n *Node, i int) int {
	title := d.titles[i]
	switch op := d.graph.Nodes[i].Op.(type) {
	case *format.Layer:
		n.Module = title
		if op.Cell.Recurrent() {
			return d.recurrent(n, i)
		}
		d.linear(n, op)
	case *format.Embedding:
		n.Op, n.Module = "embedding", title
		table := make([]float32, 0, op.Tokens*op.Size)
		for token := range op.Tokens {
			for k := range op.Size {
				table = append(table, op.At(token, k))
			}
		}
		d.tensor(title+".weight", op.DType == format.DTypeF16, table, op.Tokens, op.Size)
	case *format.Conv:
		d.conv(n, title, op)
	case *format.Depthwise:
		n.Op, n.Module, n.Stride, n.Dilation, n.Groups = "conv1d", title, op.Stride, op.Dilation, op.Channels
		weight := make([]float32, len(op.Weight))
		for k, v := range op.Weight { // [kernel][channels]
			weight[k%op.Channels*op.Kernel+k/op.Channels] = v
		}
		d.tensor(title+".weight", false, weight, op.Channels, 1, op.Kernel)
		d.tensor(title+".bias", false, op.Bias, op.Channels)
	case *format.Norm:
		d.norm(n, title, op)
	case *format.PReLU:
		n.Op, n.Module = "prelu", title
		d.tensor(title+".weight", false, op.Slope, op.Size)
	case *format.Constant:
		n.Op = "constant"
		shape := []int{op.Frames, op.Channels}
		n.Tensor = d.tensor(title+".value", false, op.Data, shape...)
	default:
		d.shaped(n, op)
	}
	return 1
}

// shaped describes an op without tensors.
func (d *description) shaped(n *Node, op format.Op) {
	switch op := op.(type) {
	case *format.Window:
		n.Op, n.Before, n.After = "window", op.Before, op.After
	case *format.Pad:
		n.Op, n.Before, n.After, n.Mode, n.Value = "pad", op.Before, op.After, op.Mode.String(), op.Value
		if math.IsInf(float64(op.Value), -1) {
			n.Mode, n.Value = lowest, 0
		}
	case *format.FramePool:
		n.Op, n.Kernel, n.Stride = "max_pool", op.Kernel, op.Stride
		if op.Mean {
			n.Op = "avg_pool"
		}
	case *format.SequencePool:
		n.Op, n.Pool = "pool", op.Pool.String()
		if op.Pool == format.PoolLast {
			n.Pool = "last_output" // "last" is h_n
		}
	case *format.Binary:
		n.Op = op.Function.String()
	case *format.Concat:
		n.Op, n.Axis = "concat", op.Axis.String()
	case *format.Slice:
		n.Op, n.Axis, n.Start, n.Count, n.Step = "slice", op.Axis.String(), op.Start, op.Count, op.Step
	case *format.Reshape:
		n.Op, n.Frames, n.Channels = "reshape", op.Frames, op.Channels
	case *format.Transpose:
		n.Op = "transpose"
	case *format.Repeat:
		n.Op = "repeat"
	case *format.Map:
		n.Op, n.Alpha, n.Beta = functionOf(op.Function)
	case *format.MatMul:
		n.Op, n.Transposed = "matmul", op.Transposed
	case *format.OverlapAdd:
		n.Op, n.Channels, n.Kernel, n.Stride, n.Carry = "overlap_add", op.Channels, op.Kernel, op.Stride, op.Carry
	case *format.RFFT:
		n.Op, n.Kernel, n.Stride, n.Size = "rfft", op.Kernel, op.Stride, op.Size
		n.Window, n.Symmetric = windowName(op.Window), op.Window.Symmetric
	case *format.IRFFT:
		n.Op, n.Count, n.Size = "irfft", op.Count, op.Size
		n.Window, n.Symmetric = windowName(op.Window), op.Window.Symmetric
	case *format.RNNoiseAnalysis:
		n.Op = "rnnoise_analysis"
	case *format.RNNoiseSynthesis:
		n.Op = "rnnoise_synthesis"
	default:
		panic(fmt.Sprintf("an op of the type %T", op))
	}
}

// functionOf returns the name of an activation, and its constants.
func functionOf(a format.Activation) (name string, alpha, beta *float32) {
	name = "none"
	for known, kind := range functions {
		if kind == a.Kind {
			name = known
		}
	}
	if a.Kind.Constants() > 0 {
		alpha = &a.Alpha
	}
	if a.Kind.Constants() > 1 {
		beta = &a.Beta
	}
	return name, alpha, beta
}

func (d *description) linear(n *Node, l *format.Layer) {
	n.Op = "linear"
	w := &l.Directions[0]
	p := l.Unpack(w)
	d.tensor(n.Module+".weight", w.Gates.DType == format.DTypeF16, p.WeightIH, l.HiddenSize, l.InputSize)
	d.tensor(n.Module+".bias", false, p.BiasIH, l.HiddenSize)
	if len(w.Activations) > 0 {
		n.Activation, n.Alpha, n.Beta = functionOf(w.Activations[0])
	}
}

func (d *description) conv(n *Node, title string, c *format.Conv) {
	n.Op, n.Module, n.Stride, n.Dilation = "conv1d", title, c.Stride, c.Dilation
	var weight []float32
	for o := range c.OutputSize {
		for in := range c.InputSize {
			for k := range c.Kernel {
				weight = append(weight, c.Weight.At(o, k*c.InputSize+in))
			}
		}
	}
	d.tensor(title+".weight", c.Weight.DType == format.DTypeF16, weight, c.OutputSize, c.InputSize, c.Kernel)
	d.tensor(title+".bias", false, c.Bias[:c.OutputSize], c.OutputSize)
}

func (d *description) norm(n *Node, title string, op *format.Norm) {
	n.Op = map[format.NormKind]string{
		format.NormLayer: "layernorm", format.NormInstance: "instancenorm", format.NormRMS: "rmsnorm", format.NormL2: "l2norm",
	}[op.Kind]
	eps := float64(op.Epsilon)
	n.Eps = &eps
	if op.Gain != nil {
		n.Module = title
		d.tensor(title+".weight", false, op.Gain, op.Size)
	}
	if op.Bias != nil {
		n.Module = title
		d.tensor(title+".bias", false, op.Bias, op.Size)
	}
}
