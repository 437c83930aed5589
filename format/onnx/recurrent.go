package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// The positions of PyTorch's gates in ONNX's order: i f g o in i o f c, and r z
// n in z r h. Peepholes are i f o in i o f.
func gateOrder(k format.Cell) []int {
	switch k {
	case format.CellLSTM:
		return []int{0, 2, 3, 1}
	case format.CellGRU:
		return []int{1, 0, 2}
	}
	return []int{0}
}

func peepholeOrder() []int { return []int{0, 2, 1} }

// A cell is a node of the operator RNN, GRU or LSTM.
type cell struct {
	*call
	kind       format.Cell
	directions int
	reverse    bool // the only direction is reversed
	layout     int64
	hidden     int
	x          *stream
	read       reading
	layer      network.Layer
	stage      *stage
}

func recurrentNode(kind format.Cell) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		n := &cell{call: c, kind: kind, layer: network.Layer{Cell: kind, Name: c.node.label()}}
		for _, step := range []func() error{n.options, n.source, n.weights, n.lengths, n.states} {
			if err := step(); err != nil {
				return nil, err
			}
		}
		return n.outputs(), nil
	}
}

// options reads the attributes.
func (n *cell) options() error {
	direction, err := n.textAttribute("direction", "forward")
	if err != nil {
		return err
	}
	switch direction {
	case "forward", "reverse":
		n.directions, n.reverse = 1, direction == "reverse"
	case "bidirectional":
		n.directions = 2
	default:
		return n.damaged("the direction %s", quote(direction))
	}
	if n.layout, err = n.intAttribute("layout", 0); err != nil {
		return err
	}
	if n.layout != 0 && n.layout != 1 {
		return n.damaged("the layout %d", n.layout)
	}
	r, err := n.array(2, "R")
	if err != nil {
		return err
	}
	if len(r.shape) == 3 {
		n.hidden = r.shape[2].known()
	}
	hidden, err := n.intAttribute("hidden_size", int64(n.hidden))
	if err != nil {
		return err
	}
	if n.hidden < 1 || hidden != int64(n.hidden) {
		return n.shape("hidden_size is %d, but R has the shape %v", hidden, shapeText(r.shape))
	}
	clip, err := n.attribute("clip", attributeFloat)
	if err != nil {
		return err
	}
	if clip != nil {
		if !(clip.float > 0) {
			return n.damaged("a clip of %v", clip.float)
		}
		n.layer.Clip = clip.float
	}
	switch n.kind {
	case format.CellLSTM:
		coupled, err := n.intAttribute("input_forget", 0)
		if err != nil {
			return err
		}
		n.layer.InputForget = coupled != 0
	case format.CellGRU:
		after, err := n.intAttribute("linear_before_reset", 0)
		if err != nil {
			return err
		}
		n.layer.Variant = format.VariantResetAfter
		if after == 0 {
			n.layer.Variant = format.VariantResetBefore
			n.resetsBefore = true
		}
	}
	activations, err := n.gateActivations(n.kind, n.directions)
	if err != nil {
		return err
	}
	for d := range n.directions {
		n.layer.Directions = append(n.layer.Directions, network.Direction{Activations: activations[d]})
	}
	return nil
}

// axesOf returns which axes are the steps and the sequences.
func (n *cell) axesOf() (steps, batch int) {
	if n.layout == 1 {
		return 1, 0
	}
	return 0, 1
}

// source reads X, and finds out which of its axes is the time.
func (n *cell) source() error {
	x, ok := n.in[0].(*stream)
	if !ok {
		return n.unsupported("X is constant")
	}
	if len(x.axes) != 3 {
		return n.shape("X has the shape %v, want 3 axes", shapeText(x.shape()))
	}
	if x.pooled() {
		return n.unsupported("it reads one value for a sequence as if it were steps")
	}
	x, err := n.features(x, 2)
	if err != nil {
		return err
	}
	t, b := n.axesOf()
	if recurrent(n.below(x)) == nil {
		if len(x.axes[t]) > 1 || len(x.axes[b]) > 1 || x.steps != nil && !slices.Equal(x.axes[t], []*atom{x.steps}) {
			return n.unsupported("X has the shape %v, whose axes %d and %d are not the steps and sequences of the input", shapeText(x.shape()), t, b)
		}
		x = x.clone()
		x.steps, x.batch = first(x.axes[t]), first(x.axes[b])
	}
	if !holds(x.axes[t], x.steps) || !holds(x.axes[b], x.batch) {
		return n.unsupported("it reads steps along another axis than the layer below, or mixes steps and sequences: X has the shape %v", shapeText(x.shape()))
	}
	if x.sorted != nil && x.sortedAxis != x.batch {
		return n.unsupported("it reads steps or features sorted by the lengths of sequences")
	}
	n.x = x
	n.read, err = n.call.read(x)
	return err
}

