package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A dense layer is a direction without a state: its h is its outputs.

// bindDense returns the activation of a dense layer.
func bindDense(set *kernels.Set, l *format.Layer) (format.ActivationKind, activation) {
	var a format.Activation
	if list := l.Directions[0].Activations; list != nil {
		a = list[0]
	}
	return a.Kind, bindActivation(set, a)
}

// newDenseStream returns a step in one pass, that of an RNN without columns for
// a state, or nil where there is none for the activation.
func (d *direction) newDenseStream(out []float32) *kernels.Stream {
	activation := kernels.ActivationIdentity
	switch d.kind {
	case format.ActivationNone:
	case format.ActivationTanh:
		activation = kernels.ActivationTanh
	case format.ActivationReLU:
		activation = kernels.ActivationReLU
	default:
		return nil
	}
	return d.gates.step.NewRNN(d.h, d.next, out, d.bias, activation)
}

// advanceDense is advance for a dense layer without a stream.
func (d *direction) advanceDense(start, x []float32) {
	if x != nil {
		d.gates.step.Linear(d.acc, start, x, nil, d.reverse)
		start = d.acc
	}
	d.activate.apply(d.next[:d.hidden], start[:d.hidden])
}
