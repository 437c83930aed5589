package format

// ActivationKind names a function of one number.
type ActivationKind uint8

// The activations. All but the last are those of the ONNX operators RNN, GRU
// and LSTM, and none; ActivationSoftmax is of a whole dense layer.
const (
	ActivationNone            ActivationKind = iota // x
	ActivationReLU                                  // max(0, x)
	ActivationTanh                                  // tanh(x)
	ActivationSigmoid                               // 1 / (1 + e^-x)
	ActivationAffine                                // alpha x + beta
	ActivationLeakyReLU                             // x where x >= 0, otherwise alpha x
	ActivationThresholdedReLU                       // x where x >= alpha, otherwise 0
	ActivationScaledTanh                            // alpha tanh(beta x)
	ActivationHardSigmoid                           // min(max(alpha x + beta, 0), 1)
	ActivationELU                                   // x where x >= 0, otherwise alpha (e^x - 1)
	ActivationSoftsign                              // x / (1 + |x|)
	ActivationSoftplus                              // log(1 + e^x)
	ActivationSoftmax                               // e^x / the sum of those of all outputs
)

// An Activation is a function of one number with its constants, which are zero
// where the function has none.
type Activation struct {
	Kind        ActivationKind
	Alpha, Beta float32
}

// constants returns how many constants the function has: alpha, and beta.
func (k ActivationKind) constants() int {
	switch k {
	case ActivationAffine, ActivationScaledTanh, ActivationHardSigmoid:
		return 2
	case ActivationLeakyReLU, ActivationThresholdedReLU, ActivationELU:
		return 1
	}
	return 0
}

// Default returns the activation with the constants that it has if a source
// does not give them, which are those of ONNX Runtime.
func (k ActivationKind) Default() Activation {
	switch k {
	case ActivationAffine:
		return Activation{k, 1, 0}
	case ActivationLeakyReLU:
		return Activation{k, 0.01, 0}
	case ActivationThresholdedReLU, ActivationELU:
		return Activation{k, 1, 0}
	case ActivationScaledTanh:
		return Activation{k, 1, 1}
	case ActivationHardSigmoid:
		return Activation{k, 0.2, 0.5}
	}
	return Activation{Kind: k}
}

// Canonical returns the activation with zeros for the constants that its
// function does not have.
func (a Activation) Canonical() Activation {
	switch n := a.Kind.constants(); {
	case n < 1:
		a.Alpha = 0
		fallthrough
	case n < 2:
		a.Beta = 0
	}
	return a
}

// Activations returns the cell's own activations: of an RNN that of its variant;
// of a GRU that of r and z, and that of n; of an LSTM those of i, f and o, of g,
// and of the cell's output; of a dense layer that of its outputs, none.
func (c Cell) Activations(v Variant) []Activation {
	switch {
	case c == CellLSTM:
		return []Activation{{Kind: ActivationSigmoid}, {Kind: ActivationTanh}, {Kind: ActivationTanh}}
	case c == CellGRU:
		return []Activation{{Kind: ActivationSigmoid}, {Kind: ActivationTanh}}
	case c == CellDense:
		return []Activation{{Kind: ActivationNone}}
	case v == VariantReLU:
		return []Activation{{Kind: ActivationReLU}}
	}
	return []Activation{{Kind: ActivationTanh}}
}
