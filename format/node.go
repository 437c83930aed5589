package format

import (
	"encoding/binary"
	"fmt"
	"math"
)

// An Op is what a node computes. Each kind is a type of this package, with a file
// of its own, node_NAME.go: *[Layer], *[Embedding], *[Conv], *[Depthwise], *[Window], *[Pad],
// *[FramePool], *[SequencePool], *[Norm], *[Binary], *[Concat], *[Slice],
// *[Reshape], *[Transpose], *[Repeat], *[Map], *[PReLU], *[Constant], *[MatMul],
// *[OverlapAdd], *[RFFT], *[IRFFT], *[RNNoiseAnalysis] and *[RNNoiseSynthesis].
type Op interface {
	// gives returns the value that the op computes from those that it reads. The error says what they should be.
	gives(in []Value) (Value, error)

	// code returns the kind of the op.
	code() opCode
	// appendNode appends the op's record, and readNode reads one.
	appendNode(b []byte) []byte
	readNode(r *record)
	// checkNode says what is wrong with what the record holds, apart from the
	// shapes that gives checks; nil: nothing.
	checkNode() *Error
}

// opCode is the number of a kind of op in a file.
type opCode uint16

const (
	codeLayer opCode = iota
	codeEmbedding
	codeConv
	codeDepthwise
	codeWindow
	codePad
	codeFramePool
	codeSequencePool
	codeNorm
	codeBinary
	codeConcat
	codeSlice
	codeReshape
	codeTranspose
	codeRepeat
	codeMap
	codePReLU
	codeConstant
	codeMatMul
	codeOverlapAdd
	codeRFFT
	codeIRFFT
	codeRNNoiseAnalysis
	codeRNNoiseSynthesis
)

// opKinds are the kinds of ops by their codes: the name of each, the size of its
// record in bytes, a multiple of 4, and a new op.
var opKinds = [...]struct {
	name string
	size int
	make func() Op
}{
	codeLayer:        {"layer", layerSize + cellSize, func() Op { return new(Layer) }},
	codeEmbedding:    {"embedding", 8, func() Op { return new(Embedding) }},
	codeConv:         {"conv", 20, func() Op { return new(Conv) }},
	codeDepthwise:    {"depthwise", 16, func() Op { return new(Depthwise) }},
	codeWindow:       {"window", 8, func() Op { return new(Window) }},
	codePad:          {"pad", 16, func() Op { return new(Pad) }},
	codeFramePool:    {"frame pool", 12, func() Op { return new(FramePool) }},
	codeSequencePool: {"sequence pool", 4, func() Op { return new(SequencePool) }},
	codeNorm:         {"norm", 12, func() Op { return new(Norm) }},
	codeBinary:       {"binary", 4, func() Op { return new(Binary) }},
	codeConcat:       {"concat", 4, func() Op { return new(Concat) }},
	codeSlice:        {"slice", 16, func() Op { return new(Slice) }},
	codeReshape:      {"reshape", 8, func() Op { return new(Reshape) }},
	codeTranspose:    {"transpose", 0, func() Op { return new(Transpose) }},
	codeRepeat:       {"repeat", 0, func() Op { return new(Repeat) }},
	codeMap:          {"map", activationSize, func() Op { return new(Map) }},
	codePReLU:        {"prelu", 4, func() Op { return new(PReLU) }},
	codeConstant:     {"constant", 8, func() Op { return new(Constant) }},
	codeMatMul:       {"matmul", 4, func() Op { return new(MatMul) }},
	codeOverlapAdd:   {"overlap-add", 16, func() Op { return new(OverlapAdd) }},
	codeRFFT:         {"rfft", 16, func() Op { return new(RFFT) }},
	codeIRFFT:        {"irfft", 12, func() Op { return new(IRFFT) }},

	codeRNNoiseAnalysis:  {"rnnoise analysis", 0, func() Op { return new(RNNoiseAnalysis) }},
	codeRNNoiseSynthesis: {"rnnoise synthesis", 0, func() Op { return new(RNNoiseSynthesis) }},
}

