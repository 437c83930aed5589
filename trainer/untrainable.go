package trainer

import (
	"errors"
	"fmt"

	"github.com/rnnrun/rnnrun/format"
)

// ErrUntrainable is wrapped by the error for a model with a part whose gradient
// this package does not compute. Such models come from other frameworks. They
// run, but cannot be trained.
var ErrUntrainable = errors.New("this model cannot be trained here")

// trainable returns what cannot be trained in a model, or nil.
func trainable(m *format.Model) error {
	if m.Graph != nil {
		return fmt.Errorf("%w: it is a graph of layers, not a stack", ErrUntrainable)
	}
	for i := range m.Layers {
		l := &m.Layers[i]
		switch {
		case opOf(l) == nil:
			return fmt.Errorf("%w: layer %d is %v, but only the head may be", ErrUntrainable, i, l.Cell)
		case l.Reverse:
			return fmt.Errorf("%w: layer %d reads sequences only in reverse", ErrUntrainable, i)
		case l.Special():
			return fmt.Errorf("%w: layer %d is not a plain %v", ErrUntrainable, i, l.Cell)
		}
	}
	switch {
	case m.Skip && m.Output != format.OutputLinear:
		return fmt.Errorf("%w: its inputs are added to its outputs, which are %v", ErrUntrainable, m.Output)
	case !trainedPool(m.Pool):
		return fmt.Errorf("%w: it has the pool %v", ErrUntrainable, m.Pool)
	case !trainedOutput(m.Output):
		return fmt.Errorf("%w: it has the output %v", ErrUntrainable, m.Output)
	case m.Head == nil && m.Output != format.OutputLinear:
		return fmt.Errorf("%w: it has the output %v, but no head", ErrUntrainable, m.Output)
	}
	return nil
}

func trainedPool(p format.Pool) bool {
	switch p {
	case format.PoolNone, format.PoolLast, format.PoolMax, format.PoolMean:
		return true
	}
	return false
}

func trainedOutput(o format.Output) bool {
	switch o {
	case format.OutputLinear, format.OutputSoftmax, format.OutputSigmoid:
		return true
	}
	return false
}
