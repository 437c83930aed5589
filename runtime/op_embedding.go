package runtime

import (
	"sync/atomic"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/padding"
	"github.com/rnnrun/rnnrun/kernels"
)

// An embeddingOp turns tokens into the inputs of the first layer.
type embeddingOp struct {
	weightless
	table *format.Embedding
	set   *kernels.Set
	// row returns a token's row, in the table or in dst.
	row func(dst []float32, token int32) []float32
}

func newEmbeddingOp(set *kernels.Set, e *format.Embedding) *embeddingOp {
	o := &embeddingOp{table: e, set: set}
	switch e.DType {
	case format.DTypeF16:
		o.row = o.half
	case format.DTypeInt8:
		o.row = o.dequantized
	default:
		o.row = func(_ []float32, token int32) []float32 { return e.Table[int(token)*e.Size:][:e.Size] }
	}
	return o
}

func (o *embeddingOp) half(dst []float32, token int32) []float32 {
	o.set.Widen(dst, o.table.Half[int(token)*o.table.Size:][:o.table.Size])
	return dst
}

func (o *embeddingOp) dequantized(dst []float32, token int32) []float32 {
	q, scale := o.quantized(token)
	for k := range dst {
		dst[k] = float32(q[k]) * scale
	}
	return dst
}

// quantized returns a token's row of an int8 table and its scale.
func (o *embeddingOp) quantized(token int32) ([]int8, float32) {
	width := padding.UpToQuad(o.table.Size)
	return o.table.Int8[int(token)*width:][:width], o.table.Scale[token]
}

func (o *embeddingOp) weightBytes() int {
	n := o.table.Size * weightBytes(o.table.DType)
	if o.table.DType == format.DTypeInt8 {
		n += float32Bytes
	}
	return n
}

func (o *embeddingOp) newStepper(p ports) stepper {
	return &embeddingStep{op: o, in: p.in[0], out: p.out[0]}
}

type embeddingStep struct {
	stateless
	op      *embeddingOp
	in, out *place
}

func (s *embeddingStep) step() { s.write(s.out.step, s.in.tokens) }

func (s *embeddingStep) run(n int, _ []float32) {
	width := len(s.out.step)
	for i := range n {
		s.write(s.out.run.row(i, width), s.in.tokens[i*width/s.op.table.Size:])
	}
}

// write sets the frames of dst to the rows of the first tokens.
func (s *embeddingStep) write(dst []float32, tokens []int32) {
	for i := 0; i*s.op.table.Size < len(dst); i++ {
		row := dst[i*s.op.table.Size:][:s.op.table.Size]
		copy(row, s.op.row(row, tokens[i]))
	}
}

func (s *embeddingStep) bytes() int { return sizeOf(s) }

// The first layer's input product of a token is the same at every step, so it
// is computed once and kept: a step then starts from a row of this folded table
// instead of the bias. The bits are the same, since a row's sum is the same
// chain of operations.
//
// Folding pays if the folded table is small, since the table takes memory in
// addition to the embedding. It is used if the table has at most foldLimit
// numbers over all directions of the first layer.
const foldLimit = 1 << 20 / 4 // 1 MiB

type folding uint8

const (
	foldWhereItPays folding = iota
	foldAlways
	foldNever
)

func (f folding) pays(tokens int, directions []layerOp) bool {
	if f != foldWhereItPays {
		return f == foldAlways
	}
	row := 0
	for _, o := range directions {
		row += len(o.shared().bias)
	}
	return row <= foldLimit/tokens
}

// embedded returns the ops of a first layer that reads tokens itself: if the
// input products are kept, or if the weights are int8, whose product can read a
// row of an int8 table directly. Otherwise it returns nil.
func embedded(e *embeddingOp, directions []layerOp, f folding) (ops []layerOp) {
	fold := f.pays(e.table.Tokens, directions)
	for _, o := range directions {
		_, int8 := o.shared().gates.(*int8Matrix)
		if !fold && !int8 {
			return nil
		}
		ops = append(ops, newEmbeddedOp(e, o, fold))
	}
	if !fold {
		ops[0].(*embeddedOp).rowBytes = e.weightBytes() // directions share the row
	}
	return ops
}

