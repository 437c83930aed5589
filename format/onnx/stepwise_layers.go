package onnx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
)

// The layers of the body of a loop become layers over time.

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

// moved adds the layers of one step to the outer graph, in which they read the
// sequence, and returns their values there by those in the body.
func (r *stepwise) moved(s *tracer, each []*flow, starts map[int][2][]float32) (map[int]int, error) {
	t := r.trace
	inputs := len(s.graph.Inputs)
	needed := make([]bool, len(s.shapes))
	for _, l := range s.layers {
		needed[l.value] = true
	}
	for _, f := range each {
		needed[f.value] = true
	}
	for i := len(s.graph.Nodes) - 1; i >= 0; i-- {
		for _, v := range s.graph.Nodes[i].Inputs {
			needed[v] = needed[v] || needed[inputs+i]
		}
	}
	channels := slices.DeleteFunc(canonical(r.x.shape), func(k int) bool { return k == r.along })
	sequence, err := t.matrix(r.call, r.x, []int{r.along}, channels)
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
		op, ok := n.Op, true
		switch o := op.(type) {
		case *format.Layer:
			if l := *o; l.Cell.Recurrent() {
				l.Reverse, l.Directions = r.backward, slices.Clone(o.Directions)
				start := starts[v]
				l.Directions[0].H0, l.Directions[0].C0 = format.Padded(start[0]), format.Padded(start[1])
				op = &l
			}
		case *format.Map, *format.Binary, *format.Constant, *format.PReLU:
		case *format.Norm:
			ok = o.Kind != format.NormInstance
		case *format.Concat:
			ok = o.Axis == format.AxisChannels
		case *format.Slice:
			ok = o.Axis == format.AxisChannels
		default:
			ok = false
		}
		if !ok {
			return nil, r.unsupported("its body has more than layers and functions of each of their numbers (%s)"+exportLayers, strings.TrimPrefix(fmt.Sprintf("%T", n.Op), "*format."))
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

// output returns a value that the body gives at each step.
func (r *stepwise) output(s *tracer, name string) (*flow, error) {
	v := s.values[name]
	if e, ok := elementsOf(v); ok {
		if o, _ := s.list(e); o >= 0 && s.owners[o].cell {
			return nil, r.unsupported("its output %s is the cell state of an LSTM at each step, which a layer does not give", quote(name))
		}
	}
	c := &call{importer: s.importer, node: &node{name: r.node.label(), operator: r.node.operator}}
	f, err := s.plain(c, v, name)
	if err != nil {
		return nil, err
	}
	return f, f.ready(r.call)
}

// finals returns the final states.
func (r *stepwise) finals(s *tracer, roles []stateRole, moved map[int]int) (finals []value, err error) {
	t := r.trace
	layers := map[*tracedLayer]*tracedLayer{}
	for _, l := range s.layers {
		layers[l] = &tracedLayer{node: r.node, value: moved[l.value], units: l.units, dirs: 1, time: r.x.time >= 0, reverse: r.backward}
		t.layers = append(t.layers, layers[l])
	}
	for i, role := range roles {
		l := layers[role.layer]
		l.initial[role.cell], _ = r.states[i].initial.(*tensors)
		before := s.values[r.states[i].before].(*tensors)
		final, err := t.newFinal(r.call, l, role.cell, before.lengths())
		if err != nil {
			return nil, err
		}
		finals = append(finals, final)
	}
	return finals, nil
}

// all returns the values that the body gives at each step, over time.
func (r *stepwise) all(each []*flow, moved map[int]int) (all []value, err error) {
	for i, f := range each {
		e := r.each[i]
		if e.axis < 0 {
			e.axis += len(f.shape) + 1
		}
		if e.axis < 0 || e.axis > len(f.shape) {
			return nil, r.shape("its outputs of each step have the shape %v, and no axis %d", f.shape, e.axis)
		}
		y := &flow{value: moved[f.value], shape: slices.Insert(slices.Clone(f.shape), e.axis, r.steps()), time: -1}
		if r.x.time >= 0 {
			y.time = e.axis
		}
		if r.trace.shapes[y.value].Frames != r.steps() {
			return nil, r.unsupported("its output %s is the same at each step"+exportLayers, quote(e.name))
		}
		memory := []int{e.axis}
		for _, k := range f.memory {
			if k >= e.axis {
				k++
			}
			memory = append(memory, k)
		}
		y.memory, y.reversed = y.withoutOnes(memory...), r.backward != e.prepended
		all = append(all, y)
	}
	return all, nil
}
