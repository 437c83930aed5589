package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// The reader recognizes these layers, whose gates are functions of x W + h R +
// b:
//
//	LSTM  c' = f∘c + i∘g, h' = o∘tanh(c') or (o∘tanh(c')) P; with c∘p in the sums of i and
//	      f, and c'∘p in that of o
//	GRU   h' = z∘h + (1-z)∘n, or n + z∘(h-n), with n of (h R)∘r or of (h∘r) R, and the same
//	      with 1-z in the place of z
//	RNN   h' is a gate

// A gate is a function of the sums of a gate.
type gate struct {
	x        *denseProduct
	state    *part // partProduct
	reset    *part // multiplies the product with the state; nil: nothing does
	peephole *part // partScaled; nil: none
	function format.Activation
}

// A newCell is a new cell state, before the state h is known.
type newCell struct {
	forget, input, new *gate
	layer              *tracedLayer
	finals             [2]*tensors // h' and c'
}

// gateOf returns the gate that a part is; nil: none.
func gateOf(p *part) *gate {
	g, sum := &gate{}, p
	if p.kind == partFunction {
		g.function, sum = p.function, p.of[0]
	}
	if sum.kind != partSum || sum.cell != nil {
		return nil
	}
	for _, term := range sum.of {
		switch {
		case term.kind == partInput && g.x == nil:
			g.x = term.input
		case term.kind == partProduct && g.state == nil:
			g.state = term
		case term.kind == partScaled && g.peephole == nil:
			g.peephole = term
		case term.kind == partTimes && g.state == nil && either(term.of, func(a, b *part) bool {
			g.state, g.reset = a, b
			return a.kind == partProduct
		}):
		default:
			return nil
		}
	}
	if g.x == nil || g.state == nil {
		return nil
	}
	return g
}

// ofState returns the state of a gate that nothing resets.
func (g *gate) ofState() *tensors {
	if g == nil || g.reset != nil || g.state.of[0].kind != partState {
		return nil
	}
	return g.state.of[0].state
}

// peeps reports whether a gate has no peepholes, or those of a cell state.
func (g *gate) peeps(at func(p *part) bool) bool { return g.peephole == nil || at(g.peephole.of[0]) }

// of returns a test whether a part is a state.
func ofState(s *tensors) func(p *part) bool {
	return func(p *part) bool { return p.kind == partState && sameElements(p.state, s) }
}

// sameElements reports whether two states are the same.
func sameElements(a, b *tensors) bool {
	return a != nil && b != nil && slices.Equal(a.ids.floats, b.ids.floats)
}

// either calls match with two operands in both orders.
func either(of []*part, match func(a, b *part) bool) bool {
	return len(of) == 2 && (match(of[0], of[1]) || match(of[1], of[0]))
}

// layerOf returns the output of the layer that a part completes; nil: it
// completes none.
func (t *tracer) layerOf(c *call, p *part) (*flow, error) {
	switch p.kind {
	case partSum:
		if err := t.findCell(c, p); err != nil || p.cell != nil {
			return nil, err
		}
		return t.gru(c, p)
	case partTimes:
		if t.cells.projects {
			return nil, nil
		}
		return t.lstm(c, p, nil)
	case partProduct:
		if p.of[0].kind != partTimes || p.bias != nil {
			return nil, nil
		}
		return t.lstm(c, p.of[0], p)
	}
	return nil, nil
}

// findCell notes that a sum is a new cell state.
func (t *tracer) findCell(c *call, p *part) error {
	n := &newCell{}
	var state *part
	found := either(p.of, func(keep, add *part) bool {
		if keep.kind != partTimes || add.kind != partTimes {
			return false
		}
		return either(keep.of, func(f, s *part) bool {
			n.forget, state = gateOf(f), s
			return s.kind == partState && n.forget.ofState() != nil && !sameElements(n.forget.ofState(), s.state) && n.forget.peeps(ofState(s.state))
		}) && either(add.of, func(i, g *part) bool {
			n.input, n.new = gateOf(i), gateOf(g)
			return n.input.ofState() != nil && n.new.ofState() != nil && n.input.function == n.forget.function &&
				n.input.peeps(ofState(state.state)) && n.new.peephole == nil
		})
	})
	if !found {
		return nil
	}
	var err error
	if n.layer, n.finals[1], err = t.newLayer(c, 1, p.shape); err != nil {
		return err
	}
	n.layer.initial = [2]*tensors{n.forget.ofState(), state.state}
	p.cell = n
	return nil
}

// newLayer returns a layer of one step whose final state h, or cell state, has a shape.
func (t *tracer) newLayer(c *call, cell int, shape []int) (*tracedLayer, *tensors, error) {
	l := &tracedLayer{node: c.node, units: shape[len(shape)-1], dirs: 1}
	final, err := t.newFinal(c, l, cell, shape)
	return l, final, err
}

