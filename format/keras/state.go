package keras

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// states returns the final states of a direction: h, and for an LSTM c. The
// direction reads t, and gives all, and at the end h.
func (b *builder) states(l *layer, t tensor, n network.Layer, all, h tensor) ([]tensor, error) {
	if !n.Cell.HasCellState() {
		return []tensor{h}, nil
	}
	c, err := b.cellState(l, t, n, all)
	return []tensor{h, c}, err
}

// cellState returns the final cell state of an LSTM that reads t, and gives all. It is
// the output of a second LSTM, which also reads the states h of the first. The second
// one's output gate is open and its output has no activation, so that its h is its c,
// which equals the first one's.
func (b *builder) cellState(l *layer, t tensor, n network.Layer, all tensor) (tensor, error) {
	open, ok := openGate(n.Directions[0].Activations)
	if !ok {
		return tensor{shape: []int{n.HiddenSize}, bad: "the cell state of " + l.title() + ", whose output gate has an activation that cannot be 1"}, nil
	}
	before, err := b.before(l, all, n.Reverse)
	if err != nil {
		return t, err
	}
	x := t
	if x.value, err = b.put(l, &format.Concat{Axis: format.AxisChannels}, t.value, before); err != nil {
		return t, err
	}
	x.shape = []int{t.shape[0], t.channels() + n.HiddenSize}
	x, err = b.layer(l, x, cellStateLayer(n, open))
	if err != nil {
		return t, err
	}
	return b.final(l, x, n.Reverse)
}

// openGate returns a sum that makes the output gate 1.
func openGate(activations []format.Activation) (float32, bool) {
	kind := format.ActivationSigmoid
	if len(activations) > 0 {
		kind = activations[0].Kind
	}
	switch kind {
	case format.ActivationSigmoid, format.ActivationTanh, format.ActivationHardSigmoid:
		return 64, true
	case format.ActivationNone, format.ActivationReLU, format.ActivationLeakyReLU, format.ActivationELU:
		return 1, true
	}
	return 0, false
}

// before returns the states of the previous step, in the order in which the
// direction reads the steps.
func (b *builder) before(l *layer, all tensor, reverse bool) (int, error) {
	frames := b.values[all.value].Frames
	op, start := &format.Window{Before: 1}, 0
	if reverse {
		op, start = &format.Window{After: 1}, 1
	}
	v, err := b.put(l, op, all.value)
	if err != nil {
		return 0, err
	}
	return b.put(l, &format.Slice{Axis: format.AxisFrames, Start: start, Count: frames, Step: 1}, v)
}

// cellStateLayer returns the LSTM whose h is the cell state of another; it reads
// that one's states beside its inputs.
func cellStateLayer(n network.Layer, open float32) network.Layer {
	d := n.Directions[0]
	in, u := n.InputSize, n.HiddenSize
	const output = 3 // of the gates i f g o
	joined := format.Plain{WeightHH: make([]float32, len(d.WeightHH)), BiasIH: make([]float32, 4*u)}
	for row := range 4 * u {
		if row/u == output {
			joined.WeightIH = append(joined.WeightIH, make([]float32, in+u)...)
			joined.BiasIH[row] = open
			continue
		}
		joined.WeightIH = append(append(joined.WeightIH, d.WeightIH[row*in:][:in]...), d.WeightHH[row*u:][:u]...)
		for _, bias := range [][]float32{d.BiasIH, d.BiasHH} {
			if bias != nil {
				joined.BiasIH[row] += bias[row]
			}
		}
	}
	d.Plain = joined
	d.Activations = slices.Clone(d.Activations)
	if d.Activations == nil {
		d.Activations = []format.Activation{{Kind: format.ActivationSigmoid}, {Kind: format.ActivationTanh}, {}}
	}
	d.Activations[2] = format.Activation{}
	n.InputSize, n.Directions = in+u, []network.Direction{d}
	return n
}

// stateInputs returns the inputs of a model that are initial states of its recurrent
// layers, and nothing else.
func (m *model) stateInputs() map[string]bool {
	list := map[string]bool{}
	for _, l := range m.layers {
		for _, c := range l.calls {
			for _, r := range c.states {
				if from := m.byName[r.layer]; from != nil && from.class == "InputLayer" {
					list[r.layer] = true
				}
			}
		}
	}
	for _, l := range m.layers {
		for _, c := range l.calls {
			for _, r := range c.args {
				delete(list, r.layer)
			}
		}
	}
	for _, r := range m.outputs {
		delete(list, r.layer)
	}
	return list
}

// goesOn checks the initial states of a call. It leaves out those that are inputs of
// the whole model, as well as the outputs that are the states after it: a session
// keeps them.
func (b *builder) goesOn(m *model, l *layer, c call) error {
	if len(c.states) > 0 && !l.recurs() {
		return network.Refuse(network.ErrUnsupported, l.title(), "it is given initial states, but is not a recurrent layer")
	}
	for _, r := range c.states {
		if m != b.model || !b.stateInputs[r.layer] {
			return network.Refuse(network.ErrUnsupported, l.title(), "it starts from a state that another layer gives, as the decoder of a translator does: "+
				"save the encoder and the decoder as separate models, the decoder with its states as inputs and outputs, convert both, and join them with rnntrain join")
		}
	}
	b.takesStates = b.takesStates || len(c.states) > 0
	return nil
}
