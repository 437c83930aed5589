package format

import "fmt"

// name returns the name of an enumerated value, or its number.
func name(kind string, v uint8, names ...string) string {
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("%s %d", kind, v)
}

// String returns the task's name: "regress", "classify", …
func (t Task) String() string {
	return name("task", uint8(t), "regress", "classify", "tag", "language", "translate")
}

// String returns the cell's name: "RNN", "LSTM", "GRU" or "dense".
func (c Cell) String() string { return name("cell", uint8(c), "RNN", "LSTM", "GRU", "dense") }

// String returns the variant's name: "tanh", "reset after", …
func (v Variant) String() string {
	return name("variant", uint8(v), "standard", "tanh", "relu", "reset after", "reset before")
}

// String returns the pool's name: "none", "last", …
func (p Pool) String() string {
	return name("pool", uint8(p), "none", "last", "max", "mean", "last output")
}

// String returns the output's name: "linear", "softmax", …
func (o Output) String() string {
	return name("output", uint8(o), "linear", "softmax", "sigmoid", "log-softmax", "argmax")
}

// String returns the activation's name in ONNX, or "None".
func (k ActivationKind) String() string {
	return name("activation", uint8(k), "None", "Relu", "Tanh", "Sigmoid", "Affine", "LeakyRelu",
		"ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu", "Softsign", "Softplus", "Softmax")
}

// String returns the number format's name: "f32", …
func (d DType) String() string { return name("dtype", uint8(d), "f32", "f16", "int8", "int4") }

// String returns the tokenizer's name: "bytes", "chars", …
func (k TokenizerKind) String() string {
	return name("tokenizer", uint8(k), "bytes", "chars", "jamo", "words")
}

func (k tensorKind) String() string {
	return name("tensor kind", uint8(k), "embedding table", "gates", "candidate", "bias", "h0", "c0", "head weight", "head bias",
		"embedding scale", "gates scale", "candidate scale", "input scale", "head scale",
		"peephole", "projection", "projection scale")
}
