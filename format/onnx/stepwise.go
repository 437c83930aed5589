package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// A stepwise is a graph that a node evaluates at each step of a sequence. Its states go
// from step to step, and it puts out a value of each step. It is read as a model of one
// step, whose layers are then those of the sequence.
type stepwise struct {
	*call
	body      *graph
	x         *flow  // the sequence
	step      string // the value of the body that is a step of it
	from      string // what the sequence is called
	backward  bool   // from its last step to the first
	keepsAxis bool   // the step has the axis of the steps, with the length 1
	states    []carried
	each      []collected
	given     map[string]value // constants around the body
}

// A carried is a state.
type carried struct {
	before, after string // values of the body
	initial       value
	becomes       string    // what after is, without nodes that change nothing
	start         []float32 // the initial value, if that is constant; nil: zeros
}

// A collected is a value of the body at each step.
type collected struct {
	name string
	axis int // of the output, which counts the steps

	prepended bool // each step stands before the last one
}

const exportLayers = "; export the network with RNN, LSTM or GRU nodes"

// stepShape returns the shape of one step.
func (r *stepwise) stepShape() []int {
	if r.keepsAxis {
		shape := slices.Clone(r.x.shape)
		shape[r.x.time] = 1
		return shape
	}
	return slices.Delete(slices.Clone(r.x.shape), r.x.time, r.x.time+1)
}

// steps returns the number of steps.
func (r *stepwise) steps() int { return r.x.shape[r.x.time] }

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
				return nil, r.unsupported("its state %d starts from what is no part of an input"+exportLayers, i)
			}
			shape = v.lengths()
		default:
			return nil, r.unsupported("its state %d starts from what is computed from the graph's inputs"+exportLayers, i)
		}
		if slices.ContainsFunc(shape, func(n int) bool { return n < 1 }) || !isVector(shape) || length(shape) > format.MaxSize {
			return nil, r.unsupported("its state %d has the shape %v, where a vector is due", i, shape)
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
func (r *stepwise) read(nodes []*node) (finals, each []value, err error) {
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
	moved, err := r.moved(s, r.starts(roles))
	if err != nil {
		return nil, nil, err
	}
	return r.outputs(s, roles, moved)
}

// layers evaluates the model of one step, and finds whose its states are.
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
		s.states, s.projects = states, projects
		s.frames, s.probing = 1, probing
		err := s.nodes()
		t.budget = s.budget
		var frames errFrames
		var cache errCache
		var steps errSteps
		switch {
		case probing && errors.As(err, &frames) && frames == 1:
		case errors.As(err, &frames), errors.As(err, &cache), errors.As(err, &steps):
			return nil, r.unsupported("its body is no layer of one step: %v"+exportLayers, err)
		case err != nil:
			return nil, err
		}
	}
	return s, nil
}

// simple makes a layer of each state that is a gate of itself, and has not been found to be
// one when it was computed.
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

// A stateRole says whose a state is.
type stateRole struct {
	layer *tracedLayer
	cell  int // 1: it is the cell state
}

// roles returns whose each state is: its layer starts from all of it and leaves all of it.
func (r *stepwise) roles(s *tracer) ([]stateRole, error) {
	var all []stateRole
	fail := func(i int) error {
		return r.unsupported("its state %d is not that of an RNN, LSTM or GRU in its body"+exportLayers, i)
	}
	for i, state := range r.states {
		after, ok := elementsOf(s.values[state.after])
		before, _ := s.values[state.before].(*tensors)
		if !ok || before == nil || s.read[&s.model.graph.inputs[1+i]] {
			return nil, fail(i)
		}
		o, list := s.list(after)
		if o < 0 || s.owners[o].layer == nil || !ascending(list) || len(list) != before.ids.length() {
			return nil, fail(i)
		}
		role := stateRole{layer: s.owners[o].layer}
		if s.owners[o].cell {
			role.cell = 1
		}
		l := role.layer
		if l.cache != nil || l.dirs != 1 || l.reverse || role.cell == 0 && len(list) != l.units || !slices.Contains(s.layers, l) ||
			!sameElements(l.initial[role.cell], before) || slices.Contains(all, role) {
			return nil, fail(i)
		}
		all = append(all, role)
	}
	for _, l := range s.layers {
		op, ok := s.graph.Nodes[l.value-len(s.graph.Inputs)].Op.(*format.Layer)
		for i := range 2 {
			has := i == 0 || ok && op.Cell.HasCellState()
			if has && !slices.Contains(all, stateRole{l, i}) {
				return nil, r.unsupported("its body has a layer whose state does not go from step to step" + exportLayers)
			}
		}
	}
	return all, nil
}

