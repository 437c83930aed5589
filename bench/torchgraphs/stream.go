package main

import (
	"fmt"
	"slices"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A stream is a session of rnnrun that reads call after call.
type stream struct {
	example *example
	model   *rnn.Model
	session *rnn.Session
}

// A port is an input of the model, and what it reads of a call.
type port struct {
	shape    []int
	time     int
	xs       []float32
	tokens   []int64
	step     int  // numbers of a step
	repeated bool // each step reads the same
}

// ports returns what each input of the model reads, and how many steps these are. An
// input that is a state of the network reads what the call before gave.
func (s *stream) ports(q sequence) (list []port, steps int, err error) {
	steps = -1
	for _, in := range s.model.Inputs() {
		p := port{step: in.Frames * in.Channels, time: -1}
		for k, from := range s.example.Inputs {
			if from.Name == in.Name || len(s.model.Inputs()) == 1 {
				p.shape, p.time, p.xs, p.tokens = q.shapes[k], from.Time, q.numbers[k], q.tokens[k]
				p.repeated = from.Time < 0 && s.example.timed()
			}
		}
		for _, state := range s.example.States {
			if state.In == in.Name {
				p.shape, p.xs = state.Shape, s.session.Output(state.Out)
				if s.session.StepCount() == 0 {
					p.xs = make([]float32, length(state.Shape))
				}
				p.xs = slices.Clone(p.xs)
			}
		}
		n := length(p.shape)
		if p.repeated && n == p.step {
			list = append(list, p)
			continue
		}
		if p.shape == nil || n%p.step != 0 || steps >= 0 && n/p.step != steps {
			return nil, 0, fmt.Errorf("the input %s has %d numbers a step, of the shape %v", in.Name, p.step, p.shape)
		}
		steps = n / p.step
		list = append(list, p)
	}
	return list, steps, nil
}

// inputs returns a call's numbers and tokens as steps of the model, and how many
// steps these are.
func (s *stream) inputs(q sequence) (xs []float32, tokens []int32, steps int, err error) {
	ports, steps, err := s.ports(q)
	if err != nil {
		return nil, nil, 0, err
	}
	for step := range steps {
		for _, p := range ports {
			if steps == 1 {
				p.time = -1 // the whole call as it lies
			}
			for k := range p.step {
				at := source(p.shape, p.time, step*p.step+k)
				if p.repeated {
					at = k
				}
				if p.tokens != nil {
					tokens = append(tokens, int32(p.tokens[at]))
				} else {
					xs = append(xs, p.xs[at])
				}
			}
		}
	}
	return xs, tokens, steps, nil
}

// timed reports whether an input has an axis of time.
func (e *example) timed() bool {
	for _, in := range e.Inputs {
		if in.Time >= 0 {
			return true
		}
	}
	return false
}

// source returns where element i lies in a tensor if i counts with the axis of time
// outermost.
func source(shape []int, time, i int) int {
	if time < 0 {
		return i
	}
	inner := length(shape[time+1:])
	frame := length(shape) / shape[time]
	return i%frame/inner*shape[time]*inner + i/frame*inner + i%inner
}

// run reads a call as one sequence, and returns how many steps that has.
func (s *stream) run(q sequence) ([][]float32, int, error) {
	xs, tokens, steps, err := s.inputs(q)
	if err != nil {
		return nil, 0, err
	}
	y, err := s.session.RunInputs(xs, tokens)
	if err != nil {
		return nil, 0, err
	}
	list, err := s.split(y, steps)
	return list, steps, err
}

// step reads a call step by step.
func (s *stream) step(q sequence) ([][]float32, error) {
	xs, tokens, steps, err := s.inputs(q)
	if err != nil {
		return nil, err
	}
	var all []float32
	for i := range steps {
		x, t := xs[i*len(xs)/steps:(i+1)*len(xs)/steps], tokens[i*len(tokens)/steps:(i+1)*len(tokens)/steps]
		for _, port := range s.model.Inputs() {
			n := port.Frames * port.Channels
			if port.Tokens > 0 {
				copy(s.session.InputTokens(port.Name), t)
				t = t[n:]
			} else {
				copy(s.session.Input(port.Name), x)
				x = x[n:]
			}
		}
		if err := s.session.Advance(); err != nil {
			return nil, err
		}
		each := false
		for _, out := range s.model.Outputs() {
			if !out.Sequence {
				each = true
				all = append(all, s.session.Output(out.Name)...)
			}
		}
		if !each && i == steps-1 {
			for _, out := range s.model.Outputs() {
				all = append(all, s.session.Output(out.Name)...)
			}
		}
	}
	return s.split(all, steps)
}

// split returns the outputs by the order of the network's, from those of each step
// side by side.
func (s *stream) split(y []float32, steps int) ([][]float32, error) {
	outputs := s.model.Outputs()
	lists := make([][]float32, len(s.example.Outputs))
	width := 0
	for _, out := range outputs {
		if !out.Sequence {
			width += out.Frames * out.Channels
		}
	}
	first := 0
	for _, out := range outputs {
		at := -1
		if len(outputs) == 1 {
			at = 0
		}
		for k, o := range s.example.Outputs {
			if o.Name == out.Name {
				at = k
			}
		}
		n := out.Frames * out.Channels
		if at < 0 { // a state
			first += n
			continue
		}
		if out.Sequence {
			lists[at] = s.session.Output(out.Name)
			if len(outputs) == 1 {
				lists[at] = y
			}
			continue
		}
		for step := range steps {
			lists[at] = append(lists[at], y[step*width+first:][:n]...)
		}
		first += n
	}
	return lists, nil
}