// below returns the stage that a stream comes from.
func (n *cell) below(s *stream) *stage {
	if len(s.tracks) > 0 {
		return s.tracks[0].stage
	}
	return s.stage
}

func first(axis []*atom) *atom {
	if len(axis) == 0 {
		return nil
	}
	return axis[0]
}

// holds reports whether an axis is exactly one atom.
func holds(axis []*atom, a *atom) bool {
	if a == nil {
		return len(axis) == 0
	}
	return len(axis) == 1 && axis[0] == a
}

// constantsOf returns input i as matrices of each direction, or nil.
func (n *cell) constantsOf(i int, what string, shape ...int) ([]float32, error) {
	a, err := n.array(i, what)
	if err != nil || a == nil {
		return nil, err
	}
	v, err := n.matrix(a, what, append([]int{n.directions}, shape...)...)
	if err != nil {
		return nil, err
	}
	return v, n.spend(2 * len(v))
}

// order returns matrices of gates, each of size numbers, in another order.
func order(from []float32, gates []int, size int) []float32 {
	to := make([]float32, 0, len(from))
	for _, g := range gates {
		to = append(to, from[g*size:][:size]...)
	}
	return to
}

// weights reads W, R, B and P.
func (n *cell) weights() error {
	a, err := n.array(1, "W")
	if err != nil {
		return err
	}
	if len(a.shape) != 3 {
		return n.shape("W has the shape %v", shapeText(a.shape))
	}
	width := a.shape[2].known()
	if n.x, err = n.sized(n.x, width); err != nil {
		return err
	}
	if err := n.setWeights(width); err != nil {
		return err
	}
	n.layer.Reverse = n.directions == 1 && n.reverse != n.x.reversed
	n.stage = n.call.layer(n.read.stage, n.layer)
	return nil
}

// setWeights gives the layer W, which has that many inputs, R, B and P.
func (n *cell) setWeights(width int) error {
	gates, h := gateOrder(n.kind), n.hidden
	g := len(gates)
	w, err := n.constantsOf(1, "W", g*h, width)
	if err != nil {
		return err
	}
	r, err := n.constantsOf(2, "R", g*h, h)
	if err != nil {
		return err
	}
	b, err := n.constantsOf(3, "B", 2*g*h)
	if err != nil {
		return err
	}
	p, err := n.constantsOf(7, "P", 3*h)
	if err != nil {
		return err
	}
	if n.read.order != nil {
		if err := n.spend(g * h * n.directions * n.read.inputs(width)); err != nil {
			return err
		}
	}
	n.layer.InputSize, n.layer.HiddenSize = n.read.inputs(width), h
	for d := range n.layer.Directions {
		to := &n.layer.Directions[d]
		to.WeightIH = n.read.scatter(order(w[d*g*h*width:], gates, h*width), g*h)
		to.WeightHH = order(r[d*g*h*h:], gates, h*h)
		if b != nil {
			to.BiasIH = order(b[d*2*g*h:], gates, h)
			to.BiasHH = order(b[(2*d+1)*g*h:], gates, h)
		}
		if p != nil && !allZero(p[d*3*h:][:3*h]) {
			to.Peephole = order(p[d*3*h:], peepholeOrder(), h)
		}
	}
	return nil
}

func allZero(v []float32) bool {
	return !slices.ContainsFunc(v, func(x float32) bool { return x != 0 })
}

// outputs returns Y, Y_h and Y_c.
func (n *cell) outputs() []value {
	if n.x.reversed && n.directions == 2 {
		slices.Reverse(n.stage.layer.Directions)
	}
	tracks, units := newAtoms(n.directions, true), newAtoms(n.hidden, false)
	s := n.x.clone()
	s.stage, s.features, s.pool = nil, slices.Concat(tracks, units), 0
	s.tracks = nil
	for d := range n.directions {
		s.tracks = append(s.tracks, track{stage: n.stage, direction: n.direction(d)})
	}
	t, b := n.x.axes[0], n.x.axes[1]
	s.axes = [][]*atom{t, tracks, b, units}
	if n.layout == 1 {
		b, t = t, b
		s.axes = [][]*atom{b, t, tracks, units}
	}
	state := func(cell bool) *stream {
		r := s.clone()
		r.steps, r.reversed = nil, false
		r.tracks = slices.Clone(s.tracks)
		for i := range r.tracks {
			r.tracks[i].when, r.tracks[i].cell = final, cell
		}
		r.axes = [][]*atom{tracks, b, units}
		if n.layout == 1 {
			r.axes = [][]*atom{b, tracks, units}
		}
		return r
	}
	out := []value{s, state(false)}
	if n.kind.HasCellState() {
		out = append(out, state(true))
	}
	return out
}