func ascending(list []int) bool {
	for i, v := range list {
		if v != i {
			return false
		}
	}
	return true
}

// starts returns the states that layers of the body start from, by their values.
func (r *stepwise) starts(roles []stateRole) map[int][2][]float32 {
	starts := map[int][2][]float32{}
	for i, role := range roles {
		s := starts[role.layer.value]
		s[role.cell] = r.states[i].start
		starts[role.layer.value] = s
	}
	return starts
}

// moved adds the layers of one step to the graph around them, where they read the
// sequence, and returns their values there by those in the body.
func (r *stepwise) moved(s *tracer, starts map[int][2][]float32) (map[int]int, error) {
	t := r.trace
	inputs := len(s.graph.Inputs)
	needed := make([]bool, len(s.shapes))
	for _, l := range s.layers {
		needed[l.value] = true
	}
	for _, e := range r.each {
		f, ok := s.values[e.name].(*flow)
		if !ok {
			return nil, r.unsupported("its output %s of each step is not what a layer of its body gives"+exportLayers, quote(e.name))
		}
		if err := f.ready(r.call); err != nil {
			return nil, err
		}
		needed[f.value] = true
	}
	for i := len(s.graph.Nodes) - 1; i >= 0; i-- {
		for _, v := range s.graph.Nodes[i].Inputs {
			needed[v] = needed[v] || needed[inputs+i]
		}
	}
	channels := slices.DeleteFunc(canonical(r.x.shape), func(k int) bool { return k == r.x.time })
	sequence, err := t.matrix(r.call, r.x, []int{r.x.time}, channels)
	if err != nil {
		return nil, err
	}
	port, ok := s.ports[&s.model.graph.inputs[0]]
	if !ok {
		return nil, r.unsupported("its body does not read the steps of the sequence")
	}
	at := map[int]int{port: sequence}
	for v, is := range needed {
		if !is || v == port {
			continue
		}
		if v < inputs || s.shapes[v].Frames != 1 {
			return nil, r.unsupported("its body computes with more than a step and the states of its layers" + exportLayers)
		}
		n := s.graph.Nodes[v-inputs]
		op := n.Op
		switch o := op.(type) {
		case *format.Layer:
			if l := *o; l.Cell.Recurrent() {
				l.Reverse, l.Directions = r.backward, slices.Clone(o.Directions)
				start := starts[v]
				l.Directions[0].H0, l.Directions[0].C0 = format.Padded(start[0]), format.Padded(start[1])
				op = &l
			}
		case *format.Map:
		default:
			return nil, r.unsupported("its body has more than layers and functions of them (%s)"+exportLayers, strings.TrimPrefix(fmt.Sprintf("%T", n.Op), "*format."))
		}
		var in []int
		for _, from := range n.Inputs {
			in = append(in, at[from])
		}
		if at[v], err = t.put(r.call, op, in...); err != nil {
			return nil, err
		}
	}
	return at, nil
}

// outputs returns the final states, and the values of all steps.
func (r *stepwise) outputs(s *tracer, roles []stateRole, moved map[int]int) (finals, each []value, err error) {
	t := r.trace
	layers := map[*tracedLayer]*tracedLayer{}
	for _, l := range s.layers {
		layers[l] = &tracedLayer{node: r.node, value: moved[l.value], units: l.units, dirs: 1, time: true, reverse: r.backward}
		t.layers = append(t.layers, layers[l])
	}
	for i, role := range roles {
		l := layers[role.layer]
		l.initial[role.cell], _ = r.states[i].initial.(*tensors)
		before := s.values[r.states[i].before].(*tensors)
		o, final, err := t.newOwner(r.call, owner{layer: l, cell: role.cell == 1, shape: before.lengths(), time: -1})
		if err != nil {
			return nil, nil, err
		}
		l.finals[role.cell] = o
		finals = append(finals, final)
	}
	for _, e := range r.each {
		f := s.values[e.name].(*flow)
		if e.axis < 0 {
			e.axis += len(f.shape) + 1
		}
		if e.axis < 0 || e.axis > len(f.shape) {
			return nil, nil, r.shape("its outputs of each step have the shape %v, and no axis %d", f.shape, e.axis)
		}
		y := &flow{value: moved[f.value], shape: slices.Insert(slices.Clone(f.shape), e.axis, r.steps()), time: e.axis}
		memory := []int{e.axis}
		for _, k := range f.memory {
			if k >= e.axis {
				k++
			}
			memory = append(memory, k)
		}
		y.memory, y.reversed = y.withoutOnes(memory...), r.backward != e.prepended
		each = append(each, y)
	}
	return finals, each, nil
}
