package runtime

import (
	"runtime"

	"github.com/rnnrun/rnnrun/kernels"
)

// A Session is one stream through a model. It holds the state and the memory that
// its calls need. Two goroutines must not use it at once.
//
// Slices that its methods return are valid until the next call. Inputs may be NaN
// or infinite: see the package comment.
type Session struct {
	model   *Model
	below   []stepper // of the plan
	above   []stepper
	later   [][]stepper
	places  []place // of the plan's values
	x, y    []float32
	logits  []float32
	steps   uint64 // since the start
	several bool   // whether there are several outputs
	passed  uint64 // the same for ops that need the whole sequence

	sequence sequence
	states   [][]float32 // what is carried
	text     text
}

// NewSession returns a session at the start of a stream.
func (m *Model) NewSession() *Session {
	p := m.plan
	s := &Session{model: m, places: make([]place, len(p.values))}
	s.placeSteps()
	s.connectPorts()
	s.logits = s.places[p.logits].step
	s.below = newSteppers(p.below, s.places, &s.steps)
	s.above = newSteppers(p.above, s.places, &s.steps)
	for _, list := range p.later {
		s.later = append(s.later, newSteppers(list, s.places, &s.passed))
	}
	s.states = make([][]float32, 0, 2*len(s.below)) // h and c, or a sum and what it lost
	return s
}

// placeSteps allocates each value's place of a step.
func (s *Session) placeSteps() {
	p := s.model.plan
	shared := make([][]float32, p.slots)
	for slot, width := range p.widths() {
		shared[slot] = floats(room(width))
	}
	for i, v := range p.values {
		switch {
		case v.slot == own:
			s.places[i].step = floats(room(v.width))[:v.width]
		case v.stride == 0:
			s.places[i].step = shared[v.slot][:v.width]
		}
		if v.tokens > 0 {
			s.places[i].tokens = make([]int32, v.tokens)
		}
	}
}

// room returns how many numbers to allocate for a step of a value: the second
// of two directions may be padded.
func room(width int) int { return kernels.Pad(width) + kernels.Lanes }

// Model returns the session's model.
func (s *Session) Model() *Model { return s.model }

// Reset goes back to the start of a stream: to the model's initial states.
func (s *Session) Reset() {
	for _, n := range s.below {
		n.reset()
	}
	for _, list := range s.later {
		for _, n := range list {
			n.reset()
		}
	}
	s.steps = 0
	runtime.KeepAlive(s)
}

// StepCount returns how many steps the session has read since the start.
func (s *Session) StepCount() uint64 { return s.steps }

// LayerCount returns the number of layers that [Session.State] accepts: those
// below a pool. For a graph, these are the nodes that are layers, in their order,
// without dense layers of several frames.
func (m *Model) LayerCount() int { return len(m.plan.layers) }

// State returns the state of a layer in a direction (0: forward or the only one,
// 1: the reverse direction of a bidirectional layer): h [state size], and c
// [hidden size] if it is an LSTM. It returns nil for a layer or a direction that
// the model does not have, and for a layer without a state: a dense layer, or
// any layer above a pool.
//
// The slices are views of the session's memory, valid until the next call: write
// to them to continue from another state. On a bidirectional model, write to
// them after [Session.Reset] to start from another state.
func (s *Session) State(layer, direction int) (h, c []float32) {
	layers := s.model.plan.layers
	if layer < 0 || layer >= len(layers) || direction < 0 || direction >= len(layers[layer]) {
		return nil, nil
	}
	return s.below[layers[layer][direction]].(layerStepper).state()
}

// Logits returns the logits of the last call's last step, before the model's
// output function: [O]. It is nil at the start.
func (s *Session) Logits() []float32 {
	if s.steps == 0 {
		return nil
	}
	return s.logits
}

// carried returns views of everything that the session carries from step to
// step.
func (s *Session) carried() [][]float32 {
	s.states = s.states[:0]
	for _, n := range s.below {
		s.states = n.carried(s.states)
	}
	return s.states
}

// copyState copies the state of another session of the same model.
func (s *Session) copyState(from *Session) {
	s.steps = from.steps
	to := s.carried()
	for i, state := range from.carried() {
		copy(to[i], state)
	}
}

// answer computes the outputs again after the memory of carried was changed.
func (s *Session) answer() {
	for _, n := range s.below {
		n.publish()
	}
	for _, n := range s.above {
		n.step()
	}
	if s.several {
		s.gather()
	}
}
