package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A recurrent holds what the ops of all recurrent layers share.
type recurrent struct {
	layer
	units  int       // of the cell; h has the same size unless there is a projection
	h0, c0 []float32 // initial states; nil: zeros
}

// newRecurrent binds a direction of a recurrent layer. inputBounded says
// whether its inputs are within ±1.
func newRecurrent(set *kernels.Set, l *format.Layer, direction int, inputBounded bool) recurrent {
	w := &l.Directions[direction]
	inputScale, stateScale := w.InputScale, float32(0)
	if inputBounded {
		inputScale = kernels.UnitScale
	}
	within1 := stateBounded(l)
	if within1 {
		stateScale = kernels.UnitScale
	}
	r := recurrent{
		layer: layer{
			set:      set,
			input:    l.InputSize,
			output:   l.StateSize(),
			backward: l.Reverse || direction == 1,
			gates:    bindMatrix(set, &w.Gates, l.InputSize, inputScale, stateScale),
			bias:     w.Bias,
			within1:  within1,
			stored:   w,
		},
		units: l.HiddenSize,
		h0:    w.H0,
		c0:    w.C0,
	}
	if w.Candidate.Rows > 0 {
		r.then = bindMatrix(set, &w.Candidate, l.InputSize, inputScale, stateScale)
	}
	return r
}

// stateBounded reports whether the states of a recurrent layer are within ±1.
func stateBounded(l *format.Layer) bool {
	if l.Variant == format.VariantReLU || l.ProjectionSize > 0 {
		return false
	}
	for d := range l.Directions {
		if l.Directions[d].Activations != nil {
			return false
		}
	}
	return true
}

// A recurrentStep is a recurrent layer that a [kernels.Stream] steps.
type recurrentStep struct {
	streamStep
	op *recurrent
	c  []float32 // of an LSTM: [units], padded
}

// newStream returns a recurrent layer of one session. bind makes its stream
// from memory. c is the cell state of an LSTM, or nil.
func (r *recurrent) newStream(p ports, c []float32, bind func(m kernels.Memory) kernels.Stream) stepper {
	s := &recurrentStep{streamStep: streamStep{layerStep: r.newStep(p)}, op: r, c: c}
	hidden := kernels.Pad(r.output)
	s.stream = bind(kernels.Memory{
		X: s.inputs(), H: floats(hidden), Next: floats(hidden), Out: s.stepOut(), C: c, Bias: r.bias,
	})
	s.reset()
	return s
}

func (s *recurrentStep) bytes() int {
	return sizeOf(s) + s.streamStep.bytes() + 2*floatsBytes(len(s.stream.State())) + floatsBytes(len(s.c))
}

func (s *recurrentStep) reset() { s.op.resetStates(s.stream.State(), s.c) }

func (s *recurrentStep) state() (h, c []float32) { return s.outputs(), s.op.unitsOf(s.c) }

func (s *recurrentStep) carried(list [][]float32) [][]float32 {
	h, c := s.state()
	return appendState(list, h, c)
}

// unitsOf returns c without its padding.
func (r *recurrent) unitsOf(c []float32) []float32 {
	if c == nil {
		return nil
	}
	return c[:r.units]
}

// resetStates sets states and their padding to the initial states.
func (r *recurrent) resetStates(h, c []float32) {
	resetTo(h, r.h0)
	resetTo(c, r.c0)
}

func resetTo(state, initial []float32) {
	if initial == nil {
		clear(state)
		return
	}
	copy(state, initial)
}

func appendState(list [][]float32, h, c []float32) [][]float32 {
	if c == nil {
		return append(list, h)
	}
	return append(list, h, c)
}

// A separateStep holds what recurrent layers share that do not use a
// [kernels.Stream].
type separateStep struct {
	layerStep
	h, next []float32 // [state], padded; swapped after each step
	acc     []float32 // accumulators
}

func (r *recurrent) newSeparateStep(p ports) separateStep {
	hidden := kernels.Pad(r.output)
	return separateStep{layerStep: r.newStep(p), h: floats(hidden), next: floats(hidden), acc: floats(len(r.bias))}
}

func (s *separateStep) bytes() int {
	return s.layerStep.bytes() + 2*floatsBytes(len(s.h)) + floatsBytes(len(s.acc))
}

// turn makes next the state.
func (s *separateStep) turn() {
	s.h, s.next = s.next, s.h
	s.publish()
}

func (s *separateStep) outputs() []float32 { return s.h[:s.layer.output] }
func (s *separateStep) publish()           { copy(s.stepOut(), s.outputs()) }
