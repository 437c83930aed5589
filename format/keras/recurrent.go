package keras

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// recurrentWeights names the weights of a layer that stores those of its gates
// together.
func recurrentWeights(l *layer) []string { return kernelAndBias("kernel", "recurrent_kernel")(l) }

// cudnn reports whether only CuDNN runs layers of the class.
func (l *layer) cudnn() bool { return l.class == "CuDNNLSTM" || l.class == "CuDNNGRU" }

// cell returns the cell of a class.
func (l *layer) cell() format.Cell {
	switch l.class {
	case "LSTM", "CuDNNLSTM":
		return format.CellLSTM
	case "GRU", "CuDNNGRU":
		return format.CellGRU
	}
	return format.CellRNN
}

// recurrentLayer returns Keras' layer as a layer of one direction.
func (l *layer) recurrentLayer(inputs int) (network.Layer, error) {
	n := network.Layer{Name: l.title(), Cell: l.cell(), InputSize: inputs, HiddenSize: l.config.size(0, "units", "output_dim")}
	n.Reverse = l.config.flag(false, "go_backwards")
	after := l.config.flag(l.cudnn(), "reset_after")
	useBias := l.config.flag(true, "use_bias")
	l.config.get("zero_output_for_mask")
	activations, err := l.activations(n.Cell)
	if err != nil {
		return n, err
	}
	if l.config.err != nil {
		return n, l.config.err
	}
	gates, u := n.Cell.Gates(), n.HiddenSize
	w, err := l.weight("kernel", inputs, gates*u)
	if err != nil {
		return n, err
	}
	r, err := l.weight("recurrent_kernel", u, gates*u)
	if err != nil {
		return n, err
	}
	d := network.Direction{Activations: activations}
	transposed := false // as CuDNN has the kernels
	if useBias {
		b := l.arrays["bias"]
		switch {
		case b == nil:
			return n, network.Refuse(network.ErrShape, l.title(), "the file lacks its bias")
		case slices.Equal(b.shape, []int{gates * u}) && !l.cudnn():
			d.BiasIH = slices.Clone(b.data)
		case slices.Equal(b.shape, []int{2 * gates * u}) && n.Cell != format.CellRNN:
			transposed = true
			fallthrough
		case slices.Equal(b.shape, []int{2, gates * u}) && n.Cell == format.CellGRU:
			d.BiasIH, d.BiasHH = slices.Clone(b.data[:gates*u]), slices.Clone(b.data[gates*u:])
			after = n.Cell == format.CellGRU
		default:
			return n, network.Refuse(network.ErrShape, b.name, "its shape is %v, want [%d] of %s", b.shape, gates*u, l.title())
		}
		if n.Cell == format.CellGRU && after && d.BiasHH == nil {
			return n, network.Refuse(network.ErrShape, b.name, "its shape is %v, but the layer resets after the product, with two biases", b.shape)
		}
	} else if l.cudnn() {
		return n, network.Refuse(network.ErrUnsupported, l.title(), "a layer of CuDNN without a bias")
	}
	if n.Cell == format.CellGRU && !after {
		n.Variant = format.VariantResetBefore
	}
	d.Plain = plain(gates, w, r, d.BiasIH, d.BiasHH, transposed)
	n.Directions = []network.Direction{d}
	return n, nil
}

// plain returns the weights of a layer in PyTorch's order. The biases are changed.
func plain(gates int, w, r *array, biasIH, biasHH []float32, ofCuDNN bool) format.Plain {
	inputs, u := w.shape[0], r.shape[0]
	p := format.Plain{WeightIH: gatesOf(w.data, inputs, u, gates, ofCuDNN), WeightHH: gatesOf(r.data, u, u, gates, ofCuDNN), BiasIH: biasIH, BiasHH: biasHH}
	if gates == format.CellGRU.Gates() { // Keras has z r h, PyTorch r z n
		swap(p.WeightIH, inputs*u)
		swap(p.WeightHH, u*u)
		swap(p.BiasIH, u)
		swap(p.BiasHH, u)
	}
	return p
}

