package format

import (
	"encoding/binary"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A Norm normalizes the numbers of a frame, or of a channel, and then takes the
// gain and the bias of each channel, if it has them.
type Norm struct {
	Kind    NormKind
	Epsilon float32
	Gain    []float32 // [channels], or nil for ones
	Bias    []float32 // [channels], or nil for zeros
	Size    int       // channels
}

// NormKind says what a [Norm] does.
type NormKind uint8

// The norms. x are the numbers of a frame, for NormInstance those of a channel over the frames of a step. A mean is a
// sum in the order of kernels.Sum, times 1/n.
const (
	NormLayer    NormKind = iota // (x - mean) / sqrt(variance + epsilon)
	NormInstance                 // the same
	NormRMS                      // x / sqrt(mean of x² + epsilon)
	NormL2                       // x / max(sqrt(sum of x²), epsilon)
)

func (n *Norm) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	if x.Channels != n.Size {
		return Value{}, refuse("%s, but it normalizes %d", message.Count(x.Channels, "channel"), n.Size)
	}
	return x, nil
}

func (*Norm) code() opCode { return codeNorm }

func (n *Norm) appendNode(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(appendEnum(b, uint8(n.Kind)), math.Float32bits(n.Epsilon))
	return appendSizes(b, n.Size)
}

func (n *Norm) readNode(r *record) {
	n.Kind, n.Epsilon, n.Size = NormKind(r.enum()), r.f32(4), r.size(8)
}

func (n *Norm) checkNode() *Error {
	switch {
	case !n.Kind.known():
		return unfit(ErrUnsupported, 0, "has the unknown %v", n.Kind)
	case !(n.Epsilon >= 0) || !finite(n.Epsilon) || math.Signbit(float64(n.Epsilon)):
		return unfit(ErrInvalid, 4, "has the epsilon %v, want at least 0", n.Epsilon)
	}
	return nil
}

func (n *Norm) nodeArrays(i int, yield func(tensor) bool) bool {
	return yield(tensor{kind: normGain, layer: i, node: true, rows: n.Size, units: n.Size, depth: 1, optional: true, at: (*f32s)(&n.Gain)}) &&
		yield(tensor{kind: normBias, layer: i, node: true, rows: n.Size, units: n.Size, depth: 1, optional: true, at: (*f32s)(&n.Bias)})
}

func (n *Norm) parameters() int    { return len(n.Gain) + len(n.Bias) }
func (n *Norm) converted(DType) Op { return n }
