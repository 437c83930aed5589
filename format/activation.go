package format

import "math"

// ActivationKind names a function of one number.
type ActivationKind uint8

// The activations. ActivationNone to ActivationSoftplus are those of ONNX's RNN, GRU and LSTM, the only ones that the
// gates of a recurrent cell can have. ActivationSoftmax applies to a whole dense layer.
const (
	ActivationNone            ActivationKind = iota // x
	ActivationReLU                                  // max(0, x)
	ActivationTanh                                  // tanh(x)
	ActivationSigmoid                               // 1 / (1 + e^-x)
	ActivationAffine                                // alpha x + beta
	ActivationLeakyReLU                             // x if x >= 0, otherwise alpha x
	ActivationThresholdedReLU                       // x if x >= alpha, otherwise 0
	ActivationScaledTanh                            // alpha tanh(beta x)
	ActivationHardSigmoid                           // min(max(alpha x + beta, 0), 1)
	ActivationELU                                   // x if x >= 0, otherwise alpha (e^x - 1)
	ActivationSoftsign                              // x / (1 + |x|)
	ActivationSoftplus                              // log(1 + e^x)
	ActivationSoftmax                               // e^x / the sum of e^x over all outputs
	ActivationExp                                   // e^x
	ActivationLog                                   // log(x)
	ActivationSqrt                                  // √x
	ActivationSquare                                // x²
	ActivationAbs                                   // |x|
	ActivationReciprocal                            // 1 / x
	ActivationGELU                                  // x/2 (1 + erf(x/√2))
	ActivationGELUTanh                              // x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))
	ActivationSiLU                                  // x / (1 + e^-x)
	ActivationHardSwish                             // x min(max(x/6 + 1/2, 0), 1)
	ActivationClip                                  // min(max(x, alpha), beta)
	ActivationSin                                   // sin(x)
	ActivationCos                                   // cos(x)
	ActivationSign                                  // -1 if x < 0, 1 if x > 0, otherwise 0
	ActivationFloor                                 // the greatest integer up to x
)

// An Activation is a function of one number with its constants, which are zero
// if the function has none.
type Activation struct {
	Kind        ActivationKind
	Alpha, Beta float32
}

// functions are what the package knows of each activation: its name in ONNX, how
// many constants it has (alpha, and beta), and their usual values.
var functions = [...]struct {
	name        string
	constants   uint8
	alpha, beta float32
	gates       bool // gates of recurrent cells can have it
}{
	ActivationNone:            {name: "None", gates: true},
	ActivationReLU:            {name: "Relu", gates: true},
	ActivationTanh:            {name: "Tanh", gates: true},
	ActivationSigmoid:         {name: "Sigmoid", gates: true},
	ActivationAffine:          {"Affine", 2, 1, 0, true},
	ActivationLeakyReLU:       {"LeakyRelu", 1, 0.01, 0, true},
	ActivationThresholdedReLU: {"ThresholdedRelu", 1, 1, 0, true},
	ActivationScaledTanh:      {"ScaledTanh", 2, 1, 1, true},
	ActivationHardSigmoid:     {"HardSigmoid", 2, 0.2, 0.5, true},
	ActivationELU:             {"Elu", 1, 1, 0, true},
	ActivationSoftsign:        {name: "Softsign", gates: true},
	ActivationSoftplus:        {name: "Softplus", gates: true},
	ActivationSoftmax:         {name: "Softmax"},
	ActivationExp:             {name: "Exp"},
	ActivationLog:             {name: "Log"},
	ActivationSqrt:            {name: "Sqrt"},
	ActivationSquare:          {name: "Square"},
	ActivationAbs:             {name: "Abs"},
	ActivationReciprocal:      {name: "Reciprocal"},
	ActivationGELU:            {name: "Gelu"},
	ActivationGELUTanh:        {name: "GeluTanh"},
	ActivationSiLU:            {name: "Silu"},
	ActivationHardSwish:       {name: "HardSwish"},
	ActivationClip:            {"Clip", 2, -math.MaxFloat32, math.MaxFloat32, false},
	ActivationSin:             {name: "Sin"},
	ActivationCos:             {name: "Cos"},
	ActivationSign:            {name: "Sign"},
	ActivationFloor:           {name: "Floor"},
}

// Known reports whether the package knows the activation.
func (k ActivationKind) Known() bool { return int(k) < len(functions) }

// OfGates reports whether the gates of a recurrent cell can have the activation.
func (k ActivationKind) OfGates() bool { return k.Known() && functions[k].gates }

// String returns the activation's name, ONNX's if it has one, or "None".
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
	return int(functions[k].constants)
}

// Default returns the activation with ONNX Runtime's default constants, for a source that gives none.
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
