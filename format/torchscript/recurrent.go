package torchscript

import (
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A cell is a recurrent layer of PyTorch, with its name in ONNX.
type cell struct {
	operator   string
	order      []int // PyTorch's gates in ONNX's order
	attributes []proto.Attribute
}

// cells returns the recurrent layers by their operators.
func cells() map[string]cell {
	rnn := func(f string) []proto.Attribute {
		return []proto.Attribute{{Name: "activations", Value: []string{f}}}
	}
	return map[string]cell{
		"lstm":     {"LSTM", []int{0, 3, 1, 2}, nil},
		"gru":      {"GRU", []int{1, 0, 2}, []proto.Attribute{{Name: "linear_before_reset", Value: 1}}},
		"rnn_tanh": {"RNN", []int{0}, rnn("Tanh")},
		"rnn_relu": {"RNN", []int{0}, rnn("Relu")},
	}
}

// recurrences adds the recurrent layers, and cells of a step.
func recurrences(ops map[string]operator) {
	for name, kind := range cells() {
		ops[name] = func(c *operatorCall) (value, error) { return c.recurrent(kind) }
		ops[name+"_cell"] = func(c *operatorCall) (value, error) { return c.cell(kind) }
	}
	for _, name := range []string{"rnn_tanh", "rnn_relu"} {
		ops[name+"_cell"] = func(c *operatorCall) (value, error) { return c.cell(cells()[name]) }
	}
}

// A direction holds the constants of one direction of a layer.
type direction struct{ wih, whh, bih, bhh *tensor }

// recurrent follows input, states, weights, whether there are biases, layers, dropout,
// whether it trains, whether it reads both ways, and whether sequences come first.
func (c *operatorCall) recurrent(kind cell) (value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	states, err := c.states(kind)
	if err != nil {
		return nil, err
	}
	weights, err := c.tensors(2)
	if err != nil {
		return nil, err
	}
	biases, err := c.flag(3, "has_biases", true)
	if err != nil {
		return nil, err
	}
	layers, err := c.integer(4, "num_layers", 1)
	if err != nil {
		return nil, err
	}
	dropout, err := c.float(5, "dropout", 0)
	if err != nil {
		return nil, err
	}
	if train, err := c.flag(6, "train", false); err != nil || train && dropout > 0 && layers > 1 {
		return nil, c.unsupported("the module was saved in training mode, with dropout: save it after model.eval()")
	}
	both, err := c.flag(7, "bidirectional", false)
	if err != nil {
		return nil, err
	}
	batchFirst, err := c.flag(8, "batch_first", false)
	if err != nil {
		return nil, err
	}
	if len(x.shape) != 3 {
		return nil, c.unsupported("%s of %s", c.name, describe(x))
	}
	if batchFirst {
		x = c.transposed(x, 1, 0, 2)
	}
	directions := 1
	if both {
		directions = 2
	}
	each := 2
	if biases {
		each = 4
	}
	if layers < 1 || len(weights) != each*layers*directions {
		return nil, c.unsupported("%s of %s for %s: projections are not read", c.name, message.Count(len(weights), "weight"), message.Count(layers, "layer"))
	}
	var last [][]*tensor // final states of each layer
	for i := range layers {
		var list []direction
		for d := range directions {
			w := weights[each*(i*directions+d):]
			v := direction{wih: w[0], whh: w[1]}
			if biases {
				v.bih, v.bhh = w[2], w[3]
			}
			list = append(list, v)
		}
		var at []*tensor
		for _, s := range states {
			at = append(at, c.part(s, i*directions, directions, layers))
		}
		y, final, err := c.layer(kind, x, list, at)
		if err != nil {
			return nil, err
		}
		x, last = y, append(last, final)
	}
	if batchFirst {
		x = c.transposed(x, 1, 0, 2)
	}
	return c.answers(x, last)
}

// states returns the initial states; nil for zeros.
func (c *operatorCall) states(kind cell) ([]*tensor, error) {
	var list []*tensor
	if kind.operator == "LSTM" {
		var err error
		if list, err = c.tensors(1); err != nil {
			return nil, err
		}
		if len(list) != 2 {
			return nil, c.unsupported("%s with %s", c.name, message.Count(len(list), "state"))
		}
	} else {
		t, err := c.tensor(1)
		if err != nil {
			return nil, err
		}
		list = []*tensor{t}
	}
	if !slices.ContainsFunc(list, func(t *tensor) bool { return !t.zeros }) {
		return nil, nil
	}
	return list, nil
}

// part returns the states of a layer.
func (c *operatorCall) part(t *tensor, from, n, layers int) *tensor {
	if layers == 1 {
		return t
	}
	shape := slices.Clone(t.shape)
	shape[0] = dimension{n: n}
	return c.node("Slice", shape, nil, t.name, c.ints(int64(from)), c.ints(int64(from+n)), c.ints(0))
}

// answers joins the final states of layers, and returns them with the outputs.
func (c *operatorCall) answers(y *tensor, last [][]*tensor) (value, error) {
	l := &list{[]value{y}}
	for s := range last[0] {
		var all []*tensor
		for _, final := range last {
			all = append(all, final[s])
		}
		v, err := c.joined(all, 0)
		if err != nil {
			return nil, err
		}
		l.items = append(l.items, v)
	}
	return l, nil
}

// layer adds a layer of [steps][sequences][inputs], and returns its outputs and its
// final states [directions][sequences][units].
func (c *operatorCall) layer(kind cell, x *tensor, list []direction, states []*tensor) (*tensor, []*tensor, error) {
	units := 0
	for _, d := range list {
		if d.wih.data == nil || d.whh.data == nil || len(d.wih.shape) != 2 || len(d.whh.shape) != 2 || d.wih.shape[1] != x.shape[2] ||
			d.whh.shape[0].n != d.whh.shape[1].n*len(kind.order) || d.wih.shape[0] != d.whh.shape[0] {
			return nil, nil, c.unsupported("%s of %s with weights of %s and %s", c.name, describe(x), describe(d.wih), describe(d.whh))
		}
		units = d.whh.shape[1].n
	}
	inputs := []string{x.name}
	for _, part := range []func(d direction) []float32{
		func(d direction) []float32 { return d.wih.data },
		func(d direction) []float32 { return d.whh.data },
	} {
		var data []float32
		for _, d := range list {
			data = append(data, kind.ordered(part(d))...)
		}
		rows := len(kind.order) * units
		inputs = append(inputs, c.floats([]int{len(list), rows, len(data) / rows / len(list)}, data).name)
	}
	bias, err := c.biases(kind, list, units)
	if err != nil {
		return nil, nil, err
	}
	inputs = append(inputs, bias, "")
	for _, s := range states {
		if len(s.shape) != 3 || s.shape[0].n != len(list) || s.shape[2].n != units {
			return nil, nil, c.unsupported("%s with states of %s", c.name, describe(s))
		}
		inputs = append(inputs, s.name)
	}
	for inputs[len(inputs)-1] == "" {
		inputs = inputs[:len(inputs)-1]
	}
	attributes := append([]proto.Attribute{{Name: "hidden_size", Value: units}}, kind.attributes...)
	if len(list) == 2 {
		attributes = append(attributes, proto.Attribute{Name: "direction", Value: "bidirectional"})
		for i, a := range attributes {
			if f, ok := a.Value.([]string); ok {
				attributes[i].Value = slices.Concat(f, f)
			}
		}
	}
	sequences, state := x.shape[1], dimension{n: units}
	steps := []dimension{x.shape[0], {n: len(list)}, sequences, state}
	final := []dimension{{n: len(list)}, sequences, state}
	shapes := [][]dimension{steps, final}
	if kind.operator == "LSTM" {
		shapes = append(shapes, final)
	}
	out := c.nodes(kind.operator, attributes, inputs, shapes...)
	y := out[0]
	if len(list) == 1 {
		return c.squeezed(y, 1), out[1:], nil
	}
	y = c.transposed(y, 0, 2, 1, 3)
	joined := []dimension{x.shape[0], sequences, {n: 2 * units}}
	return c.node("Reshape", joined, nil, y.name, c.ints(0, 0, -1)), out[1:], nil
}

// biases returns the constant of both biases of each direction; empty without them.
func (c *operatorCall) biases(kind cell, list []direction, units int) (string, error) {
	if list[0].bih == nil {
		return "", nil
	}
	var data []float32
	for _, d := range list {
		for _, b := range []*tensor{d.bih, d.bhh} {
			if len(b.data) != units*len(kind.order) {
				return "", c.unsupported("%s with a bias of %s", c.name, describe(b))
			}
			data = append(data, kind.ordered(b.data)...)
		}
	}
	return c.floats([]int{len(list), len(data) / len(list)}, data).name, nil
}

// ordered returns the rows of gates in ONNX's order.
func (k cell) ordered(rows []float32) []float32 {
	n := len(rows) / len(k.order)
	var data []float32
	for _, gate := range k.order {
		data = append(data, rows[gate*n:(gate+1)*n]...)
	}
	return data
}

// cell follows input, state, and weights: a layer of one step.
func (c *operatorCall) cell(kind cell) (value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	states, err := c.states(kind)
	if err != nil {
		return nil, err
	}
	var d direction
	for i, at := range []**tensor{&d.wih, &d.whh, &d.bih, &d.bhh} {
		if *at, err = c.optional(i + 2); err != nil {
			return nil, err
		}
	}
	if d.wih == nil || d.whh == nil || (d.bih == nil) != (d.bhh == nil) || len(x.shape) != 2 {
		return nil, c.unsupported("%s of %s", c.name, describe(x))
	}
	for i, s := range states {
		states[i] = c.unsqueezed(s, 0)
	}
	_, final, err := c.layer(kind, c.unsqueezed(x, 0), []direction{d}, states)
	if err != nil {
		return nil, err
	}
	l := &list{}
	for _, s := range final {
		l.items = append(l.items, c.squeezed(s, 0))
	}
	if len(l.items) == 1 {
		return l.items[0], nil
	}
	return l, nil
}
