package format

import (
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/padding"
)

// A Conv is a convolution over the frames of a step, without padding: see [Pad],
// and [Window] for one that goes on from step to step. Output o of frame t is
//
//	y[t][o] = b[o] + Σ_k Σ_c w[o][k][c] x[t*Stride + k*Dilation][c]
//
// as one chain over the taps k, and in each over the channels c. A grouped convolution is one Conv for each [Slice] of
// the channels, and a [Concat].
type Conv struct {
	InputSize  int // channels of the input
	OutputSize int // channels of the output
	Kernel     int // taps
	Stride     int // frames from output to output, 1 or more
	Dilation   int // frames from tap to tap, 1 or more

	Weight Matrix    // [OutputSize padded to 8][Kernel*InputSize]
	Bias   []float32 // padded to 8
	// InputScale is that of [Weights]: the step of the quantized inputs of int8
	// weights. 0: it is chosen for each frame of the output.
	InputScale float32
}

// PackConv packs a convolution with PyTorch's weights [outputs][inputs][kernel],
// and a bias [outputs] or nil for zeros. The error wraps [ErrInvalid].
func PackConv(inputs, outputs, kernel, stride, dilation int, weight, bias []float32) (*Conv, error) {
	if !inRange(inputs) || !inRange(outputs) || !inRange(kernel) || int64(inputs)*int64(kernel) > MaxSize {
		return nil, fail(ErrInvalid, tagWeights, -1, "a convolution of %s, %s and %s", message.Count(inputs, "input"), message.Count(outputs, "output"), message.Count(kernel, "tap"))
	}
	rows := make([]float32, len(weight)) // [outputs][kernel][inputs]
	if int64(len(weight)) == int64(outputs)*int64(inputs*kernel) {
		for o := range outputs {
			for c := range inputs {
				for k := range kernel {
					rows[(o*kernel+k)*inputs+c] = weight[(o*inputs+c)*kernel+k]
				}
			}
		}
	}
	d, err := PackDense(inputs*kernel, outputs, rows, bias)
	if err != nil {
		return nil, err
	}
	return &Conv{InputSize: inputs, OutputSize: outputs, Kernel: kernel, Stride: stride, Dilation: dilation, Weight: d.Weight, Bias: d.Bias}, nil
}

func (c *Conv) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	if x.Channels != c.InputSize {
		return Value{}, refuse("%s, but it reads %d", message.Count(x.Channels, "channel"), c.InputSize)
	}
	return convolved(x, c.Kernel, c.Stride, c.Dilation, c.OutputSize)
}

// convolved returns the value that a kernel gives as it slides over the frames.
func convolved(x Value, kernel, stride, dilation, channels int) (Value, error) {
	if !inRange(kernel) || !inRange(stride) || !inRange(dilation) || !inRange(channels) {
		return Value{}, refuse("a kernel of %s, stride %d, dilation %d and %d outputs", message.Count(kernel, "tap"), stride, dilation, channels)
	}
	span := int64(kernel-1)*int64(dilation) + 1
	if int64(x.Frames) < span {
		return Value{}, refuse("%s, but its kernel spans %d", message.Count(x.Frames, "frame"), span)
	}
	x.Frames, x.Channels = int((int64(x.Frames)-span)/int64(stride))+1, channels
	return x, nil
}

func (*Conv) code() opCode { return codeConv }

func (c *Conv) appendNode(b []byte) []byte {
	return appendSizes(b, c.InputSize, c.OutputSize, c.Kernel, c.Stride, c.Dilation)
}

func (c *Conv) readNode(r *record) {
	c.InputSize, c.OutputSize, c.Kernel, c.Stride, c.Dilation = r.size(0), r.size(4), r.size(8), r.size(12), r.size(16)
}

func (*Conv) checkNode() *Error { return nil }

func (c *Conv) nodeArrays(i int, yield func(tensor) bool) bool {
	rows, columns, w := padding.UpToLanes(c.OutputSize), c.Kernel*c.InputSize, &c.Weight
	for _, t := range [...]tensor{
		{kind: convWeight, rows: rows, units: c.OutputSize, depth: columns, split: columns, tile: tileRows, at: w},
		{kind: convScale, rows: rows, units: c.OutputSize, depth: 1, scales: &w.DType, at: (*f32s)(&w.Scale)},
		{kind: layerInputScale, rows: 1, units: 1, depth: 1, scales: &w.DType, optional: true, at: (*f32)(&c.InputScale)},
		{kind: convBias, rows: rows, units: c.OutputSize, depth: 1, at: (*f32s)(&c.Bias)},
	} {
		t.layer, t.node = i, true
		if !yield(t) {
			return false
		}
	}
	return true
}

func (c *Conv) parameters() int { return c.OutputSize * (c.Kernel*c.InputSize + 1) }

func (c *Conv) converted(dtype DType) Op {
	n := *c
	if c.Weight.DType != dtype {
		n.InputScale = 0
	}
	n.Weight = c.Weight.convert(dtype, c.Kernel*c.InputSize)
	return &n
}

func (c *Conv) checkWeights(bounded bool) *Error {
	if math.Float32bits(c.InputScale) != 0 && (bounded || c.Weight.DType != DTypeInt8) {
		return unfit(ErrInvalid, 0, uncalibrated)
	}
	return nil
}

func (c *Conv) multiplyAdds(in []Value) int {
	out, _ := c.gives(in)
	return out.Size() * c.Kernel * c.InputSize
}
