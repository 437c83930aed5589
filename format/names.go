package format

import (
	"fmt"
	"strings"
)

// The names of the values of each enumeration, in their order; there are no
// other values. Those of cells are in the table of ops.
const (
	taskNames      names = "regress|classify|tag|language|translate"
	variantNames   names = "standard|tanh|relu|reset after|reset before"
	poolNames      names = "none|last|max|mean|last output|first|attention"
	outputNames    names = "linear|softmax|sigmoid|log-softmax|argmax"
	dtypeNames     names = "f32|f16|int8|int4"
	tokenizerNames names = "bytes|chars|jamo|words"
	binaryNames    names = "add|sub|mul|div|max|min"
	padNames       names = "constant|reflect|edge|wrap"
	normNames      names = "layer|instance|RMS|L2"
	axisNames      names = "frames|channels"
	windowNames    names = "none|hann|hamming|sqrt hann"
)

// unknown names a value that an enumeration does not have.
func unknown(kind string, v uint8) string { return fmt.Sprintf("%s %d", kind, v) }

// names are the names of an enumeration, between which there is a "|".
type names string

func (n names) len() int { return strings.Count(string(n), "|") + 1 }

// of returns the name of an enumerated value, or its number.
func (n names) of(kind string, v uint8) string {
	rest, more := string(n), true
	for i := uint8(0); more; i++ {
		var name string
		if name, rest, more = strings.Cut(rest, "|"); i == v {
			return name
		}
	}
	return unknown(kind, v)
}

func (t Task) known() bool          { return int(t) < taskNames.len() }
func (v Variant) known() bool       { return int(v) < variantNames.len() }
func (p Pool) known() bool          { return int(p) < poolNames.len() }
func (o Output) known() bool        { return int(o) < outputNames.len() }
func (d DType) known() bool         { return int(d) < dtypeNames.len() }
func (k TokenizerKind) known() bool { return int(k) < tokenizerNames.len() }

func (f BinaryFunction) known() bool { return int(f) < binaryNames.len() }
func (m PadMode) known() bool        { return int(m) < padNames.len() }
func (k NormKind) known() bool       { return int(k) < normNames.len() }
func (a Axis) known() bool           { return int(a) < axisNames.len() }
func (k WindowKind) known() bool     { return int(k) < windowNames.len() }

// String returns the function's name: "add", "sub", …
func (f BinaryFunction) String() string { return binaryNames.of("binary function", uint8(f)) }

// String returns the mode's name: "constant", "reflect", …
func (m PadMode) String() string { return padNames.of("pad", uint8(m)) }

// String returns the norm's name: "layer", "instance", …
func (k NormKind) String() string { return normNames.of("norm", uint8(k)) }

// String returns the axis's name: "frames" or "channels".
func (a Axis) String() string { return axisNames.of("axis", uint8(a)) }

// String returns the window's name: "hann", "hamming", …
func (k WindowKind) String() string { return windowNames.of("window", uint8(k)) }

// String returns the task's name: "regress", "classify", …
func (t Task) String() string { return taskNames.of("task", uint8(t)) }

// String returns the variant's name: "tanh", "reset after", …
func (v Variant) String() string { return variantNames.of("variant", uint8(v)) }

// String returns the pool's name: "none", "last", …
func (p Pool) String() string { return poolNames.of("pool", uint8(p)) }

// String returns the output's name: "linear", "softmax", …
func (o Output) String() string { return outputNames.of("output", uint8(o)) }

// String returns the number format's name: "f32", …
func (d DType) String() string { return dtypeNames.of("dtype", uint8(d)) }

// String returns the tokenizer's name: "bytes", "chars", …
func (k TokenizerKind) String() string { return tokenizerNames.of("tokenizer", uint8(k)) }
