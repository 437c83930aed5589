package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A stateRole says which layer a state belongs to.
type stateRole struct {
	layer *tracedLayer
	cell  int // 1: it is the cell state
}

// roles returns the layer of each state: a layer that starts from all of it and gives all
// of it.
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
