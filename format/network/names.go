package network

import "fmt"

// name returns the name of an enumerated value, or its number.
func name(kind string, v uint8, names ...string) string {
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("%s %d", kind, v)
}

// String returns the kind's name: "RNN", "LSTM", "GRU" or "Dense".
func (k Kind) String() string { return name("kind", uint8(k), "RNN", "LSTM", "GRU", "Dense") }

// String returns the output's name: "linear", "softmax", …
func (o Output) String() string {
	return name("output", uint8(o), "linear", "softmax", "sigmoid", "log-softmax", "argmax")
}

// String returns the activation's name in ONNX, or "None".
func (k ActivationKind) String() string {
	return name("activation", uint8(k), "None", "Relu", "Tanh", "Sigmoid", "Affine", "LeakyRelu",
		"ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu", "Softsign", "Softplus")
}