func (t *tracer) newFinal(c *call, l *tracedLayer, cell int, shape []int) (final *tensors, err error) {
	l.finals[cell], final, err = t.newOwner(c, owner{layer: l, cell: cell == 1, shape: shape, time: -1})
	return final, err
}

// lstm adds the layer whose output gate is multiplied with a function of its cell, and
// then optionally with a matrix; nil: it is something else.
func (t *tracer) lstm(c *call, units, projection *part) (*flow, error) {
	var out *gate
	var cell *newCell
	function := format.Activation{}
	if !either(units.of, func(a, b *part) bool {
		out, function = gateOf(a), format.Activation{}
		if b.kind == partFunction {
			b, function = b.of[0], b.function
		}
		cell = b.cell
		return out != nil && cell != nil && out.peeps(func(p *part) bool { return p.cell == cell })
	}) || out.function != cell.forget.function || out.ofState() == nil || slices.Contains(t.layers, cell.layer) {
		return nil, nil
	}
	l := network.Layer{Cell: format.CellLSTM, HiddenSize: units.width(), Directions: []network.Direction{{Activations: []format.Activation{out.function, cell.new.function, function}}}}
	shape := units.shape
	if projection != nil {
		shape = projection.shape
		l.ProjectionSize, l.Directions[0].Projection = projection.width(), projection.weight
	}
	if cell.layer.initial[0].ids.length() != shape[len(shape)-1] {
		return nil, nil
	}
	gates := []*gate{cell.input, cell.forget, cell.new, out}
	if peepholes := []*gate{cell.input, cell.forget, out}; slices.ContainsFunc(peepholes, func(g *gate) bool { return g.peephole != nil }) {
		for _, g := range peepholes {
			weight := make([]float32, units.width())
			if g.peephole != nil {
				weight = g.peephole.weight
			}
			l.Directions[0].Peephole = append(l.Directions[0].Peephole, weight...)
		}
	}
	final, err := t.newFinal(c, cell.layer, 0, shape)
	if err != nil {
		return nil, err
	}
	cell.layer.units, t.cells.written = shape[len(shape)-1], true
	return t.gated(c, shape, &l, gates, cell.layer, final)
}

// gru adds the layer whose new state is a sum; nil: it is something else.
func (t *tracer) gru(c *call, p *part) (*flow, error) {
	var update, fresh, reset *gate
	var state *part
	kept := func(a, b *part) bool { // z∘h + (1-z)∘n
		return a.kind == partTimes && b.kind == partTimes && either(a.of, func(z, s *part) bool {
			state, update = s, gateOf(z)
			return s.kind == partState && update.ofState() != nil && either(b.of, func(rest, n *part) bool {
				fresh = gateOf(n)
				return fresh != nil && rest.isRest() && rest.of[0] == z
			})
		})
	}
	moved := func(a, b *part) bool { // n + z∘(h-n)
		fresh = gateOf(a)
		return fresh != nil && b.kind == partTimes && either(b.of, func(z, d *part) bool {
			update = gateOf(z)
			if update.ofState() == nil || d.kind != partDifference || d.of[1] != a {
				return false
			}
			state = d.of[0]
			return state.kind == partState
		})
	}
	replaced := func(a, b *part) bool { // (1-z)∘h + z∘n, or h + z∘(n-h)
		var z, n *part
		if a.kind == partState {
			state = a
			if !(b.kind == partTimes && either(b.of, func(p, d *part) bool {
				z = p
				return d.kind == partDifference && d.of[1].kind == partState && sameElements(d.of[1].state, a.state) && gateOf(d.of[0]) != nil
			})) {
				return false
			}
			if n = b.of[0]; n == z {
				n = b.of[1]
			}
			n = n.of[0]
		} else if !(a.kind == partTimes && b.kind == partTimes && either(a.of, func(rest, s *part) bool {
			state = s
			return s.kind == partState && rest.isRest() && either(b.of, func(p, new *part) bool {
				z, n = p, new
				return rest.of[0] == z
			})
		})) {
			return false
		}
		update, fresh = gateOf(z).rest(), gateOf(n)
		return update.ofState() != nil && fresh != nil
	}
	if !either(p.of, kept) && !either(p.of, moved) && !either(p.of, replaced) {
		return nil, nil
	}
	variant := format.VariantResetAfter
	switch {
	case fresh.reset != nil:
		reset = gateOf(fresh.reset)
	case fresh.state.of[0].kind == partTimes:
		variant = format.VariantResetBefore
		product := *fresh.state
		either(product.of[0].of, func(r, s *part) bool {
			reset = gateOf(r)
			if reset == nil || s.kind != partState {
				return false
			}
			product.of = []*part{s}
			return true
		})
		changed := *fresh
		changed.state = &product
		fresh = &changed
	}
	all := []*gate{reset, update, fresh}
	for _, g := range all {
		if g == nil || g.peephole != nil || g.state.of[0].kind != partState || !sameElements(g.state.of[0].state, state.state) || g != fresh && g.reset != nil {
			return nil, nil
		}
	}
	if reset.function != update.function {
		return nil, nil
	}
	l := network.Layer{Cell: format.CellGRU, Variant: variant, HiddenSize: p.width(), Directions: []network.Direction{{Activations: []format.Activation{reset.function, fresh.function}}}}
	layer, final, err := t.newLayer(c, 0, p.shape)
	if err != nil {
		return nil, err
	}
	layer.initial[0] = state.state
	return t.gated(c, p.shape, &l, all, layer, final)
}

