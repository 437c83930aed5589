package onnx

import "slices"

// replaced returns the model with a Scan instead of the nodes of all steps.
func (r *rolling) replaced(m *model) *model {
	scan := &node{name: r.names[r.afters[0]], operator: "Scan", unrolled: &unrolled{len(r.steps), r.of.keepsAxis}}
	body := &graph{}
	for i, b := range r.befores {
		body.inputs = append(body.inputs, input{name: r.names[b]})
		body.outputs = append(body.outputs, r.names[r.afters[i]])
		scan.inputs = append(scan.inputs, r.names[r.pairs[b]])
		final := ""
		if v, ok := r.images[len(r.steps)-1][r.afters[i]]; ok {
			final = r.names[v]
		}
		scan.outputs = append(scan.outputs, final)
	}
	body.inputs = append(body.inputs, input{name: r.names[r.steps[1]]})
	scan.inputs = append(scan.inputs, r.names[r.of.sequence])
	gone := map[int]bool{}
	for _, image := range r.images {
		for _, a := range r.nodes {
			for _, v := range a.out {
				if w, ok := image[v]; ok {
					gone[w] = true
				}
			}
		}
	}
	for _, a := range r.nodes {
		body.nodes = append(body.nodes, r.named(a))
	}
	var axes, prepended []int64
	for _, s := range r.stacks {
		name := r.names[s.value] + "/step"
		squeeze := &node{operator: "Squeeze", inputs: []string{r.names[s.value]}, outputs: []string{name}}
		if m.opset < 13 {
			squeeze.attributes = []attribute{{name: "axes", kind: attributeInts, ints: []int64{s.axis}}}
		} else {
			squeeze.inputs = append(squeeze.inputs, name+"/axes")
			body.initializers = append(body.initializers, &tensor{name: name + "/axes", dtype: typeInt64, shape: []int{1}, ints: []int64{s.axis}})
		}
		body.nodes, body.outputs = append(body.nodes, squeeze), append(body.outputs, name)
		scan.outputs, axes = append(scan.outputs, s.node.outputs[0]), append(axes, s.axis)
		prepended = append(prepended, flag(s.prepended))
		gone[r.values[s.node.outputs[0]]] = true
	}
	scan.attributes = []attribute{
		{name: "body", kind: attributeGraph, graph: body}, {name: "num_scan_inputs", kind: attributeInt, integer: 1},
		{name: "scan_input_axes", kind: attributeInts, ints: []int64{r.of.axis}}, {name: "scan_output_axes", kind: attributeInts, ints: axes},
		{name: "scan_input_directions", kind: attributeInts, ints: []int64{flag(r.backward)}}, {name: "scan_output_directions", kind: attributeInts, ints: prepended},
	}
	next := *m
	next.graph.nodes = []*node{scan}
	for _, n := range m.graph.nodes {
		if a := r.producer(n); n.isIdentity() || a == nil || !gone[a.out[0]] {
			next.graph.nodes = append(next.graph.nodes, n.copied())
		}
	}
	return next.withoutUnused()
}

func flag(yes bool) int64 { return int64(count(yes)) }

// named returns the node of a computation, with the names of its values.
func (r *rolling) named(a *applied) *node {
	n := a.node.copied()
	for i, v := range a.in {
		if v >= 0 {
			n.inputs[i] = r.names[v]
		}
	}
	return n
}

// copied returns a node whose attributes are not read.
func (n *node) copied() *node {
	c := *n
	c.inputs, c.attributes = slices.Clone(n.inputs), slices.Clone(n.attributes)
	for i := range c.attributes {
		c.attributes[i].read = false
	}
	return &c
}

// withoutUnused removes the nodes that no output depends on; nil: a node has an input
// without an origin.
func (m *model) withoutUnused() *model {
	producers := map[string]*node{}
	for _, n := range m.graph.nodes {
		for _, name := range n.outputs {
			producers[name] = n
		}
	}
	used := map[*node]bool{}
	next := slices.Clone(m.graph.outputs)
	for len(next) > 0 {
		p := producers[next[len(next)-1]]
		next = next[:len(next)-1]
		if p != nil && !used[p] {
			used[p] = true
			next = append(next, p.needs()...)
		}
	}
	m.graph.nodes = slices.DeleteFunc(m.graph.nodes, func(n *node) bool { return !used[n] })
	if _, err := newSchedule(&m.graph, func(string) bool { return false }); err != nil {
		return nil
	}
	return m
}