// plainOf returns the weights of a layer if their shapes tell its cell; false:
// they do not belong to a recurrent layer.
func plainOf(w, r, bias *array) (p format.Plain, ok bool) {
	if w == nil || r == nil || len(w.shape) != 2 || len(r.shape) != 2 || r.shape[0] < 1 || w.shape[1] != r.shape[1] || r.shape[1]%r.shape[0] != 0 {
		return p, false
	}
	columns := r.shape[1]
	gates := columns / r.shape[0]
	if gates != 1 && gates != format.CellGRU.Gates() && gates != format.CellLSTM.Gates() {
		return p, false
	}
	switch {
	case bias == nil:
		return plain(gates, w, r, nil, nil, false), true
	case slices.Equal(bias.shape, []int{columns}):
		return plain(gates, w, r, slices.Clone(bias.data), nil, false), true
	case gates > 1 && len(bias.data) == 2*columns && bias.shape[len(bias.shape)-1]%columns == 0:
		return plain(gates, w, r, slices.Clone(bias.data[:columns]), slices.Clone(bias.data[columns:]), len(bias.shape) == 1), true
	}
	return p, false
}

// gatesOf returns a kernel [rows][gates·units] as [gates][units][rows]. CuDNN's have
// the numbers of each gate in that order already.
func gatesOf(data []float32, rows, units, gates int, ofCuDNN bool) []float32 {
	out := make([]float32, len(data))
	for g := range gates {
		for r := range rows {
			for u := range units {
				v := data[(r*gates+g)*units+u]
				if ofCuDNN {
					out[g*rows*units+r*units+u] = v
				} else {
					out[(g*units+u)*rows+r] = v
				}
			}
		}
	}
	return out
}

// swap swaps the first two blocks of n numbers.
func swap(v []float32, n int) {
	for i := range min(n, len(v)/2) {
		v[i], v[n+i] = v[n+i], v[i]
	}
}

// activations returns the activations of the gates; nil: the cell's own.
func (l *layer) activations(cell format.Cell) ([]format.Activation, error) {
	if l.cudnn() {
		return nil, nil
	}
	f, err := l.functionOf("tanh", "activation")
	if err != nil {
		return nil, err
	}
	single := func(list []format.Activation) (format.Activation, error) {
		switch {
		case len(list) == 0:
			return format.Activation{}, nil
		case len(list) > 1 || !list[0].Kind.OfGates():
			return format.Activation{}, l.config.refuse("the gates of a recurrent layer cannot have the activation %v", list[0].Kind)
		}
		return list[0], nil
	}
	state, err := single(f)
	if err != nil || cell == format.CellRNN {
		return []format.Activation{state}, err
	}
	if v, _ := l.config.get("recurrent_activation", "inner_activation"); v == nil {
		// It is the sigmoid or hard_sigmoid, according to the version; Keras always names it.
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "it lacks \"recurrent_activation\"")
	}
	if f, err = l.functionOf("", "recurrent_activation", "inner_activation"); err != nil {
		return nil, err
	}
	sigma, err := single(f)
	if cell == format.CellGRU {
		return []format.Activation{sigma, state}, err
	}
	return []format.Activation{sigma, state, state}, err
}

// recurrent adds a layer of one direction.
func recurrent(b *builder, l *layer, in []tensor) ([]tensor, error) {
	t := in[0]
	sequences, state := l.config.flag(false, "return_sequences"), l.config.flag(false, "return_state")
	if err := b.recurs(l, t); err != nil {
		return nil, err
	}
	n, err := l.recurrentLayer(t.channels())
	if err != nil {
		return nil, err
	}
	all, err := b.layer(l, t, n)
	if err != nil {
		return nil, err
	}
	var out []tensor
	if sequences {
		first := all
		if n.Reverse {
			if first, err = b.backward(l, all); err != nil {
				return nil, err
			}
		}
		out = append(out, first)
	}
	if sequences && !state {
		return out, nil
	}
	h, err := b.final(l, all, n.Reverse)
	if err != nil {
		return nil, err
	}
	if !sequences {
		out = append(out, h)
	}
	if state {
		states, err := b.states(l, t, n, all, h)
		if err != nil {
			return nil, err
		}
		out = append(out, states...)
	}
	return out, nil
}

