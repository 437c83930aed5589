package onnx

import "github.com/rnnrun/rnnrun/internal/message"

// A loopBody is the graph within a Loop or a Scan by its names.
type loopBody struct {
	*call
	graph     *graph
	producers map[string]*node
	own       map[string]*tensor // initializers
	inputs    map[string]bool
	given     map[string]value   // inputs that are the same at each step
	counters  map[string]counter // inputs that are numbers of steps
	uncounted map[string]bool    // values that are not
	fuel      int                // how many more nodes are looked at for such numbers
}

// maxCarried bounds the states of a Loop or a Scan, and its outputs of each step.
const maxCarried = 64

func newBody(c *call, g *graph) (*loopBody, error) {
	if max(len(g.inputs), len(g.outputs)) > maxCarried {
		return nil, c.unsupported("its body has %s and %s, want %d", message.Count(len(g.inputs), "input"), message.Count(len(g.outputs), "output"), maxCarried)
	}
	b := &loopBody{call: c, graph: g, producers: map[string]*node{}, own: map[string]*tensor{}, inputs: map[string]bool{}, given: map[string]value{}, counters: map[string]counter{}, uncounted: map[string]bool{}, fuel: 64 * (len(g.nodes) + 64)}
	for _, in := range g.inputs {
		b.inputs[in.name] = true
	}
	for _, t := range g.initializers {
		if b.inputs[t.name] || b.own[t.name] != nil {
			return nil, c.damaged("its body has two values of the name %s", quote(t.name))
		}
		b.own[t.name] = t
	}
	for _, n := range g.nodes {
		for _, name := range n.outputs {
			if name == "" {
				continue
			}
			if b.inputs[name] || b.own[name] != nil || b.producers[name] != nil {
				return nil, c.damaged("its body has two values of the name %s", quote(name))
			}
			b.producers[name] = n
		}
	}
	return b, nil
}

// root follows a value back through nodes that change nothing.
func (b *loopBody) root(name string) string {
	for range 64 {
		p := b.producers[name]
		if p == nil || p.operator != "Identity" || !isStandard(p.domain) || len(p.inputs) != 1 {
			break
		}
		name = p.inputs[0]
	}
	return name
}

// outside returns the value outside the body that equals one in it; nil: there
// is none.
func (b *loopBody) outside(name string) value {
	name = b.root(name)
	if b.inputs[name] || b.own[name] != nil || b.producers[name] != nil {
		return b.given[name]
	}
	return b.values[name]
}

// constant returns the constant that equals a value of the body; nil: there is
// none.
func (b *loopBody) constant(name string) *array {
	name = b.root(name)
	if t := b.own[name]; t != nil {
		return t.array()
	}
	if a, ok := b.outside(name).(*array); ok {
		return a
	}
	if p := b.producers[name]; p != nil && p.operator == "Constant" && isStandard(p.domain) && len(p.inputs) == 0 {
		if out, err := constant(&call{importer: b.importer, node: p}); err == nil {
			a, _ := out[0].(*array)
			return a
		}
	}
	return nil
}

// needed returns the nodes that compute the states and the outputs of a step, except
// the one that takes the step of the sequence. It sets the sequence, and the constants
// from outside the body that nodes read.
func (b *loopBody) needed(r *stepwise) ([]*node, error) {
	r.given = map[string]value{}
	carries := map[string]bool{r.step: true}
	var next []string
	for i := range r.states {
		s := &r.states[i]
		carries[s.before], s.becomes = true, b.root(s.after)
		next = append(next, s.after)
	}
	for _, e := range r.each {
		next = append(next, e.name)
	}
	var nodes []*node
	seen, taken := map[string]bool{}, map[*node]bool{}
	for len(next) > 0 {
		name := next[len(next)-1]
		next = next[:len(next)-1]
		if seen[name] || carries[name] || b.own[name] != nil {
			continue
		}
		seen[name] = true
		if p := b.producers[name]; p != nil {
			if taken[p] {
				continue
			}
			taken[p] = true
			takes, err := b.takesStep(r, p)
			switch {
			case err != nil:
				return nil, err
			case !takes:
				nodes, next = append(nodes, p), append(next, p.needs()...)
			}
			continue
		}
		a, ok := b.outside(name).(*array)
		if !ok {
			return nil, b.unsupported("its body computes with %s, which is not a step, a state or a constant"+exportLayers, quote(name))
		}
		r.given[name] = a
	}
	return nodes, nil
}
