package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// An rnnOp is a vanilla RNN.
type rnnOp struct {
	recurrent
	activation kernels.Activation
}

func newRNNOp(set *kernels.Set, l *format.Layer, direction int, inputBounded bool) layerOp {
	o := &rnnOp{newRecurrent(set, l, direction, inputBounded), kernels.ActivationTanh}
	if l.Variant == format.VariantReLU {
		o.activation = kernels.ActivationReLU
	}
	return o
}

func (o *rnnOp) newStepper(p ports) stepper {
	return o.newStream(p, nil, func(m kernels.Memory) kernels.Stream { return o.gates.NewRNN(m, o.activation) })
}

func (o *rnnOp) newBatch(p batchPorts) batchStepper {
	return o.newBatchOf(p, o.gates.NewRNNBatch(p.batch.streams, o.bias, o.activation))
}