// recurs refuses what a recurrent layer cannot read.
func (b *builder) recurs(l *layer, t tensor) error {
	switch {
	case len(t.shape) != 2:
		return network.Refuse(network.ErrUnsupported, l.title(), "it reads a tensor of the shape %v, want [steps features]", t.shape)
	case b.inside:
		return network.Refuse(network.ErrUnsupported, l.title(), "a recurrent layer that starts again at each step of another")
	case t.steps:
		return nil
	case b.values[t.value].EachStep():
		b.carries = true
		return nil
	}
	return refuseWhole(l, "it reads as many steps as the layer below repeats, which are not those of the sequence")
}

// final returns the output of a layer after all steps of its direction.
func (b *builder) final(l *layer, t tensor, reverse bool) (tensor, error) {
	frames := b.values[t.value].Frames
	pool, frame := format.PoolLast, frames-1
	if reverse {
		pool, frame = format.PoolFirst, 0
	}
	var err error
	if frames > 1 {
		if t.value, err = b.put(l, &format.Slice{Axis: format.AxisFrames, Start: frame, Count: 1, Step: 1}, t.value); err != nil {
			return t, err
		}
	}
	if t.steps {
		if t.value, err = b.put(l, &format.SequencePool{Pool: pool}, t.value); err != nil {
			return t, err
		}
	}
	t.shape, t.steps = t.shape[1:], false
	return t, nil
}

// backward returns the steps in the opposite order.
func (b *builder) backward(l *layer, t tensor) (tensor, error) {
	if t.steps {
		return t, refuseWhole(l, "the outputs of all steps in the opposite order")
	}
	var err error
	n := b.values[t.value].Frames
	t.value, err = b.put(l, &format.Slice{Axis: format.AxisFrames, Start: n - 1, Count: n, Step: -1}, t.value)
	return t, err
}

// bidirectional adds a layer of two directions.
func bidirectional(b *builder, l *layer, in []tensor) ([]tensor, error) {
	t := in[0]
	forward, back := l.inner[0], l.inner[1]
	if k := classes[forward.class]; k == nil || k.cell == "" || classes[back.class] == nil || classes[back.class].cell == "" {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "it wraps %s and %s, want recurrent layers", forward.title(), back.title())
	}
	mode := l.config.text("", "merge_mode")
	sequences, state := forward.config.flag(false, "return_sequences"), forward.config.flag(false, "return_state")
	if sequences != back.config.flag(false, "return_sequences") {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "only one of its directions gives all steps")
	}
	back.config.get("return_state")
	if err := b.recurs(l, t); err != nil {
		return nil, err
	}
	var layers [2]network.Layer
	for i, inner := range l.inner {
		var err error
		if layers[i], err = inner.recurrentLayer(t.channels()); err != nil {
			return nil, err
		}
		if err := inner.config.rest(); err != nil {
			return nil, err
		}
	}
	if layers[0].Reverse || !layers[1].Reverse {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "its first direction goes backward, or its second one forward")
	}
	d, err := b.directions(l, t, layers)
	if err != nil {
		return nil, err
	}
	out := []tensor{d.all}
	if !d.joined || !sequences || mode != "concat" {
		var parts []tensor
		for i := range layers {
			p, err := d.side(i)
			if err == nil && !sequences {
				p, err = d.final(i)
			}
			if err != nil {
				return nil, err
			}
			parts = append(parts, p)
		}
		if out, err = b.mergeDirections(l, mode, parts); err != nil {
			return nil, err
		}
	}
	for i, n := range layers {
		if state {
			p, err := d.side(i)
			if err != nil {
				return nil, err
			}
			h, err := d.final(i)
			if err != nil {
				return nil, err
			}
			states, err := b.states(l, t, n, p, h)
			if err != nil {
				return nil, err
			}
			out = append(out, states...)
		}
	}
	return out, nil
}

