package format

import "github.com/rnnrun/rnnrun/internal/message"

// A Depthwise is a convolution of each channel by itself, over the frames of a
// step and without padding:
//
//	y[t][c] = b[c] + Σ_k w[k][c] x[t*Stride + k*Dilation][c]
//
// as one chain over the taps.
type Depthwise struct {
	Channels int
	Kernel   int
	Stride   int
	Dilation int
	Weight   []float32 // [Kernel][Channels]
	Bias     []float32 // [Channels]
}

func (d *Depthwise) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	if x.Channels != d.Channels {
		return Value{}, refuse("%s, but it reads %d", message.Count(x.Channels, "channel"), d.Channels)
	}
	return convolved(x, d.Kernel, d.Stride, d.Dilation, d.Channels)
}

func (*Depthwise) code() opCode { return codeDepthwise }

func (d *Depthwise) appendNode(b []byte) []byte {
	return appendSizes(b, d.Channels, d.Kernel, d.Stride, d.Dilation)
}

func (d *Depthwise) readNode(r *record) {
	d.Channels, d.Kernel, d.Stride, d.Dilation = r.size(0), r.size(4), r.size(8), r.size(12)
}

func (*Depthwise) checkNode() *Error { return nil }

func (d *Depthwise) nodeArrays(i int, yield func(tensor) bool) bool {
	return yield(tensor{kind: depthwiseWeight, layer: i, node: true, rows: d.Kernel, units: d.Kernel, depth: d.Channels, at: (*f32s)(&d.Weight)}) &&
		yield(tensor{kind: depthwiseBias, layer: i, node: true, rows: d.Channels, units: d.Channels, depth: 1, at: (*f32s)(&d.Bias)})
}

func (d *Depthwise) parameters() int    { return d.Channels * (d.Kernel + 1) }
func (d *Depthwise) converted(DType) Op { return d }

func (d *Depthwise) multiplyAdds(in []Value) int {
	out, _ := d.gives(in)
	return out.Size() * d.Kernel
}