// Kind returns the name of the kind of the node's op: "layer", "conv", …
func (n *Node) Kind() string { return opKinds[n.Op.code()].name }

// Convertible reports whether the node has weights that may be in other number
// formats than [DTypeF32].
func (n *Node) Convertible() bool {
	op, ok := n.Op.(weighted)
	found := false
	if ok {
		op.nodeArrays(0, func(t tensor) bool {
			found = t.at.dtype() != nil && t.rows > 0
			return !found
		})
	}
	return found
}

// A weighted op has weights.
type weighted interface {
	// nodeArrays yields the arrays of node i, in the order of the file.
	nodeArrays(i int, yield func(tensor) bool) bool
	// parameters returns the number of trainable numbers, without padding.
	parameters() int
	// converted returns the op with its weights in that number format. It is the
	// same op if nothing changes.
	converted(dtype DType) Op
}

// A scaled op can have a scale of its inputs.
type scaled interface {
	// checkWeights says which weights the op should not have. bounded says that its inputs are within ±1.
	checkWeights(bounded bool) *Error
}

// uncalibrated says what is wrong with the scale of a node's inputs.
const uncalibrated = "an input scale, which only int8 weights have whose inputs are not known to be within ±1"

// A bounder gives numbers within ±1, always or if it reads such numbers.
type bounder interface {
	bounded(in bool) bool
}

// A looker may read steps that follow.
type looker interface {
	looksAhead() bool
}

// A record is the record of an op while it is read.
type record struct {
	b   []byte
	err *Error // the first
}

func (r *record) refuse(err error, at int, format string, args ...any) {
	if r.err == nil {
		r.err = unfit(err, int64(at), format, args...)
	}
}

// u32 returns the number at that byte.
func (r *record) u32(at int) uint32 { return binary.LittleEndian.Uint32(r.b[at:]) }

// f32 does the same for a float.
func (r *record) f32(at int) float32 { return math.Float32frombits(r.u32(at)) }

// size does the same for a size.
func (r *record) size(at int) int {
	v := r.u32(at)
	if v > MaxSize {
		r.refuse(ErrInvalid, at, "a size of %d, want at most %d", v, MaxSize)
		v = MaxSize
	}
	return int(v)
}

// flag reads a byte that is 0 or 1, and three reserved ones.
func (r *record) flag() bool {
	v := r.enum()
	if v > 1 {
		r.refuse(ErrUnsupported, 0, "the unknown flag %d", v)
	}
	return v == 1
}

// enum reads a byte, and three reserved ones.
func (r *record) enum() uint8 {
	r.reserved(1, 4)
	return r.b[0]
}

// reserved refuses bytes that are not zero.
func (r *record) reserved(from, to int) {
	if !allZero(r.b[from:to]) {
		r.refuse(ErrCorrupt, from, "reserved bytes that are not zero")
	}
}

// appendSizes appends sizes to a record.
func appendSizes(b []byte, sizes ...int) []byte {
	for _, v := range sizes {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

// appendEnum appends a byte and three reserved ones.
func appendEnum(b []byte, v uint8) []byte { return append(b, v, 0, 0, 0) }

// appendFlag does the same for a byte that is 0 or 1.
func appendFlag(b []byte, v bool) []byte {
	if v {
		return appendEnum(b, 1)
	}
	return appendEnum(b, 0)
}

// offset returns where in the section node i starts.
func (g *Graph) offset(i int) int64 {
	at := int64(graphHeader + graphInput*len(g.Inputs) + 4*len(g.Outputs))
	for k := range g.Nodes[:i] {
		at += int64(g.Nodes[k].size())
	}
	return at
}

// size returns how many bytes the node takes in the section.
func (n *Node) size() int {
	if n.Op == nil {
		return nodeHeader + 4*len(n.Inputs)
	}
	return nodeHeader + 4*len(n.Inputs) + opKinds[n.Op.code()].size
}

// who names node i in messages.
func (g *Graph) who(i int) string { return fmt.Sprintf("node %d (%s) ", i, g.Nodes[i].Kind()) }