// directions are the two directions of a bidirectional layer: one layer with
// two, or two layers.
type directions struct {
	b      *builder
	l      *layer
	t      tensor // what they read
	layers [2]network.Layer
	joined bool
	all    tensor // of both, if they are joined
	sides  [2]*tensor
	finals [2]*tensor
}

func (b *builder) directions(l *layer, t tensor, layers [2]network.Layer) (*directions, error) {
	first, second := layers[0], layers[1]
	d := &directions{b: b, l: l, t: t, layers: layers}
	d.joined = first.Cell == second.Cell && first.Variant == second.Variant && first.HiddenSize == second.HiddenSize
	if !d.joined {
		return d, nil
	}
	first.Directions = append(slices.Clone(first.Directions), second.Directions...)
	var err error
	d.all, err = b.layer(l, t, first)
	return d, err
}

// side returns the outputs of a direction at all steps.
func (d *directions) side(i int) (tensor, error) {
	if d.sides[i] != nil {
		return *d.sides[i], nil
	}
	n := d.layers[i]
	p, err := d.all, error(nil)
	if d.joined {
		p.shape = []int{d.t.shape[0], n.HiddenSize}
		p.value, err = d.b.put(d.l, &format.Slice{Axis: format.AxisChannels, Start: i * n.HiddenSize, Count: n.HiddenSize, Step: 1}, d.all.value)
	} else {
		p, err = d.b.layer(d.l, d.t, n)
	}
	d.sides[i] = &p
	return p, err
}

// final returns the output of a direction after all its steps.
func (d *directions) final(i int) (tensor, error) {
	if d.finals[i] != nil {
		return *d.finals[i], nil
	}
	p, err := d.side(i)
	if err == nil {
		p, err = d.b.final(d.l, p, i == 1)
	}
	d.finals[i] = &p
	return p, err
}

// mergeDirections joins the outputs of two directions.
func (b *builder) mergeDirections(l *layer, mode string, parts []tensor) ([]tensor, error) {
	if mode == "" {
		return parts, nil
	}
	if mode == "concat" {
		t := parts[0]
		var err error
		t.value, err = b.put(l, &format.Concat{Axis: format.AxisChannels}, parts[0].value, parts[1].value)
		t.shape = append(slices.Clone(t.shape[:len(t.shape)-1]), t.channels()+parts[1].channels())
		return []tensor{t}, err
	}
	class := map[string]string{"sum": "Add", "mul": "Multiply", "ave": "Average"}[mode]
	if class == "" {
		return nil, l.config.refuse("the merge_mode %s", network.Quote(mode))
	}
	return b.merge(l, class, parts)
}

// timeDistributed applies a layer to each step by itself.
func timeDistributed(b *builder, l *layer, in []tensor) ([]tensor, error) {
	t, inner := in[0], l.inner[0]
	if len(t.shape) < 2 {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "it reads a tensor of the shape %v, which has no steps", t.shape)
	}
	steps := t.shape[0]
	if len(t.shape) == 2 && inner.model == nil { // numbers, which most layers take one by one
		if k := classes[inner.class]; k == nil || !k.pointwise() {
			return nil, network.Refuse(network.ErrUnsupported, l.title(), "it applies %s to each step", inner.title())
		}
		return b.apply(inner, in, 0)
	}
	if !t.steps || b.perStep != 1 {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "it applies %s to each of the steps that a layer reads at once", inner.title())
	}
	before := b.inside
	b.inside = true
	defer func() { b.inside = before }()
	t.shape, t.steps = t.shape[1:], false
	out, err := b.apply(inner, []tensor{t}, 0)
	for i := range out {
		if b.values[out[i].value].Phase != b.values[t.value].Phase {
			return nil, network.Refuse(network.ErrUnsupported, l.title(), "%s does not give a value of a step", inner.title())
		}
		out[i].shape, out[i].steps = append([]int{steps}, out[i].shape...), true
	}
	return out, err
}

// pointwise reports whether layers of the class treat each step by itself.
func (k *class) pointwise() bool { return k.mask == passesMask && k.inputs == 1 }