// An embeddedOp is a direction of the first layer that reads tokens itself. It
// looks up the accumulators after the input product by token. If they are kept,
// the first step that needs a row fills it, so loading a model costs nothing, and
// only tokens that occur take memory.
type embeddedOp struct {
	layerOp
	embedding *embeddingOp
	rows      []float32 // [Tokens][len(bias)]; nil: not kept
	state     []atomic.Uint32
	rowBytes  int // bytes of the embedding that a step reads
}

// The states of a row.
const (
	rowEmpty = iota
	rowBeingFilled
	rowReady
)

func newEmbeddedOp(e *embeddingOp, o layerOp, fold bool) layerOp {
	t := &embeddedOp{layerOp: o, embedding: e}
	if fold {
		t.rows = floats(e.table.Tokens * len(o.shared().bias))
		t.state = make([]atomic.Uint32, e.table.Tokens)
	}
	return t
}

func (o *embeddedOp) weightBytes() int {
	l := o.shared()
	if o.rows == nil {
		return o.layerOp.weightBytes() + o.rowBytes
	}
	return l.bytes(l.stored.Gates.Depth - l.input)
}

func (o *embeddedOp) newStepper(p ports) stepper {
	l := o.shared()
	s := &embeddedStep{
		layerStepper: o.layerOp.newStepper(p).(layerStepper),
		op:           o,
		inputs:       l.newStep(p),
		acc:          floats(len(l.bias)),
		x:            floats(l.input),
	}
	s.compute = s.sumRow
	if _, int8 := l.gates.(*int8Matrix); int8 && o.embedding.table.DType == format.DTypeInt8 {
		s.compute = s.sumQuantized
	}
	return s
}

type embeddedStep struct {
	layerStepper
	op      *embeddedOp
	inputs  layerStep
	compute func(token int32) // sets acc
	acc     []float32
	x       []float32 // a row
}

func (s *embeddedStep) step() { s.advance(s.sums(s.inputs.in.tokens[0])) }

func (s *embeddedStep) run(n int, _ []float32) {
	y := s.inputs.runOut()
	for k := range n {
		i := k
		if s.inputs.layer.backward {
			i = n - 1 - k
		}
		s.advance(s.sums(s.inputs.in.tokens[i]))
		copy(y.row(i, s.inputs.layer.output), s.outputs())
	}
}

func (s *embeddedStep) bytes() int {
	return sizeOf(s) + s.layerStepper.bytes() + s.inputs.bytes() + floatsBytes(len(s.acc)) + floatsBytes(len(s.x))
}

// sums returns the accumulators of a token. No session ever waits for another:
// while one fills the row, the others compute it for themselves.
func (s *embeddedStep) sums(token int32) []float32 {
	if s.op.rows == nil {
		s.compute(token)
		return s.acc
	}
	row := s.op.rows[int(token)*len(s.acc):][:len(s.acc)]
	state := &s.op.state[token]
	if state.Load() == rowReady {
		return row
	}
	s.compute(token)
	if state.CompareAndSwap(rowEmpty, rowBeingFilled) {
		copy(row, s.acc)
		state.Store(rowReady)
	}
	return s.acc
}

func (s *embeddedStep) sumRow(token int32) {
	s.inputs.sums(s.acc, rows{s.op.embedding.row(s.x, token), len(s.x)}, 1)
}

// sumQuantized uses a row of an int8 table directly as the quantized input.
func (s *embeddedStep) sumQuantized(token int32) {
	copy(s.acc, s.inputs.layer.bias)
	q, scale := s.op.embedding.quantized(token)
	for _, p := range s.inputs.products {
		p.product.(*int8Product).addQuantized(s.acc[p.at:], q, scale)
	}
}
