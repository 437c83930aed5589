package onnx

import "github.com/rnnrun/rnnrun/internal/message"

// scan evaluates Scan: a cell at each step of one sequence.
func (t *tracer) scan(c *call) ([]value, error) {
	a, err := c.attribute("body", attributeGraph)
	if err != nil {
		return nil, err
	}
	if a == nil || a.graph == nil {
		return nil, c.damaged("it has no body")
	}
	count, err := c.intAttribute("num_scan_inputs", 0)
	if err != nil {
		return nil, err
	}
	body, states := a.graph, len(c.in)-1
	switch {
	case c.model.opset < 9:
		return nil, c.unsupported("of an opset below 9")
	case t.given != nil:
		return nil, c.unsupported("it is inside the body of another one" + exportLayers)
	case count != 1:
		return nil, c.unsupported("it goes through %s, want 1"+exportLayers, message.Count(count, "sequence"))
	case len(body.inputs) != len(c.in) || len(body.outputs) < max(len(c.node.outputs), states):
		return nil, c.damaged("a body of %s and %s, want %d and at least %d", message.Count(len(body.inputs), "input"), message.Count(len(body.outputs), "output"), len(c.in), max(len(c.node.outputs), states))
	}
	axis, err := c.scanAxes("scan_input_axes", 1)
	if err != nil {
		return nil, err
	}
	axes, err := c.scanAxes("scan_output_axes", len(body.outputs)-states)
	if err != nil {
		return nil, err
	}
	backward, err := c.scanDirections("scan_input_directions", 1)
	if err != nil {
		return nil, err
	}
	prepended, err := c.scanDirections("scan_output_directions", len(body.outputs)-states)
	if err != nil {
		return nil, err
	}
	r := &stepwise{call: c, body: body, step: body.inputs[states].name, from: c.node.inputs[states], backward: backward[0]}
	if c.node.unrolled != nil {
		r.keepsAxis = c.node.unrolled.keepsAxis
	}
	for i := range states {
		r.states = append(r.states, carried{before: body.inputs[i].name, after: body.outputs[i], initial: c.in[i]})
	}
	out, place := make([]value, len(body.outputs)), []int(nil)
	for i, k := range axes {
		if !c.gives(states + i) {
			continue
		}
		place = append(place, states+i)
		r.each = append(r.each, collected{body.outputs[states+i], int(k), prepended[i]})
	}
	if err := r.sequence(c.in[states], axis[0]); err != nil {
		return nil, err
	}
	b, err := newBody(c, body)
	if err != nil {
		return nil, err
	}
	if u := c.node.unrolled; u != nil && !t.isSteps(number(int64(u.steps)), r.steps()) {
		return nil, c.unsupported("it has %s, not those of the whole sequence", message.Count(u.steps, "step"))
	}
	nodes, err := b.needed(r)
	if err != nil {
		return nil, err
	}
	finals, each, err := r.read(nodes)
	if err != nil {
		return nil, err
	}
	copy(out, finals)
	for i, v := range each {
		out[place[i]] = v
	}
	return out, nil
}

// scanAxes returns an attribute of n axes, which are 0 by default.
func (c *call) scanAxes(name string, n int) ([]int64, error) {
	list, given, err := c.intsAttribute(name)
	if err != nil {
		return nil, err
	}
	if !given {
		list = make([]int64, n)
	}
	if len(list) != n {
		return nil, c.damaged("%d %s, want %d", len(list), name, n)
	}
	return list, nil
}

// scanDirections returns an attribute of n directions: whether each is that from the last step
// to the first.
func (c *call) scanDirections(name string, n int) ([]bool, error) {
	list, err := c.scanAxes(name, n)
	if err != nil {
		return nil, err
	}
	back := make([]bool, n)
	for i, v := range list {
		if back[i] = v == 1; v != 0 && v != 1 {
			return nil, c.damaged("the direction %d in %s", v, name)
		}
	}
	return back, nil
}

// sequence sets the sequence of the steps.
func (r *stepwise) sequence(v value, axis int64) error {
	c := &call{importer: r.importer, node: &node{name: r.node.label(), operator: r.node.operator, inputs: []string{r.from}, outputs: r.node.outputs}, in: []value{v}}
	x, err := r.trace.stream(c, 0)
	if err != nil {
		return err
	}
	if x.reversed {
		x, r.backward = x.turned(), !r.backward
	}
	if err := x.ready(c); err != nil {
		return err
	}
	k, err := r.axis(axis, len(x.shape))
	if err != nil {
		return err
	}
	switch {
	case r.trace.shapes[x.value].Tokens > 0:
		return r.unsupported("it goes through tokens" + exportLayers)
	case x.time < 0 && !r.trace.filed.atOnce():
		return errSteps{r.unsupported("it goes through the %s of one call: export the model with an open number of steps", message.Count(x.shape[k], "step"))}
	case x.time >= 0 && x.time != k:
		return r.unsupported("it goes through another axis than the steps of the sequence: %s has the shape %v", quote(r.from), x.shape)
	}
	r.x, r.along = x, k
	return nil
}
