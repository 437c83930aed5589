package trainer

import (
	"errors"
	"fmt"

	"github.com/rnnrun/rnnrun/format"
)

// ErrUntrainable is wrapped by the error of a model with a part whose gradient
// is not computed here. Such models come from elsewhere, and run.
var ErrUntrainable = errors.New("this model cannot be trained here")

// trainable says what of a model cannot be trained.
func trainable(m *format.Model) error {
	for i := range m.Layers {
		l := &m.Layers[i]
		switch {
		case !l.Cell.Recurrent():
			return fmt.Errorf("%w: layer %d is dense, where only the head may be", ErrUntrainable, i)
		case l.Reverse:
			return fmt.Errorf("%w: layer %d reads sequences only backwards", ErrUntrainable, i)
		case l.Special():
			return fmt.Errorf("%w: layer %d is no plain %v", ErrUntrainable, i, l.Cell)
		}
	}
	switch {
	case m.Skip:
		return fmt.Errorf("%w: its inputs are added to its outputs", ErrUntrainable)
	case m.Pool > format.PoolMean:
		return fmt.Errorf("%w: it has the pool %v", ErrUntrainable, m.Pool)
	case m.Output > format.OutputSigmoid:
		return fmt.Errorf("%w: it has the output %v", ErrUntrainable, m.Output)
	case m.Head == nil && m.Output != format.OutputLinear:
		return fmt.Errorf("%w: it has the output %v, and no head", ErrUntrainable, m.Output)
	}
	return nil
}
