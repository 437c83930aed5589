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

// functions are what the package knows of each activation: its name in ONNX, how
// many constants it has (alpha, and beta), and their usual values.
var functions = [...]struct {
	name        string
	constants   int
	alpha, beta float32
}{
	ActivationNone:            {name: "None"},
	ActivationReLU:            {name: "Relu"},
	ActivationTanh:            {name: "Tanh"},
	ActivationSigmoid:         {name: "Sigmoid"},
	ActivationAffine:          {"Affine", 2, 1, 0},
	ActivationLeakyReLU:       {"LeakyRelu", 1, 0.01, 0},
	ActivationThresholdedReLU: {"ThresholdedRelu", 1, 1, 0},
	ActivationScaledTanh:      {"ScaledTanh", 2, 1, 1},
	ActivationHardSigmoid:     {"HardSigmoid", 2, 0.2, 0.5},
	ActivationELU:             {"Elu", 1, 1, 0},
	ActivationSoftsign:        {name: "Softsign"},
	ActivationSoftplus:        {name: "Softplus"},
	ActivationSoftmax:         {name: "Softmax"},
}

// Known reports whether the package knows the activation.
func (k ActivationKind) Known() bool { return int(k) < len(functions) }

// String returns the activation's name in ONNX, or "None".
func (k ActivationKind) String() string {
	if !k.Known() {
		return unknown("activation", uint8(k))
	}
	return functions[k].name
}

// Constants returns how many constants the function has: 0, 1 (alpha), or 2
// (alpha and beta).
func (k ActivationKind) Constants() int {
	if !k.Known() {
		return 0
	}
	return functions[k].constants
}

// Default returns the activation with the constants that it has if a source
// does not give them, which are those of ONNX Runtime.
func (k ActivationKind) Default() Activation {
	if !k.Known() {
		return Activation{Kind: k}
	}
	return Activation{k, functions[k].alpha, functions[k].beta}
}

// Canonical returns the activation with zeros for the constants that its
// function does not have.
func (a Activation) Canonical() Activation {
	switch n := a.Kind.Constants(); {
	case n < 1:
		a.Alpha = 0
		fallthrough
	case n < 2:
		a.Beta = 0
	}
	return a
}