// simpleState makes the value that a state becomes the output of a simple layer, if it is
// one.
func (t *tracer) simpleState(c *call, name string, v *value) error {
	p, ok := (*v).(*part)
	before, is := t.cells.states[name]
	if !ok || !is {
		return nil
	}
	g := gateOf(p)
	state, _ := t.values[before].(*tensors)
	if !sameElements(g.ofState(), state) {
		return nil
	}
	f, err := t.simple(c, p)
	if f != nil {
		*v = f
	}
	return err
}

// simple adds the layer of a state that is a gate of itself; nil: it is
// something else.
func (t *tracer) simple(c *call, p *part) (*flow, error) {
	g := gateOf(p)
	if g.ofState() == nil || g.peephole != nil {
		return nil, nil
	}
	l := network.Layer{Cell: format.CellRNN, HiddenSize: p.width(), Directions: []network.Direction{{Activations: []format.Activation{g.function}}}}
	layer, final, err := t.newLayer(c, 0, p.shape)
	if err != nil {
		return nil, err
	}
	layer.initial[0] = g.ofState()
	return t.gated(c, p.shape, &l, []*gate{g}, layer, final)
}

// isRest reports whether a part is 1 - z.
func (p *part) isRest() bool {
	return p.kind == partFunction && p.function == format.Activation{Kind: format.ActivationAffine, Alpha: -1, Beta: 1}
}

// rest returns the gate 1 - z, which is the same function of the negated sums; nil: it is
// not one.
func (g *gate) rest() *gate {
	if g == nil || g.reset != nil || g.peephole != nil ||
		g.function.Kind != format.ActivationSigmoid && (g.function.Kind != format.ActivationHardSigmoid || g.function.Beta != 0.5) {
		return nil
	}
	x, state, r := *g.x, *g.state, *g
	for _, list := range []*[]float32{&x.weight, &x.bias, &state.weight, &state.bias} {
		*list = slices.Clone(*list)
		for i := range *list {
			(*list)[i] = -(*list)[i]
		}
	}
	r.x, r.state = &x, &state
	return &r
}

// gated adds a layer of gates in the order of PyTorch; nil: they make none together.
func (t *tracer) gated(c *call, shape []int, l *network.Layer, gates []*gate, layer *tracedLayer, final *tensors) (*flow, error) {
	units, x := l.HiddenSize, gates[0].x
	w := &l.Directions[0]
	for _, g := range gates {
		state := layer.initial[0]
		if g.x.inputs != x.inputs || g.x.x.value != x.x.value || !slices.Equal(g.x.x.memory, x.x.memory) ||
			!sameElements(g.state.of[0].state, state) || len(g.state.weight) != units*l.StateSize() || len(g.x.weight) != units*x.inputs {
			return nil, nil
		}
		w.WeightIH = append(w.WeightIH, g.x.weight...)
		w.WeightHH = append(w.WeightHH, g.state.weight...)
		for _, b := range []struct {
			to   *[]float32
			bias []float32
		}{{&w.BiasIH, g.x.bias}, {&w.BiasHH, g.state.bias}} {
			if b.bias == nil {
				b.bias = make([]float32, units)
			}
			*b.to = append(*b.to, b.bias...)
		}
	}
	if slices.ContainsFunc(w.Activations, func(a format.Activation) bool { return !a.Kind.OfGates() }) {
		return nil, nil
	}
	l.Name, l.InputSize = c.node.label(), x.inputs
	packed, err := l.Pack()
	if err != nil {
		return nil, c.unsupported("%v", err)
	}
	v, err := t.matrix(c, x.x, nil, []int{len(x.x.shape) - 1})
	if err != nil {
		return nil, err
	}
	if layer.value, err = t.put(c, &packed, v); err != nil {
		return nil, err
	}
	t.layers = append(t.layers, layer)
	return &flow{value: layer.value, shape: shape, memory: canonical(shape), time: -1, final: final}, nil
}
