package onnx

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// lengths reads sequence_lens: all steps, or an input of the graph. If the number
// of steps is open, a constant that is the same for all sequences is that of the
// exporter's example.
func (n *cell) lengths() error {
	switch v := n.input(4).(type) {
	case nil:
		return nil
	case *array:
		all := number(1)
		if n.x.steps != nil {
			all = n.x.steps.size
		}
		if n.x.steps != nil && n.x.steps.size.known() < 0 && len(v.shape) == 1 && !v.isFloat() && v.length() > 0 && v.uniform() && v.ints[0].known() > 0 {
			n.notes = append(n.notes, fmt.Sprintf("the lengths of sequences are constant in the node %s, %v steps, but the input has any number of them: the model reads every sequence to its end", quote(n.node.label()), v.ints[0]))
			return nil
		}
		if len(v.shape) != 1 || v.isFloat() || !v.uniform() || !v.ints[0].equal(all) {
			return n.unsupported("sequence_lens (%s) is constant, but not the number of steps, %v", quote(n.node.inputs[4]), all)
		}
		return nil
	case *stream:
		if !v.whole() || len(v.axes) != 1 || len(v.axes[0]) > 1 || !v.dtype.isInteger() {
			return n.unsupported("sequence_lens (%s) is computed from the graph's inputs", quote(n.node.inputs[4]))
		}
		if n.x.reversed {
			return n.unsupported("it reads reversed steps of sequences that have lengths of their own")
		}
		n.stage.lengths = v.input
		return n.role(v.input, lengthsOfSequences)
	}
	return nil
}

const lengthsOfSequences = "the lengths of sequences"

// role notes the purpose of an input of the graph.
func (im *importer) role(v *input, kind string) error {
	r := im.roles[v]
	if r == nil {
		r = &role{kind: kind}
		im.roles[v] = r
	}
	if r.kind != kind {
		return tensorError(v.name, network.ErrUnsupported, "this input of the graph is %s, and %s as well", r.kind, kind)
	}
	return nil
}

// states reads initial_h and initial_c.
func (n *cell) states() error {
	for i, name := range []string{"initial_h", "initial_c"} {
		switch v := n.input(5 + i).(type) {
		case *array:
			if err := n.constantState(v, i, name); err != nil {
				return err
			}
		case *stream:
			if err := n.inputState(v, i, name); err != nil {
				return err
			}
		}
	}
	if n.kind.HasCellState() && n.x.steps == nil && n.stage.states[0] != nil && n.stage.states[1] == nil {
		return n.unsupported(cellStartsAnew)
	}
	n.stage.single = n.stage.states[0] != nil && (n.x.steps == nil || n.x.steps.size.is(1))
	n.stage.layer = n.layer
	return nil
}

const cellStartsAnew = "its state h goes from step to step, but its cell state starts from a constant in each: export the model with both as inputs"

// direction returns the network's direction of direction d of the node.
func (n *cell) direction(d int) int {
	if n.x.reversed && n.directions == 2 {
		return 1 - d
	}
	return d
}

// constantState reads a state that is the same for every sequence.
func (n *cell) constantState(a *array, i int, name string) error {
	d, b := 0, 1
	if n.layout == 1 {
		d, b = 1, 0
	}
	if !a.isFloat() || len(a.shape) != 3 || !a.shape[d].is(int64(n.directions)) || !a.shape[2].is(int64(n.hidden)) {
		return n.shape("%s has the shape %v, want %s and %s", name, shapeText(a.shape), message.Count(n.directions, "direction"), message.Count(n.hidden, "unit"))
	}
	if a.isZero() {
		return nil
	}
	stored := slices.Clone(a.stored)
	stored[d], stored[2] = n.directions, n.hidden
	if err := n.spend(length(stored)); err != nil {
		return err
	}
	all := a.view(a.shape, stored, a.strides(), 0).floats
	for k := range n.directions {
		var state []float32
		for j := range stored[b] {
			at := (k*stored[b] + j) * n.hidden
			if n.layout == 1 {
				at = (j*n.directions + k) * n.hidden
			}
			next := all[at:][:n.hidden]
			if j > 0 && !slices.Equal(next, state) {
				return n.unsupported("%s is constant, but not the same for every sequence of a batch", name)
			}
			state = next
		}
		if allZero(state) {
			continue
		}
		to := &n.layer.Directions[k]
		if i == 0 {
			to.H0 = slices.Clone(state)
		} else {
			to.C0 = slices.Clone(state)
		}
	}
	return nil
}

// inputState reads a state that is an input of the graph, or a range of one
// for this layer.
func (n *cell) inputState(s *stream, i int, name string) error {
	d, b := 0, 1
	if n.layout == 1 {
		d, b = 1, 0
	}
	fail := func() error {
		return n.unsupported("%s (%s) is computed from the graph's inputs, want a constant, or an input itself", name, quote(n.node.inputs[5+i]))
	}
	if !s.raw() || s.reversed || n.x.reversed || len(s.axes) != 3 || len(s.cuts) > 1 {
		return fail()
	}
	shape := s.shape()
	if !shape[d].is(int64(n.directions)) || !shape[2].is(int64(n.hidden)) || len(s.axes[b]) > 1 {
		return n.shape("%s has the shape %v, want %s and %s", name, shapeText(shape), message.Count(n.directions, "direction"), message.Count(n.hidden, "unit"))
	}
	from := &source{input: s.input, to: int64(n.directions), total: int64(n.directions)}
	if len(s.cuts) == 1 {
		c := s.cuts[0]
		n := c.axis.size.known()
		if n < 0 {
			return fail()
		}
		from.from, from.to, from.total = c.from, c.to, int64(n)
	}
	n.stage.states[i] = from
	if err := n.role(s.input, "the initial state "+name); err != nil {
		return err
	}
	r := n.roles[s.input]
	r.states = append(r.states, from)
	return nil
}
