package runtime

import "github.com/rnnrun/rnnrun/format"

// Inputs returns the inputs of the model in their order. A stack of layers has
// one, named "input". The slice is read-only.
func (m *Model) Inputs() []format.Input { return m.inputs }

func inputsOf(d *format.Model) []format.Input {
	switch {
	case d.Graph != nil:
		return d.Graph.Inputs
	case d.Embedding != nil:
		return []format.Input{{Name: "input", Frames: 1, Channels: 1, Tokens: d.Embedding.Tokens}}
	}
	return []format.Input{{Name: "input", Frames: 1, Channels: d.InputSize}}
}

// An Output is an output of a model.
type Output struct {
	Name             string
	Frames, Channels int
	Sequence         bool // one for the whole sequence, not one for each step
}

// Outputs returns the outputs of the model in their order. A stack of layers has
// one, named "output". The slice is read-only.
func (m *Model) Outputs() []Output { return m.outputs }

func outputsOf(d *format.Model, p *plan) []Output {
	size := d.OutputSize()
	if d.Graph == nil {
		return []Output{{"output", 1, size, !p.each[0]}}
	}
	values, _ := d.Graph.Values()
	list := make([]Output, len(p.results))
	for i, out := range d.Graph.Outputs {
		v := values[out.Value]
		if len(list) == 1 && v.Size() != size { // the model's output function returns fewer
			v.Frames, v.Channels = 1, size
		}
		list[i] = Output{out.Name, v.Frames, v.Channels, !p.each[i]}
	}
	return list
}

// Input returns the memory of an input, [frames][channels], to write the
// numbers to that the next [Session.Advance] reads. It returns nil if the model
// has no such input, or if the input reads tokens.
func (s *Session) Input(name string) []float32 {
	if p := s.input(name); p != nil && p.tokens == nil {
		return p.step
	}
	return nil
}

// InputTokens is [Session.Input] for an input that reads tokens: [frames].
func (s *Session) InputTokens(name string) []int32 {
	if p := s.input(name); p != nil && p.tokens != nil {
		return p.tokens[:s.model.plan.values[s.model.plan.ports[s.port(name)]].tokens]
	}
	return nil
}

func (s *Session) input(name string) *place {
	if i := s.port(name); i >= 0 {
		return &s.places[s.model.plan.ports[i]]
	}
	return nil
}

// port returns the index of an input, or -1 if there is none.
func (s *Session) port(name string) int {
	for i, in := range s.model.inputs {
		if in.Name == name {
			return i
		}
	}
	return -1
}

// Advance reads one step from the inputs, and sets the outputs: see
// [Session.Input] and [Session.Output]. It allocates nothing. The error is
// [ErrClosed], [ErrBidirectional] or a [*TokenRangeError].
func (s *Session) Advance() error {
	m := s.model
	switch {
	case m.closed.Load():
		return ErrClosed
	case !m.streaming:
		return ErrBidirectional
	}
	for i, v := range m.plan.ports {
		limit := m.inputs[i].Tokens
		for _, token := range s.places[v].tokens[:m.plan.values[v].tokens] {
			if token < 0 || int(token) >= limit {
				return &TokenRangeError{Token: token, Tokens: limit}
			}
		}
	}
	s.step()
	return nil
}

// Output returns an output of the last call's last step: [frames][channels]. It
// is nil if the model has no such output. If a model has outputs for each step
// and for the sequence, the latter are available only here after [Session.Run].
func (s *Session) Output(name string) []float32 {
	for i, out := range s.model.outputs {
		if out.Name == name {
			return s.places[s.model.plan.results[i]].step
		}
	}
	return nil
}

// connectPorts sets x to all inputs, side by side, and y to all outputs.
func (s *Session) connectPorts() {
	p := s.model.plan
	s.x, s.y = s.places[p.input].step, s.places[p.output].step
	if len(p.ports) > 1 {
		s.x = floats(s.model.numberWidth)
		rest := s.x
		for _, v := range p.ports {
			n := p.values[v].width
			s.places[v].step, rest = rest[:n:n], rest[n:]
		}
	}
	if s.several = len(p.results) > 1; s.several {
		s.y = floats(s.model.outputSize)
	}
}

// gather puts several outputs side by side.
func (s *Session) gather() {
	y := s.y
	for _, v := range s.model.plan.results {
		y = y[copy(y, s.places[v].step):]
	}
}

// growPorts makes room for a block of steps: for tokens, and for each input or
// output if there are several.
func (s *Session) growPorts(block int) {
	p := s.model.plan
	for v := range s.places {
		at := &s.places[v]
		if n := p.alone(v, block); n > len(at.run.data) {
			at.run = rows{floats(n), p.values[v].width}
		}
		if n := p.tokens(v, block); n > len(at.tokens) {
			at.tokens = make([]int32, n)
		}
	}
}

// readBlock sets the inputs to a block of steps, from step first on.
func (s *Session) readBlock(xs []float32, tokens []int32, first, block int) {
	p := s.model.plan
	if in := &s.places[p.input]; len(p.ports) == 1 {
		in.run = rows{xs[min(first*len(in.step), len(xs)):], len(in.step)}
		copy(in.tokens, tokens[min(first*p.values[p.input].tokens, len(tokens)):])
		return
	}
	number, token := 0, 0 // where the input begins in a step
	for _, v := range p.ports {
		width, ids := p.values[v].width, p.values[v].tokens
		for i := range block {
			if ids > 0 {
				copy(s.places[v].tokens[i*ids:][:ids], tokens[(first+i)*s.model.tokenWidth+token:])
			} else {
				copy(s.places[v].run.row(i, width), xs[(first+i)*s.model.numberWidth+number:])
			}
		}
		number, token = number+width, token+ids
	}
}

// writeBlock makes a block of steps, from step first on, write to the outputs
// of the sequence.
func (s *Session) writeBlock(first int) {
	p := s.model.plan
	if out := &s.places[p.output]; len(p.results) == 1 && p.each[0] {
		out.run = rows{s.sequence.y[first*len(out.step):], len(out.step)}
	}
}

// gatherBlock puts a block of several outputs side by side.
func (s *Session) gatherBlock(first, block int) {
	p := s.model.plan
	if len(p.results) == 1 {
		return
	}
	width, at := s.model.eachSize, 0
	for i, v := range p.results {
		if !p.each[i] {
			continue
		}
		from := &s.places[v]
		for k := range block {
			copy(s.sequence.y[(first+k)*width+at:], from.run.row(k, len(from.step)))
		}
		copy(from.step, from.run.row(block-1, len(from.step)))
		at += len(from.step)
	}
}

// runLater runs the ops that need the whole sequence, after its n steps were
// read.
func (s *Session) runLater(n int) {
	for phase, list := range s.later {
		if phase%2 == 0 {
			s.passed = 0
		}
		for _, node := range list {
			if phase%2 == 0 {
				node.run(n, s.sequence.scratch)
			} else {
				node.step()
			}
		}
		s.passed = uint64(n)
	}
}
