package onnx

import (
	"errors"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// A stepwise is a graph that a node evaluates at each step of a sequence. Its states go
// from step to step, and it gives a value for each step. It is read as a model of one
// step, whose layers then become those of the sequence.
type stepwise struct {
	*call
	body      *graph
	x         *flow  // the sequence
	along     int    // the axis of its shape that counts the steps
	step      string // the value of the body that is a step of it
	from      string // the name of the sequence
	backward  bool   // from its last step to the first
	keepsAxis bool   // the step has the axis of the steps, with the length 1
	states    []carried
	each      []collected
	given     map[string]value // constants from outside the body
}

// A carried is a state.
type carried struct {
	before, after string // values of the body
	initial       value
	becomes       string    // the value of after, without nodes that change nothing
	start         []float32 // the initial value, if that is constant; nil: zeros
}

// A collected is a value of the body at each step.
type collected struct {
	name string
	axis int // of the output, which counts the steps

	prepended bool // each step comes before the previous one
}

const exportLayers = "; export the network with RNN, LSTM or GRU nodes"

// stepShape returns the shape of one step.
func (r *stepwise) stepShape() []int {
	if r.keepsAxis {
		shape := slices.Clone(r.x.shape)
		shape[r.along] = 1
		return shape
	}
	return slices.Delete(slices.Clone(r.x.shape), r.along, r.along+1)
}

// steps returns the number of steps.
func (r *stepwise) steps() int { return r.x.shape[r.along] }

// fixed returns an input of the model of one step.
func fixed(name string, shape []int) input {
	in := input{name: name, dtype: typeFloat, shaped: true}
	for _, n := range shape {
		in.shape = append(in.shape, dimension{value: int64(n)})
	}
	return in
}

// model returns the body as a model of one step, of the given nodes.
func (r *stepwise) model(nodes []*node) (*model, error) {
	m := &model{opset: r.importer.model.opset, graph: graph{nodes: nodes, initializers: r.body.initializers}}
	m.graph.inputs = []input{fixed(r.step, r.stepShape())}
	put := map[string]bool{}
	for i, s := range r.states {
		var shape []int
		switch v := s.initial.(type) {
		case *array:
			start, list, err := r.trace.floats(r.call, v)
			if err != nil {
				return nil, err
			}
			if shape = start; !v.isZero() {
				r.states[i].start = list
			}
		case *tensors:
			if o, _ := r.trace.list(v); o < 0 || r.trace.owners[o].input == nil {
				return nil, r.unsupported("its state %d does not start from a part of an input"+exportLayers, i)
			}
			shape = v.lengths()
		default:
			return nil, r.unsupported("its state %d starts from a value that is computed from the graph's inputs"+exportLayers, i)
		}
		if slices.ContainsFunc(shape, func(n int) bool { return n < 1 }) || !isVector(shape) || length(shape) > format.MaxSize {
			return nil, r.unsupported("its state %d has the shape %v, want a vector", i, shape)
		}
		m.graph.inputs = append(m.graph.inputs, fixed(s.before, shape))
		put[s.after] = true
		m.graph.outputs = append(m.graph.outputs, s.after)
	}
	for _, e := range r.each {
		if !put[e.name] {
			put[e.name] = true
			m.graph.outputs = append(m.graph.outputs, e.name)
		}
	}
	return m, nil
}

// read evaluates nodes of the body, and returns the final states and the values of all
// steps.
func (r *stepwise) read(nodes []*node) (finals, all []value, err error) {
	m, err := r.model(nodes)
	if err != nil {
		return nil, nil, err
	}
	s, roles, err := r.layers(m, false)
	if errors.Is(err, network.ErrUnsupported) {
		// A product of as many outputs as units may be a projection.
		if t, own, e := r.layers(m, true); e == nil {
			s, roles, err = t, own, nil
		}
	}
	if err != nil {
		return nil, nil, err
	}
	each := make([]*flow, len(r.each))
	for i, e := range r.each {
		if each[i], err = r.output(s, e.name); err != nil {
			return nil, nil, err
		}
	}
	moved, err := r.moved(s, each, r.starts(roles))
	if err != nil {
		return nil, nil, err
	}
	if finals, err = r.finals(s, roles, moved); err != nil {
		return nil, nil, err
	}
	all, err = r.all(each, moved)
	return finals, all, err
}

// layers evaluates the model of one step, and finds the layers of its states.
func (r *stepwise) layers(m *model, projects bool) (*tracer, []stateRole, error) {
	s, err := r.evaluated(m, projects)
	if err != nil {
		return nil, nil, err
	}
	if err := r.simple(s); err != nil {
		return nil, nil, err
	}
	roles, err := r.roles(s)
	return s, roles, err
}

// evaluated evaluates the model of one step.
func (r *stepwise) evaluated(m *model, projects bool) (*tracer, error) {
	t := r.trace
	found, uncached := newSeen(), map[*input]bool{}
	for i := range m.graph.inputs {
		uncached[&m.graph.inputs[i]] = true // all states are those of cells
	}
	states := map[string]string{}
	for _, s := range r.states {
		states[s.becomes] = s.before
	}
	var s *tracer
	for _, probing := range []bool{true, false} {
		s = newTracer(m, 0, nil)
		s.budget, s.given, s.seen, s.uncached = t.budget, r.given, found, uncached
		s.cells = &cells{states: states, projects: projects}
		s.frames, s.probing = 1, probing
		err := s.nodes()
		t.budget = s.budget
		var frames errFrames
		var cache errCache
		var steps errSteps
		switch {
		case probing && errors.As(err, &frames) && frames == 1:
		case errors.As(err, &frames), errors.As(err, &cache), errors.As(err, &steps):
			return nil, r.unsupported("its body is not a layer of one step: %v"+exportLayers, err)
		case err != nil:
			return nil, err
		}
	}
	return s, nil
}

// simple makes a layer of each state that is a gate of itself and was not recognized when
// it was computed.
func (r *stepwise) simple(s *tracer) error {
	c := &call{importer: s.importer, node: r.node}
	for _, state := range r.states {
		p, ok := s.values[state.after].(*part)
		if !ok {
			continue
		}
		f, err := s.simple(c, p)
		if f == nil || err != nil {
			return err
		}
		for name, v := range s.values {
			if q, ok := v.(*part); ok && q.kind == p.kind && q.function == p.function && slices.Equal(q.of, p.of) {
				s.values[name] = f
			}
		}
	}
	return nil
}
