package format

import "fmt"

// The names of the values of each enumeration, in their order; there are no
// other values. Those of cells are in the table of ops.
var (
	taskNames      = [...]string{"regress", "classify", "tag", "language", "translate"}
	variantNames   = [...]string{"standard", "tanh", "relu", "reset after", "reset before"}
	poolNames      = [...]string{"none", "last", "max", "mean", "last output", "first", "attention"}
	outputNames    = [...]string{"linear", "softmax", "sigmoid", "log-softmax", "argmax"}
	dtypeNames     = [...]string{"f32", "f16", "int8", "int4"}
	tokenizerNames = [...]string{"bytes", "chars", "jamo", "words"}
	binaryNames    = [...]string{"add", "sub", "mul", "div", "max", "min"}
	padNames       = [...]string{"constant", "reflect", "edge", "wrap"}
	normNames      = [...]string{"layer", "instance", "RMS", "L2"}
	axisNames      = [...]string{"frames", "channels"}
)

// unknown names a value that an enumeration does not have.
func unknown(kind string, v uint8) string { return fmt.Sprintf("%s %d", kind, v) }

// name returns the name of an enumerated value, or its number.
func name(kind string, v uint8, names []string) string {
	if int(v) < len(names) {
		return names[v]
	}
	return unknown(kind, v)
}

func (t Task) known() bool          { return int(t) < len(taskNames) }
func (v Variant) known() bool       { return int(v) < len(variantNames) }
func (p Pool) known() bool          { return int(p) < len(poolNames) }
func (o Output) known() bool        { return int(o) < len(outputNames) }
func (d DType) known() bool         { return int(d) < len(dtypeNames) }
func (k TokenizerKind) known() bool { return int(k) < len(tokenizerNames) }

func (f BinaryFunction) known() bool { return int(f) < len(binaryNames) }
func (m PadMode) known() bool        { return int(m) < len(padNames) }
func (k NormKind) known() bool       { return int(k) < len(normNames) }
func (a Axis) known() bool           { return int(a) < len(axisNames) }

// String returns the function's name: "add", "sub", …
func (f BinaryFunction) String() string { return name("binary function", uint8(f), binaryNames[:]) }

// String returns the mode's name: "constant", "reflect", …
func (m PadMode) String() string { return name("pad", uint8(m), padNames[:]) }

// String returns the norm's name: "layer", "instance", …
func (k NormKind) String() string { return name("norm", uint8(k), normNames[:]) }

// String returns the axis's name: "frames" or "channels".
func (a Axis) String() string { return name("axis", uint8(a), axisNames[:]) }

// String returns the task's name: "regress", "classify", …
func (t Task) String() string { return name("task", uint8(t), taskNames[:]) }

// String returns the variant's name: "tanh", "reset after", …
func (v Variant) String() string { return name("variant", uint8(v), variantNames[:]) }

// String returns the pool's name: "none", "last", …
func (p Pool) String() string { return name("pool", uint8(p), poolNames[:]) }

// String returns the output's name: "linear", "softmax", …
func (o Output) String() string { return name("output", uint8(o), outputNames[:]) }

// String returns the number format's name: "f32", …
func (d DType) String() string { return name("dtype", uint8(d), dtypeNames[:]) }

// String returns the tokenizer's name: "bytes", "chars", …
func (k TokenizerKind) String() string { return name("tokenizer", uint8(k), tokenizerNames[:]) }
