package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// An lstmOp is an LSTM.
type lstmOp struct{ recurrent }

func newLSTMOp(set *kernels.Set, l *format.Layer, direction int, inputBounded bool) layerOp {
	return &lstmOp{newRecurrent(set, l, direction, inputBounded)}
}

func (o *lstmOp) newStepper(p ports) stepper {
	return o.newStream(p, floats(kernels.Pad(o.units)), o.gates.NewLSTM)
}

func (o *lstmOp) newBatch(p batchPorts) batchStepper {
	return o.newBatchOf(p, o.gates.NewLSTMBatch(p.batch.streams, o.bias))
}
