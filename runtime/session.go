package runtime

import (
	"runtime"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A Session is one stream through a model: its state, and the memory that its
// calls need. It must not be used by two goroutines at once.
//
// Slices that its methods return are valid until the next call.
type Session struct {
	model  *Model
	layers []layer     // those that read every step
	above  []direction // the dense layers above a pool
	first  *direction  // of the first layer
	// stepInputs is the length of a step's inputs; -1: the model takes none, or
	// adds them to its outputs.
	stepInputs int
	plain      bool // whether the last layer writes the outputs itself
	head       *head
	pool       pool
	embedding  *embedding // nil: the model reads numbers
	mean       []float32  // of the inputs' normalization; nil: none
	scale      []float32
	x          []float32 // a step's inputs, normalized or a token's
	streaming  bool      // whether no layer reads backward
	skip       bool      // whether inputs are added to outputs

	steps     uint64          // since the start
	last      []float32       // the last layer's states, where it has two directions
	stream    *kernels.Stream // the head's
	quantized quantizer       // the head's
	sums      []float32       // the head's accumulators of a step
	y         []float32       // outputs of a step
	logits    []float32       // of the last step

	sequence sequence
	text     text
}

// NewSession returns a session at the start of a stream. That of a model that
// translates has no layers, and its calls give [ErrTranslates].
func (m *Model) NewSession() *Session {
	if m.pair != nil {
		return &Session{model: m, stepInputs: -1}
	}
	d := m.description
	s := &Session{
		model:     m,
		head:      m.head,
		embedding: m.embedding,
		streaming: m.Streamable(),
		skip:      d.Skip,
		quantized: m.head.newQuantizer(),
		sums:      floats(m.head.stride()),
		plain:     m.head.plain && d.Pool == format.PoolNone && m.Streamable(),
		y:         floats(kernels.Pad(m.outputSize))[:m.outputSize],
	}
	if n := d.Normalization; n != nil && len(n.Mean) > 0 {
		s.mean, s.scale, s.x = n.Mean, n.Scale, floats(d.InputSize)
	}
	if s.embedding != nil {
		s.x = floats(d.InputSize)
	}
	s.stream = m.head.newStream(s.sums)
	below := len(m.layers)
	if d.Pool != format.PoolNone {
		below = d.LastRecurrent() + 1
	}
	for _, directions := range m.layers[:below] {
		var l layer
		for _, w := range directions {
			l = append(l, newDirection(w, s.out(len(s.layers))))
		}
		s.layers = append(s.layers, l)
	}
	for _, directions := range m.layers[below:] {
		s.above = append(s.above, newDirection(directions[0], nil))
	}
	s.first, s.stepInputs = &s.layers[0][0], d.InputSize
	if !s.streaming || s.embedding != nil || s.skip {
		s.stepInputs = -1
	}
	s.pool = newPool(d.Pool, s.top().width())
	if top := s.top(); len(top) == 2 {
		s.last = floats(top.width())
	}
	s.plain = s.plain && s.top()[0].writesOut()
	s.Reset()
	return s
}

// out returns where a layer writes its states besides: the last one, where
// those are the outputs, to y. That is a copy, so that who changes outputs does
// not change the state.
func (s *Session) out(layer int) []float32 {
	if !s.plain || layer < len(s.model.layers)-1 {
		return nil
	}
	return s.y[:cap(s.y)]
}

// Model returns the session's model.
func (s *Session) Model() *Model { return s.model }

// Reset goes back to the start of a stream: to the model's initial states.
func (s *Session) Reset() {
	for _, l := range s.layers {
		for i := range l {
			l[i].reset()
		}
	}
	s.steps, s.logits = 0, nil
	runtime.KeepAlive(s)
}

// StepCount returns how many steps the session has read since the start.
func (s *Session) StepCount() uint64 { return s.steps }

// State returns the state of a layer's direction (0: the first, 1: the reverse
// one of two): h [state size], and of an LSTM c [hidden size]; of a dense layer
// nothing. They are views of the session's
// memory, valid until the next call: write to them to go on from another state,
// or, on a bidirectional model after [Session.Reset], to start from it.
func (s *Session) State(layer, direction int) (h, c []float32) {
	if layer >= len(s.layers) || s.layers[layer][0].cell == dense {
		return nil, nil
	}
	d := &s.layers[layer][direction]
	if d.c != nil {
		c = d.c[:d.units]
	}
	return d.h[:d.hidden], c
}

// Logits returns what the last call computed for its last step before the
// model's output function was applied: [O]. It is nil at the start.
func (s *Session) Logits() []float32 { return s.logits }

func (s *Session) top() layer { return s.layers[len(s.layers)-1] }

// lastFeatures returns the states of the last layer's directions below a pool,
// side by side.
func (s *Session) lastFeatures() []float32 {
	top := s.top()
	if len(top) == 1 {
		return top[0].h[:top[0].hidden]
	}
	for i := range top {
		copy(s.last[i*top[i].hidden:], top[i].h[:top[i].hidden])
	}
	return s.last
}

// answer sets the outputs of a step, or of a sequence, from its features.
func (s *Session) answer(last []float32) []float32 {
	if s.pool.reduced != nil {
		last = s.pool.features(last, s.steps)
	}
	for i := range s.above {
		d := &s.above[i]
		d.step(last)
		last = d.h[:d.hidden]
	}
	reverse := s.steps%2 == 1
	if s.stream != nil {
		s.stream.Step(nil, last, reverse)
	} else {
		s.head.step(s.sums, last, &s.quantized, reverse)
	}
	s.logits = s.sums[:s.head.logits]
	s.head.finish(s.y, s.logits)
	return s.y
}
