package statedict

import (
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// recurrent adds the layers of an RNN, an LSTM or a GRU, which may also read a mask.
func (g *grapher) recurrent(n *Node, in []int) (int, error) {
	var own []Tensor
	for name, t := range g.tensors {
		if prefix, slot := place(name); slot != nil && prefix == n.Module && recurrentName.MatchString(name) {
			g.used[name] = true
			own = append(own, *t)
		}
	}
	list, err := modules(withBothBiases(own))
	if err != nil {
		return 0, err
	}
	if len(list) != 1 {
		name := join(n.Module, "weight_ih_l0")
		return 0, g.refuse("the file has no tensors of a recurrent module %s: weight_ih_l0, weight_hh_l0, …%s", network.Quote(n.Module), suggestTensor(name, g.tensors))
	}
	layers, err := list[0].build()
	if err != nil {
		return 0, err
	}
	if err := g.states(n, list[0], layers); err != nil {
		return 0, err
	}
	if err := g.peepholes(n, layers); err != nil {
		return 0, err
	}
	v := in[0]
	for i := range layers {
		l := &layers[i]
		if cell := l.Cell.String(); !strings.EqualFold(cell, n.Op) {
			return 0, g.refuse("its tensors are those of a %s, not of %s", cell, n.Op)
		}
		if err := n.gates(l); err != nil {
			return 0, err
		}
		packed, err := l.Pack()
		if err != nil {
			return 0, err
		}
		if v, err = g.put(&packed, append([]int{v}, in[1:]...)...); err != nil {
			return 0, err
		}
	}
	return v, nil
}

// withBothBiases adds zeros for the bias of the state if there is only that of
// the input, as in other frameworks.
func withBothBiases(tensors []Tensor) []Tensor {
	for _, t := range tensors {
		other := strings.Replace(t.Name, "bias_ih", "bias_hh", 1)
		if other != t.Name && !slices.ContainsFunc(tensors, func(t Tensor) bool { return t.Name == other }) {
			tensors = append(tensors, Tensor{Name: other, DType: t.DType, Shape: t.Shape, Data: make([]float32, len(t.Data))})
		}
	}
	return tensors
}

// gates sets what the node says about a recurrent layer.
func (n *Node) gates(l *network.Layer) error {
	if n.ResetBefore {
		if !slices.Contains(l.Cell.Variants(), format.VariantResetBefore) {
			return network.Refuse(network.ErrArchitecture, n.Module, `only a GRU has "reset_before"`)
		}
		l.Variant = format.VariantResetBefore
	}
	if n.Reverse {
		if len(l.Directions) != 1 {
			return network.Refuse(network.ErrArchitecture, n.Module, `"reverse" needs a layer of one direction`)
		}
		l.Reverse = true
	}
	if err := n.special(l); err != nil {
		return err
	}
	if n.Activation == "" && n.RecurrentActivation == "" {
		return nil
	}
	list := append([]format.Activation(nil), l.Cell.Activations(max(l.Variant, l.Cell.DefaultVariant()))...)
	if n.Activation != "" {
		a, err := n.function(n.Activation)
		if err != nil {
			return err
		}
		for i := min(1, len(list)-1); i < len(list); i++ {
			list[i] = a
		}
	}
	if n.RecurrentActivation != "" {
		a, err := n.function(n.RecurrentActivation)
		if err != nil {
			return err
		}
		list[0] = a
	}
	for d := range l.Directions {
		l.Directions[d].Activations = list
	}
	return nil
}

// states sets the learned initial states of a recurrent module.
func (g *grapher) states(n *Node, m *module, layers []network.Layer) error {
	b := builder{states: map[string]*Tensor{}}
	for _, name := range append(append(Names(nil), n.H0...), n.C0...) {
		if g.tensors[name] == nil {
			return g.refuse("the file has no tensor %s%s", network.Quote(name), suggestTensor(name, g.tensors))
		}
		g.used[name] = true
		b.states[name] = g.tensors[name]
	}
	return b.addStates(m, &Module{H0: n.H0, C0: n.C0}, layers)
}
