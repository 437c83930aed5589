package export

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
)

// op writes node i of the graph of layers.
func (w *writer) op(i int) error {
	n := &w.graph.Nodes[i]
	in, out := n.Inputs, len(w.graph.Inputs)+i
	switch op := n.Op.(type) {
	case *format.Layer:
		if len(in) > 1 {
			return w.refuse("a layer with a mask, which ONNX's do not have")
		}
		return w.layer(op, in[0], out)
	case *format.Embedding:
		return w.embedding(op, in[0], out)
	case *format.Conv, *format.Depthwise, *format.RFFT:
		return w.conv(op, in[0], out)
	case *format.Window:
		return w.window(op, in[0], out)
	case *format.Pad:
		return w.pad(op, in[0], out)
	case *format.FramePool:
		return w.framePool(op, in[0], out)
	case *format.SequencePool:
		return w.sequencePool(op, in, out)
	case *format.Norm:
		return w.norm(op, in[0], out)
	case *format.Binary:
		return w.binary(op, in, out)
	case *format.Concat:
		return w.concat(op, in, out)
	case *format.Slice:
		return w.slice(op, in[0], out)
	case *format.Reshape:
		return w.reshaped(op, in[0], out)
	case *format.Transpose:
		return w.transposed(in[0], out)
	case *format.Repeat:
		return w.repeat(in[0], out)
	case *format.Map:
		return w.mapped(op, in[0], out)
	case *format.PReLU:
		return w.prelu(op, in[0], out)
	case *format.Constant:
		return w.constant(op, out)
	case *format.MatMul:
		return w.matMul(op, in, out)
	case *format.OverlapAdd:
		return w.overlapAdd(op, in[0], out)
	case *format.IRFFT:
		return w.irfft(op, in[0], out)
	case *format.RNNoiseAnalysis, *format.RNNoiseSynthesis:
		return w.refuse("the op %s, which ONNX does not have", n.Kind())
	}
	panic(fmt.Sprintf("an op of the type %T", n.Op))
}
