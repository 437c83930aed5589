package network

import "github.com/rnnrun/rnnrun/format"

// ActivationKind names a function of one number.
type ActivationKind uint8

// The activations are those of the ONNX operators RNN, GRU and LSTM, and none, in
// the order of [format.ActivationKind].
const (
	None            ActivationKind = iota // x
	Relu                                  // max(0, x)
	Tanh                                  // tanh(x)
	Sigmoid                               // 1 / (1 + e^-x)
	Affine                                // alpha x + beta
	LeakyRelu                             // x where x >= 0, otherwise alpha x
	ThresholdedRelu                       // x where x >= alpha, otherwise 0
	ScaledTanh                            // alpha tanh(beta x)
	HardSigmoid                           // min(max(alpha x + beta, 0), 1)
	Elu                                   // x where x >= 0, otherwise alpha (e^x - 1)
	Softsign                              // x / (1 + |x|)
	Softplus                              // log(1 + e^x)
)

// An Activation is a function of one number with its constants, which are zero
// where the function has none.
type Activation struct {
	Kind        ActivationKind
	Alpha, Beta float32
}

// Default returns the activation with the constants that it has where a file
// does not give them, as ONNX Runtime takes them.
func (k ActivationKind) Default() Activation {
	switch k {
	case Affine:
		return Activation{k, 1, 0}
	case LeakyRelu:
		return Activation{k, 0.01, 0}
	case ThresholdedRelu, Elu:
		return Activation{k, 1, 0}
	case ScaledTanh:
		return Activation{k, 1, 1}
	case HardSigmoid:
		return Activation{k, 0.2, 0.5}
	}
	return Activation{Kind: k}
}

// DefaultActivations returns the activations of the gates of a layer that
// gives none: Tanh of an RNN; Sigmoid, Tanh of a GRU; Sigmoid, Tanh, Tanh of
// an LSTM.
func (k Kind) DefaultActivations() []Activation {
	switch k {
	case RNN:
		return []Activation{{Kind: Tanh}}
	case GRU:
		return []Activation{{Kind: Sigmoid}, {Kind: Tanh}}
	case LSTM:
		return []Activation{{Kind: Sigmoid}, {Kind: Tanh}, {Kind: Tanh}}
	}
	return nil
}

// activations returns the gates' activations, and the default where none are given.
func (l *Layer) activations(d int) []Activation {
	if a := l.Directions[d].Activations; a != nil {
		return a
	}
	return l.Kind.DefaultActivations()
}

// pack returns the activation as a .rnn file holds it: without the constants
// that its function does not have.
func (a Activation) pack() format.Activation {
	p := format.Activation{Kind: format.ActivationKind(a.Kind), Alpha: a.Alpha, Beta: a.Beta}
	switch a.Kind {
	case Affine, ScaledTanh, HardSigmoid:
	case LeakyRelu, ThresholdedRelu, Elu:
		p.Beta = 0
	default:
		p.Alpha, p.Beta = 0, 0
	}
	return p
}
