package statedict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
)

// recurrent describes a recurrent layer, and those right above it that belong to the
// same module in PyTorch. It returns how many there are.
func (d *description) recurrent(n *Node, i int) int {
	layers := []*format.Layer{d.graph.Nodes[i].Op.(*format.Layer)}
	for d.stacked(i + len(layers) - 1) {
		layers = append(layers, d.graph.Nodes[i+len(layers)].Op.(*format.Layer))
	}
	l := layers[0]
	n.Op, n.Reverse, n.InputForget, n.Clip = strings.ToLower(l.Cell.String()), l.Reverse, l.InputForget, l.Clip
	n.ResetBefore = l.Variant == format.VariantResetBefore
	d.gates(n, l)
	for k, l := range layers {
		for direction := range l.Directions {
			d.direction(n.Module, k, direction, l)
		}
	}
	d.states(n, layers)
	return len(layers)
}

// stacked reports whether the node after node i is a recurrent layer on top of it that
// differs only in its weights.
func (d *description) stacked(i int) bool {
	if i+1 >= len(d.graph.Nodes) || d.readers[d.value(i)] != 1 || len(d.graph.Nodes[i].Inputs) > 1 || !slices.Equal(d.graph.Nodes[i+1].Inputs, []int{d.value(i)}) {
		return false
	}
	below, isLayer := d.graph.Nodes[i].Op.(*format.Layer)
	above, areLayers := d.graph.Nodes[i+1].Op.(*format.Layer)
	if !isLayer || !areLayers || !below.Cell.Recurrent() {
		return false
	}
	if below.Reverse || above.Reverse || len(below.Directions) != len(above.Directions) {
		return false
	}
	a, b := *below, *above
	a.InputSize, b.InputSize, a.Directions, b.Directions = 0, 0, nil, nil
	if !sameForm(&a, &b) {
		return false
	}
	for k := range below.Directions {
		v, w := &below.Directions[k], &above.Directions[k]
		if !slices.Equal(v.Activations, w.Activations) || (v.H0 == nil) != (w.H0 == nil) || (v.C0 == nil) != (w.C0 == nil) || (v.Peephole == nil) != (w.Peephole == nil) {
			return false
		}
	}
	return true
}

// sameForm reports whether layers without weights are of the same kind and size.
func sameForm(a, b *format.Layer) bool {
	return a.Cell == b.Cell && a.Variant == b.Variant && a.HiddenSize == b.HiddenSize && a.ProjectionSize == b.ProjectionSize &&
		a.InputForget == b.InputForget && a.Clip == b.Clip
}

// gates describes the functions of the gates, if they are not those of PyTorch's module.
func (d *description) gates(n *Node, l *format.Layer) {
	usual := l.Cell.Activations(l.Cell.DefaultVariant())
	var lists [][]Function
	plain, same := true, true
	for k := range l.Directions {
		own := l.Directions[k].Activations
		if own == nil {
			own = l.Cell.Activations(l.Variant)
		}
		plain = plain && slices.Equal(own, usual)
		var list []Function
		for _, a := range own {
			var f Function
			f.Name, f.Alpha, f.Beta = functionOf(a)
			list = append(list, f)
		}
		lists = append(lists, list)
		same = same && slices.Equal(l.Directions[0].Activations, l.Directions[k].Activations)
	}
	switch {
	case plain:
	case same && len(usual) == 1 && lists[0][0].Alpha == nil: // as PyTorch's nonlinearity
		n.Activation = lists[0][0].Name
	case same:
		n.Gates = lists[:1]
	default:
		n.Gates = lists
	}
}

// direction adds the tensors of a direction of layer k of a module.
func (d *description) direction(module string, k, direction int, l *format.Layer) {
	w := &l.Directions[direction]
	p, half := l.Unpack(w), w.Gates.DType == format.DTypeF16
	rows := l.Cell.Gates() * l.HiddenSize
	name := func(part string) string {
		return fmt.Sprintf("%s.%s_l%d%s", module, part, k, [2]string{"", "_reverse"}[direction])
	}
	d.tensor(name("weight_ih"), half, p.WeightIH, rows, l.InputSize)
	d.tensor(name("weight_hh"), half, p.WeightHH, rows, l.StateSize())
	d.tensor(name("bias_ih"), false, p.BiasIH, rows)
	d.tensor(name("bias_hh"), false, p.BiasHH, rows)
	if l.ProjectionSize > 0 {
		d.tensor(name("weight_hr"), w.Projection.DType == format.DTypeF16, p.Projection, l.ProjectionSize, l.HiddenSize)
	}
}

// states adds what PyTorch's modules do not have: learned initial states, and peepholes.
func (d *description) states(n *Node, layers []*format.Layer) {
	size, hidden := layers[0].StateSize(), layers[0].HiddenSize
	collect := func(size int, of func(l *format.Layer, w *format.Weights) []float32) (all []float32) {
		found := false
		for _, l := range layers {
			for k := range l.Directions {
				v := of(l, &l.Directions[k])
				found = found || v != nil
				all = append(all, append(slices.Clone(v), make([]float32, size)...)[:size]...)
			}
		}
		if !found {
			return nil
		}
		return all
	}
	count := len(layers) * len(layers[0].Directions)
	if h := collect(size, func(_ *format.Layer, w *format.Weights) []float32 { return w.H0 }); h != nil {
		n.H0 = Names{d.tensor(n.Module+".h0", false, h, count, size)}
	}
	if c := collect(hidden, func(_ *format.Layer, w *format.Weights) []float32 { return w.C0 }); c != nil {
		n.C0 = Names{d.tensor(n.Module+".c0", false, c, count, hidden)}
	}
	if p := collect(3*hidden, func(l *format.Layer, w *format.Weights) []float32 { return l.Unpack(w).Peephole }); p != nil {
		n.Peephole = d.tensor(n.Module+".peephole", false, p, count, 3, hidden)
	}
}
