package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// These layers are recognised, of gates that are a function of x W + h R + b:
//
//	LSTM  c' = f∘c + i∘g, h' = o∘tanh(c')
//	GRU   h' = z∘h + (1-z)∘n, or n + z∘(h-n), with n of (h R)∘r or of (h∘r) R

// A gate is a function of the sums of a gate.
type gate struct {
	x        *denseProduct
	state    *part // partProduct
	reset    *part // by which the product with the state is multiplied; nil: by nothing
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
	if p.kind != partFunction || p.of[0].kind != partSum || len(p.of[0].of) != 2 {
		return nil
	}
	g := &gate{function: p.function}
	for _, term := range p.of[0].of {
		switch term.kind {
		case partInput:
			g.x = term.input
		case partProduct:
			g.state = term
		case partTimes:
			for i, o := range term.of {
				if o.kind == partProduct {
					g.state, g.reset = o, term.of[1-i]
				}
			}
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

// sameElements reports whether two states are the same.
func sameElements(a, b *tensors) bool {
	return a != nil && b != nil && slices.Equal(a.ids.floats, b.ids.floats)
}

// either calls match with two operands in both orders.
func either(of []*part, match func(a, b *part) bool) bool {
	return len(of) == 2 && (match(of[0], of[1]) || match(of[1], of[0]))
}

// layerOf returns what the layer gives that a part ends; nil: it ends none.
func (t *tracer) layerOf(c *call, p *part) (*flow, error) {
	switch p.kind {
	case partSum:
		if err := t.findCell(c, p); err != nil || p.cell != nil {
			return nil, err
		}
		return t.gru(c, p)
	case partTimes:
		var out *gate
		var cell *part
		either(p.of, func(a, b *part) bool {
			out, cell = gateOf(a), b
			return out != nil && b.kind == partFunction && b.of[0].cell != nil
		})
		if out == nil || cell.kind != partFunction || cell.of[0].cell == nil {
			return nil, nil
		}
		return t.lstm(c, p, out, cell.of[0].cell, cell.function)
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
			return s.kind == partState && n.forget.ofState() != nil && !sameElements(n.forget.ofState(), s.state)
		}) && either(add.of, func(i, g *part) bool {
			n.input, n.new = gateOf(i), gateOf(g)
			return n.input.ofState() != nil && n.new.ofState() != nil && n.input.function == n.forget.function
		})
	})
	if !found {
		return nil
	}
	n.layer = &tracedLayer{node: c.node, units: p.width(), dirs: 1, initial: [2]*tensors{n.forget.ofState(), state.state}}
	for i := range n.finals {
		var err error
		if n.layer.finals[i], n.finals[i], err = t.newOwner(c, owner{layer: n.layer, cell: i == 1, shape: p.shape, time: -1}); err != nil {
			return err
		}
	}
	p.cell = n
	return nil
}

// lstm adds the layer whose output gate is multiplied with a function of its cell.
func (t *tracer) lstm(c *call, p *part, out *gate, cell *newCell, function format.Activation) (*flow, error) {
	if out.function != cell.forget.function {
		return nil, nil
	}
	l := network.Layer{Cell: format.CellLSTM, Directions: []network.Direction{{Activations: []format.Activation{out.function, cell.new.function, function}}}}
	return t.gated(c, p, &l, []*gate{cell.input, cell.forget, cell.new, out}, cell.layer, cell.finals[0])
}

// gru adds the layer whose new state a sum is; nil: it is none.
func (t *tracer) gru(c *call, p *part) (*flow, error) {
	var update, fresh, reset *gate
	var state *part
	kept := func(a, b *part) bool { // z∘h + (1-z)∘n
		return a.kind == partTimes && b.kind == partTimes && either(a.of, func(z, s *part) bool {
			state, update = s, gateOf(z)
			return s.kind == partState && update.ofState() != nil && either(b.of, func(rest, n *part) bool {
				fresh = gateOf(n)
				return fresh != nil && rest.kind == partFunction && rest.of[0] == z &&
					rest.function == (format.Activation{Kind: format.ActivationAffine, Alpha: -1, Beta: 1})
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
	if !either(p.of, kept) && !either(p.of, moved) {
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
		if g == nil || g.state.of[0].kind != partState || !sameElements(g.state.of[0].state, state.state) || g != fresh && g.reset != nil {
			return nil, nil
		}
	}
	if reset.function != update.function {
		return nil, nil
	}
	l := network.Layer{Cell: format.CellGRU, Variant: variant, Directions: []network.Direction{{Activations: []format.Activation{reset.function, fresh.function}}}}
	layer := &tracedLayer{node: c.node, units: p.width(), dirs: 1, initial: [2]*tensors{state.state}}
	o, final, err := t.newOwner(c, owner{layer: layer, shape: p.shape, time: -1})
	if err != nil {
		return nil, err
	}
	layer.finals[0] = o
	return t.gated(c, p, &l, all, layer, final)
}

// gated adds a layer of gates in the order of PyTorch; nil: they make none together.
func (t *tracer) gated(c *call, p *part, l *network.Layer, gates []*gate, layer *tracedLayer, final *tensors) (*flow, error) {
	units, x := layer.units, gates[0].x
	w := &l.Directions[0]
	for _, g := range gates {
		state := layer.initial[0]
		if g.x.inputs != x.inputs || g.x.x.value != x.x.value || !slices.Equal(g.x.x.memory, x.x.memory) ||
			!sameElements(g.state.of[0].state, state) || len(g.state.weight) != units*units || len(g.x.weight) != units*x.inputs {
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
	l.Name, l.InputSize, l.HiddenSize = c.node.label(), x.inputs, units
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
	return &flow{value: layer.value, shape: p.shape, memory: canonical(p.shape), time: -1, final: final}, nil
}
