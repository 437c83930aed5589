package onnx

import "slices"

// A counter is a number that depends on the step: from plus by times the number
// of the step.
type counter struct {
	rank int
	by   int64
	from size
}

// maxNested bounds how deep numbers of steps are computed.
const maxNested = 16

// count notes that a state is the number of a step; false: it is not.
func (b *loopBody) count(s carried) bool {
	start := s.initial.(*array)
	c := counter{rank: len(start.shape), from: start.ints[0]}
	b.counters[s.before] = c // as if it did not change
	clear(b.uncounted)
	next, ok := b.counts(s.after, maxNested)
	by, fits := next.from.minus(c.from)
	grows, known := by.isNumber()
	if ok && fits && known && (next.by == 0 || next.by == 1 && grows == 1) {
		c.by = grows
		b.counters[s.before] = c
		return true
	}
	delete(b.counters, s.before)
	return false
}

// counts returns the counter of a value; false: it is not one.
func (b *loopBody) counts(name string, depth int) (c counter, ok bool) {
	name = b.root(name)
	if c, ok := b.counters[name]; ok {
		return c, true
	}
	if b.uncounted[name] {
		return c, false
	}
	if c, ok = b.computed(name, depth); !ok && depth == maxNested {
		b.uncounted[name] = true
	}
	return c, ok
}

// computed returns the counter that nodes compute; false: they do not.
func (b *loopBody) computed(name string, depth int) (c counter, ok bool) {
	if b.fuel--; b.fuel < 0 {
		return c, false
	}
	if a := b.constant(name); a != nil {
		if !isNumber(a) {
			return c, false
		}
		return counter{rank: len(a.shape), from: a.ints[0]}, true
	}
	p := b.producers[name]
	if p == nil || !isStandard(p.domain) || len(p.inputs) == 0 || depth == 0 {
		return c, false
	}
	if c, ok = b.counts(p.inputs[0], depth-1); !ok {
		return c, false
	}
	switch p.operator {
	case "Cast":
		return c, true
	case "Unsqueeze", "Squeeze", "Reshape":
		c.rank, ok = b.rankLaidOut(p, c.rank)
		return c, ok
	case "Neg":
		c.by = -c.by
		c.from, ok = number(0).minus(c.from)
		return c, ok
	case "Add", "Sub", "Mul":
		if len(p.inputs) != 2 {
			return c, false
		}
		d, ok := b.counts(p.inputs[1], depth-1)
		if !ok {
			return c, false
		}
		return c.with(d, p.operator)
	}
	return c, false
}

// with returns the result of an operator of two counters.
func (c counter) with(d counter, operator string) (r counter, ok bool) {
	r.rank = max(c.rank, d.rank)
	switch operator {
	case "Add":
		r.by = c.by + d.by
		r.from, ok = c.from.plus(d.from)
	case "Sub":
		r.by = c.by - d.by
		r.from, ok = c.from.minus(d.from)
	default:
		if d.by != 0 {
			c, d = d, c
		}
		n, known := d.from.isNumber()
		if !known || d.by != 0 || n < -1 || n > 1 {
			return r, false
		}
		r.by = c.by * n
		r.from, ok = c.from.times(d.from)
	}
	return r, ok && r.by >= -1 && r.by <= 1
}

// rankLaidOut evaluates a node that changes the layout of the number of a step.
func (b *loopBody) rankLaidOut(p *node, rank int) (to int, ok bool) {
	c := &call{importer: b.importer, node: p}
	one := &array{dtype: typeInt64, shape: slices.Repeat([]size{number(1)}, rank), stored: slices.Repeat([]int{1}, rank), ints: []size{number(0)}}
	c.in = append(c.in, one)
	for _, name := range p.inputs[1:] {
		a := b.constant(name)
		if a == nil {
			return 0, false
		}
		c.in = append(c.in, a)
	}
	op := b.importer.operators[p.operator]
	if c.checkCount(op) != nil {
		return 0, false
	}
	out, err := op.run(c)
	if err != nil || len(out) != 1 {
		return 0, false
	}
	a, ok := out[0].(*array)
	if !ok {
		return 0, false
	}
	return len(a.shape), true
}

// isNext reports whether a value is the number of the next step.
func (b *loopBody) isNext(name string) bool {
	c, ok := b.counts(name, maxNested)
	return ok && c.by == 1 && c.from.is(1)
}

// takesStep reports whether a node takes the step of a sequence from outside the
// body.
func (b *loopBody) takesStep(r *stepwise, p *node) (bool, error) {
	if !isStandard(p.domain) || len(p.inputs) < 2 || len(p.outputs) != 1 || p.operator != "Gather" && p.operator != "Slice" {
		return false, nil
	}
	x := b.outside(p.inputs[0])
	at, ok := b.counts(p.inputs[1], maxNested)
	if _, constant := x.(*array); x == nil || constant || !ok || at.by == 0 {
		return false, nil
	}
	axis, err := b.axisOfStep(p, at)
	if err != nil {
		return false, err
	}
	if r.x != nil || at.rank > 1 {
		return false, b.unsupported("its body takes steps of more than one sequence, or takes them twice" + exportLayers)
	}
	r.step, r.from, r.keepsAxis = p.outputs[0], b.root(p.inputs[0]), at.rank == 1
	if err := r.sequence(x, axis); err != nil {
		return false, err
	}
	switch last, ok := at.from.plus(number(1)); {
	case at.by == 1 && at.from.is(0):
	case at.by == -1 && ok && b.trace.isSteps(last, r.steps()):
		r.backward = !r.backward
	default:
		return false, b.unsupported("its body takes steps (%s) neither from the first one nor from the last one"+exportLayers, quote(p.outputs[0]))
	}
	return true, nil
}

// axisOfStep returns the axis along which a node takes one step.
func (b *loopBody) axisOfStep(p *node, at counter) (int64, error) {
	c := &call{importer: b.importer, node: p}
	if p.operator == "Gather" {
		return c.intAttribute("axis", 0)
	}
	refuse := b.unsupported("its body takes (%s) more or less than one step", quote(p.outputs[0]))
	if len(p.inputs) < 3 || at.rank != 1 {
		return 0, refuse
	}
	end, ok := b.counts(p.inputs[2], maxNested)
	if n, fits := at.from.plus(number(1)); !ok || !fits || end.by != at.by || !end.from.equal(n) {
		return 0, refuse
	}
	axis := int64(0)
	for i, name := range p.inputs[3:] {
		a := b.constant(name)
		if name == "" {
			continue
		}
		if a == nil || !isNumber(a) {
			return 0, refuse
		}
		n, known := a.ints[0].isNumber()
		if !known || i == 1 && n != 1 {
			return 0, refuse
		}
		if i == 0 {
			axis = n
		}
	}
	return axis, nil
}
