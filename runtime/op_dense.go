package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A denseOp is a dense layer. It has no state, but snapshots hold its last
// outputs.
type denseOp struct {
	layer
	kind     format.ActivationKind
	activate activation
}

func newDenseOp(set *kernels.Set, l *format.Layer, inputBounded bool) layerOp {
	w := &l.Directions[0]
	var a format.Activation
	if w.Activations != nil {
		a = w.Activations[0]
	}
	scale := w.InputScale
	if inputBounded {
		scale = kernels.UnitScale
	}
	return &denseOp{
		layer: layer{
			set:    set,
			input:  l.InputSize,
			output: l.StateSize(),
			gates:  bindMatrix(set, &w.Gates, l.InputSize, scale, 0),
			bias:   w.Bias,
			stored: w,
		},
		kind:     a.Kind,
		activate: bindActivation(set, a),
	}
}

// newStepper leaves the activation to the kernels' stream if the kernels have
// it.
func (o *denseOp) newStepper(p ports) stepper {
	s := streamStep{layerStep: o.newStep(p)}
	m := kernels.Memory{X: s.inputs(), Next: floats(len(o.bias)), Bias: o.bias}
	bind := func(activation kernels.Activation) stepper {
		m.Out = s.stepOut()
		s.stream = o.gates.NewLinear(m, activation)
		return &denseStep{s, o.activate}
	}
	switch o.kind {
	case format.ActivationNone:
		return bind(kernels.ActivationIdentity)
	case format.ActivationTanh:
		return bind(kernels.ActivationTanh)
	case format.ActivationReLU:
		return bind(kernels.ActivationReLU)
	}
	s.stream = o.gates.NewLinear(m, kernels.ActivationIdentity)
	return &activatedStep{denseStep{s, o.activate}, floats(o.output)}
}

type denseStep struct {
	streamStep
	activate activation
}

func (s *denseStep) run(n int, scratch []float32) {
	s.runOutputs(s.outputs(), n, scratch)
	s.publish()
}

// runOutputs makes n steps, and copies the outputs of the last one to last. It
// computes the sums of many steps at once.
func (s *denseStep) runOutputs(last []float32, n int, scratch []float32) {
	ld, y := len(s.layer.bias), s.runOut()
	block := min(n, len(scratch)/ld)
	for first := 0; first < n; first += block {
		block = min(block, n-first)
		s.sums(scratch, s.in.run.from(first), block)
		for i := range block {
			s.activate.apply(y.row(first+i, len(last)), scratch[i*ld:][:len(last)])
		}
	}
	copy(last, y.row(n-1, len(last)))
}

func (s *denseStep) state() (h, c []float32)              { return nil, nil }
func (s *denseStep) reset()                               { clear(s.outputs()) }
func (s *denseStep) carried(list [][]float32) [][]float32 { return append(list, s.outputs()) }

func (s *denseStep) bytes() int {
	return sizeOf(s) + s.streamStep.bytes() + floatsBytes(len(s.layer.bias))
}

// An activatedStep is a dense layer with an activation that the kernels' streams
// lack.
type activatedStep struct {
	denseStep
	y []float32
}

func (s *activatedStep) step() {
	s.stream.Step()
	s.finish(s.stream.State())
}

func (s *activatedStep) advance(start []float32) { s.finish(start) }

func (s *activatedStep) finish(sums []float32) {
	s.activate.apply(s.y, sums[:s.layer.output])
	s.publish()
}

func (s *activatedStep) run(n int, scratch []float32) {
	s.runOutputs(s.y, n, scratch)
	s.publish()
}

func (s *activatedStep) outputs() []float32                   { return s.y }
func (s *activatedStep) reset()                               { clear(s.y) }
func (s *activatedStep) carried(list [][]float32) [][]float32 { return append(list, s.y) }
func (s *activatedStep) bytes() int {
	return sizeOf(s) + s.streamStep.bytes() + floatsBytes(len(s.layer.bias)) + floatsBytes(len(s.y))
}
func (s *activatedStep) publish() { copy(s.stepOut(), s.y) }
