package onnx

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
)

// loop evaluates Loop: a cell at each step of one sequence. The body takes the step by
// its number.
func (t *tracer) loop(c *call) ([]value, error) {
	a, err := c.attribute("body", attributeGraph)
	if err != nil {
		return nil, err
	}
	if a == nil || a.graph == nil {
		return nil, c.damaged("it has no body")
	}
	body, states := a.graph, len(c.in)-2
	if t.given != nil {
		return nil, c.unsupported("it is inside the body of another one" + exportLayers)
	}
	if states < 0 || len(body.inputs) != states+2 || len(body.outputs) < max(len(c.node.outputs), states)+1 {
		return nil, c.damaged("a body of %s and %s, want %d and at least %d", message.Count(len(body.inputs), "input"), message.Count(len(body.outputs), "output"), len(c.in), max(len(c.node.outputs), states)+1)
	}
	b, err := newBody(c, body)
	if err != nil {
		return nil, err
	}
	b.counters[body.inputs[0].name] = counter{rank: len(body.inputs[0].shape), by: 1}
	r := &stepwise{call: c, body: body}
	var place []int // of the states and the values of each step among the node's outputs
	out := make([]value, len(body.outputs)-1)
	for i := range states {
		s := carried{before: body.inputs[2+i].name, after: body.outputs[1+i], initial: c.in[2+i]}
		switch {
		case s.initial == nil:
			return nil, c.damaged("state %d is left out", i)
		case b.root(s.after) == s.before:
			b.given[s.before], out[i] = s.initial, s.initial
		case isInteger(s.initial):
			if !b.count(s) {
				return nil, c.unsupported("its state %d is a number that does not count the steps"+exportLayers, i)
			}
		default:
			r.states, place = append(r.states, s), append(place, i)
		}
	}
	for i, name := range body.outputs[1+states:] {
		if c.gives(states + i) {
			r.each, place = append(r.each, collected{name: name}), append(place, states+i)
		}
	}
	nodes, err := b.needed(r)
	if err != nil {
		return nil, err
	}
	if r.x == nil {
		return nil, c.unsupported("its body does not take the step of a sequence by its number" + exportLayers)
	}
	if err := b.checkTrips(r.steps()); err != nil {
		return nil, err
	}
	finals, each, err := r.read(nodes)
	if err != nil {
		return nil, err
	}
	for i, v := range slices.Concat(finals, each) {
		out[place[i]] = v
	}
	return out, nil
}

// gives reports whether the node has an output.
func (c *call) gives(i int) bool { return i < len(c.node.outputs) && c.node.outputs[i] != "" }

// isInteger reports whether a value is one integer.
func isInteger(v value) bool {
	a, ok := v.(*array)
	return ok && isNumber(a)
}

// isNumber reports whether an array has one integer.
func isNumber(a *array) bool {
	if a == nil || a.ints == nil || !a.dtype.isInteger() || len(a.shape) > 1 || a.length() != 1 {
		return false
	}
	return len(a.shape) == 0 || a.shape[0].is(1)
}

// checkTrips refuses a loop that does not go through all steps: it ends by a condition,
// or after a number of steps that an input gives.
func (b *loopBody) checkTrips(steps int) error {
	var limits []*array
	if b.input(0) != nil {
		m, err := b.array(0, "the number of steps")
		if err != nil {
			return err
		}
		limits = append(limits, m)
	}
	if b.input(1) != nil {
		start, err := b.array(1, "the condition")
		if err != nil {
			return err
		}
		if !isTrue(start) {
			return b.unsupported("its condition (%s) is not true at the first step, as far as the file says", quote(b.node.inputs[1]))
		}
	}
	more, ok := b.conditions(b.graph.outputs[0], 8)
	if !ok {
		return b.unsupported("it ends by the condition %s, which does not compare the number of the step with that of all steps"+exportLayers, quote(b.graph.outputs[0]))
	}
	all := false
	for _, n := range append(limits, more...) {
		switch {
		case !isNumber(n):
			return b.unsupported("the number of its steps is not an integer")
		case b.trace.isSteps(n.ints[0], steps):
			all = true
		case !endless(n.ints[0]):
			return b.unsupported("it ends after %v steps of %d", n.ints[0], steps)
		}
	}
	if !all {
		return b.unsupported("it does not end with the last step of the sequence" + exportLayers)
	}
	return nil
}

// endless reports whether a number of steps is more than any sequence has.
func endless(n size) bool {
	v, ok := n.isNumber()
	return ok && v >= math.MaxInt32
}

func isTrue(a *array) bool {
	return !a.isFloat() && len(a.ints) == 1 && a.ints[0].known() > 0
}

// conditions returns the numbers of steps after which a condition of the body ends the
// loop; false: it is another condition.
func (b *loopBody) conditions(name string, depth int) ([]*array, bool) {
	name = b.root(name)
	if name == b.graph.inputs[1].name {
		return nil, true
	}
	if a := b.constant(name); a != nil {
		return nil, isTrue(a)
	}
	p := b.producers[name]
	if p == nil || depth == 0 || !isStandard(p.domain) || len(p.inputs) != 2 {
		return nil, false
	}
	switch p.operator {
	case "And":
		x, ok1 := b.conditions(p.inputs[0], depth-1)
		y, ok2 := b.conditions(p.inputs[1], depth-1)
		return slices.Concat(x, y), ok1 && ok2
	case "Less", "Greater":
		next, all := p.inputs[0], p.inputs[1]
		if p.operator == "Greater" {
			next, all = all, next
		}
		n := b.constant(all)
		return []*array{n}, n != nil && b.isNext(next)
	}
	return nil, false
}
