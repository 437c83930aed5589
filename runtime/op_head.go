package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A headOp turns features into logits, and logits into outputs.
type headOp struct {
	set           *kernels.Set
	weight        matrix // nil: the features are the logits
	bias          []float32
	stored        *format.Dense
	logits        int
	outputs       int
	output        func(y, logits []float32) // the output function
	normalization *format.Normalization     // undone on outputs; nil: none
}

// needsNoHead reports whether a model's last layer writes the outputs itself. A
// pool does not, since a caller that changes the outputs must not change its
// state.
func needsNoHead(m *format.Model) bool {
	return m.Head == nil && m.Output == format.OutputLinear && !restoresOutputs(m) && !m.Skip && m.Pool == format.PoolNone
}

func restoresOutputs(m *format.Model) bool {
	return m.Normalization != nil && len(m.Normalization.OutputMean) > 0
}

// newHeadOp returns the head of a model. featuresBounded says whether its
// features are within ±1.
func newHeadOp(set *kernels.Set, m *format.Model, featuresBounded bool) op {
	o := &headOp{set: set, logits: m.LogitCount(), outputs: m.OutputSize(), output: outputFunction(set, m.Output)}
	o.normalization = m.Normalization
	if m.Head == nil {
		return &identityHeadOp{o}
	}
	scale := float32(0)
	if featuresBounded {
		scale = kernels.UnitScale
	}
	o.weight, o.bias, o.stored = bindMatrix(set, &m.Head.Weight, m.Head.InputSize, scale, 0), m.Head.Bias, m.Head
	return o
}

// outputFunction returns the function that computes a step's outputs from its
// logits.
func outputFunction(set *kernels.Set, f format.Output) func(y, logits []float32) {
	switch f {
	case format.OutputSoftmax:
		return set.Softmax
	case format.OutputSigmoid:
		return set.Sigmoid
	case format.OutputLogSoftmax:
		return set.LogSoftmax
	case format.OutputArgMax:
		return func(y, logits []float32) { y[0] = float32(kernels.ArgMax(logits)) }
	}
	return func(y, logits []float32) { copy(y, logits) }
}

func (o *headOp) accumulators() int { return len(o.bias) }
func (o *headOp) bounded() bool     { return false }

func (o *headOp) weightBytes() int {
	return matrixBytes(&o.stored.Weight, o.stored.Weight.Depth) + float32Bytes*len(o.bias)
}

// finish sets y to the outputs of logits.
func (o *headOp) finish(y, logits []float32) {
	o.output(y, logits)
	o.normalization.RestoreOutputs(y)
}

// newStepper returns the head of a session, which writes outputs and logits.
func (o *headOp) newStepper(p ports) stepper {
	s := &headStep{op: o, in: p.in[0], y: p.out[0], logits: p.out[1].step, product: o.weight.newProduct()}
	s.stream = o.weight.NewLinear(kernels.Memory{
		X: s.in.step, Next: s.logits[:cap(s.logits)], Bias: o.bias,
	}, kernels.ActivationIdentity)
	return s
}

type headStep struct {
	stateless
	op      *headOp
	in, y   *place
	logits  []float32 // of the last step
	stream  kernels.Stream
	product product
}

func (s *headStep) step() {
	s.stream.Step()
	s.op.finish(s.y.step, s.logits)
}

func (s *headStep) run(n int, scratch []float32) {
	ld, last := len(s.op.bias), []float32(nil)
	block := min(n, len(scratch)/ld)
	for first := 0; first < n; first += block {
		block = min(block, n-first)
		for i := range block {
			copy(scratch[i*ld:], s.op.bias)
		}
		s.product.addInputs(scratch, ld, s.in.run.from(first), block)
		for i := range block {
			last = scratch[i*ld:][:len(s.logits)]
			s.op.finish(s.y.run.row(first+i, s.op.outputs), last)
		}
	}
	copy(s.logits, last)
}

func (s *headStep) bytes() int { return sizeOf(s) + s.stream.Bytes() + s.product.bytes() }

// An identityHeadOp is a head without weights.
type identityHeadOp struct{ *headOp }

func (o *identityHeadOp) weightBytes() int { return 0 }

func (o *identityHeadOp) newStepper(p ports) stepper {
	return &identityHeadStep{op: o.headOp, in: p.in[0], y: p.out[0], logits: p.out[1].step}
}

type identityHeadStep struct {
	stateless
	op     *headOp
	in, y  *place
	logits []float32
}

func (s *identityHeadStep) step() {
	copy(s.logits, s.in.step)
	s.op.finish(s.y.step, s.logits)
}

func (s *identityHeadStep) run(n int, _ []float32) {
	for i := range n {
		copy(s.logits, s.in.run.row(i, len(s.logits)))
		s.op.finish(s.y.run.row(i, s.op.outputs), s.logits)
	}
}

func (s *identityHeadStep) bytes() int { return sizeOf(s) }
