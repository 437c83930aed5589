package onnx

import (
	"fmt"
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

func sqrt64(x float64) float64 { return math.Sqrt(x) }

// gather evaluates Gather: of a table by tokens, or of some elements of a flow.
func (t *tracer) gather(c *call) ([]value, error) {
	table, constant := c.in[0].(*array)
	index, tokens := c.in[1].(*tensors)
	if !constant || !tokens {
		return t.layout(c)
	}
	at, err := c.intAttribute("axis", 0)
	if err != nil {
		return nil, err
	}
	shape, data, err := t.floats(c, table)
	if err != nil {
		return nil, err
	}
	if at != 0 || len(shape) != 2 {
		return nil, c.unsupported("of a constant of the shape %v along axis %d", shape, at)
	}
	f, err := t.compute(c, index, c.node.inputs[1])
	if err != nil {
		return nil, err
	}
	if f.value >= len(t.graph.Inputs) {
		return nil, c.unsupported("of some tokens of an input")
	}
	in := &t.graph.Inputs[f.value]
	in.Tokens = min(in.Tokens, shape[0])
	in.Frames, in.Channels = length(f.shape), 1
	t.shapes[f.value] = format.Value{Frames: in.Frames, Channels: 1, Tokens: in.Tokens}
	v, err := t.put(c, &format.Embedding{Tokens: shape[0], Size: shape[1], Table: data}, f.value)
	r := f.with(v, append(slices.Clone(f.shape), shape[1]), nil)
	r.memory = r.withoutOnes(append(slices.Clone(f.memory), len(f.shape))...)
	return one(r, err)
}

// recurrent evaluates RNN, GRU and LSTM.
func (t *tracer) recurrent(c *call) ([]value, error) {
	kind := map[string]format.Cell{"RNN": format.CellRNN, "GRU": format.CellGRU, "LSTM": format.CellLSTM}[c.node.operator]
	n := &cell{call: c, kind: kind, layer: network.Layer{Cell: kind, Name: c.node.label()}}
	if err := n.options(); err != nil {
		return nil, err
	}
	x, err := t.stream(c, 0)
	if err != nil {
		return nil, err
	}
	turned := x.reversed && n.directions == 1
	if turned {
		x, n.reverse = x.turned(), !n.reverse
	}
	if err := x.ready(c); err != nil {
		return nil, err
	}
	if len(x.shape) != 3 {
		return nil, c.shape("X has the shape %v, want 3 axes", x.shape)
	}
	steps, batch := n.axesOf()
	if x.shape[batch] != 1 {
		return nil, c.unsupported("X has the shape %v, with more than one sequence", x.shape)
	}
	l := &tracedLayer{node: c.node, units: n.hidden, dirs: n.directions, reverse: n.reverse, time: x.time == steps}
	if err := n.setWeights(x.shape[2]); err != nil {
		return nil, err
	}
	if err := t.tracedStates(n, l, x.shape[steps]); err != nil {
		return nil, err
	}
	if x.time >= 0 && !l.time {
		return nil, c.unsupported("it reads another axis than the steps of the sequence: X has the shape %v", x.shape)
	}
	if !l.time && l.initial[0] == nil && !t.filed.atOnce() {
		return nil, errSteps{c.unsupported("it reads the %s of one call: export the model with an open number of steps, or with its state as an input", message.Count(x.shape[steps], "step"))}
	}
	if !l.time && kind.HasCellState() && l.initial[1] == nil && !t.filed.atOnce() {
		return nil, c.unsupported(cellStartsAnew)
	}
	n.layer.Reverse = n.reverse
	packed, err := n.layer.Pack()
	if err != nil {
		return nil, c.unsupported("%v", err)
	}
	v, err := t.matrix(c, x, []int{steps}, []int{2})
	if err != nil {
		return nil, err
	}
	if l.value, err = t.put(c, &packed, v); err != nil {
		return nil, err
	}
	out, err := t.tracedOutputs(n, l, x, steps)
	if err == nil {
		out[0].(*flow).reversed = turned
	}
	return out, err
}

// tracedStates reads sequence_lens and the initial states.
func (t *tracer) tracedStates(n *cell, l *tracedLayer, steps int) error {
	switch v := n.input(4).(type) {
	case nil:
	case *array:
		if v.isFloat() || !v.uniform() || !v.ints[0].is(int64(steps)) {
			return n.unsupported("sequence_lens (%s) is not the number of steps", quote(n.node.inputs[4]))
		}
	default:
		return n.unsupported("sequence_lens (%s) depends on the graph's inputs", quote(n.node.inputs[4]))
	}
	for i, name := range []string{"initial_h", "initial_c"} {
		switch v := n.input(5 + i).(type) {
		case *array:
			if err := n.constantState(v, i, name); err != nil {
				return err
			}
		case *tensors:
			if got := v.ids.length(); got != n.directions*n.hidden {
				return n.shape("%s has %s, want %s of %s", name, message.Count(got, "number"), message.Count(n.directions, "direction"), message.Count(n.hidden, "unit"))
			}
			if o, _ := t.list(v); o < 0 || t.owners[o].input == nil {
				return n.unsupported("%s (%s) is not a part of an input", name, quote(n.node.inputs[5+i]))
			}
			l.initial[i] = v
		case nil:
		default:
			return n.unsupported("%s (%s) is computed from the graph's inputs", name, quote(n.node.inputs[5+i]))
		}
	}
	return nil
}

// tracedOutputs returns Y, Y_h and Y_c.
func (t *tracer) tracedOutputs(n *cell, l *tracedLayer, x *flow, steps int) ([]value, error) {
	s := x.shape[steps]
	shape, time := []int{s, n.directions, 1, n.hidden}, 0
	memory := []int{0, 1, 3}
	final := []int{n.directions, 1, n.hidden}
	if n.layout == 1 {
		shape, time, memory = []int{1, s, n.directions, n.hidden}, 1, []int{1, 2, 3}
		final = []int{1, n.directions, n.hidden}
	}
	y := &flow{value: l.value, shape: shape, time: -1}
	if l.time {
		y.time = time
	}
	y.memory = y.withoutOnes(memory...)
	out := []value{y}
	for i := range 1 + count(n.kind.HasCellState()) {
		o, s, err := t.newOwner(n.call, owner{layer: l, cell: i == 1, shape: final, time: -1})
		if err != nil {
			return nil, err
		}
		l.finals[i] = o
		out = append(out, s)
	}
	t.layers = append(t.layers, l)
	return out, nil
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// isFinal reports whether a value is the final state of a layer that starts from an
// input.
func (t *tracer) isFinal(v value) bool {
	f, ok := v.(*flow)
	if !ok || f.final == nil || !f.final.isWhole() {
		return false
	}
	o, _ := t.list(f.final)
	return o < 0 || t.owners[o].layer.initial[0] != nil
}

// onlyStates makes the final states that the graph gives its outputs, except those of
// cells.
func (t *tracer) onlyStates() error {
	for _, name := range t.model.graph.outputs {
		s, _ := elementsOf(t.values[name])
		if o, _ := t.list(s); o >= 0 && t.owners[o].cell {
			continue
		}
		c := t.outputCall(name)
		f, err := t.plain(c, t.values[name], name)
		if err != nil {
			return err
		}
		t.graph.Outputs = append(t.graph.Outputs, format.Port{Name: name, Value: f.value})
	}
	if len(t.graph.Outputs) == 0 {
		return tensorError(t.model.graph.outputs[0], network.ErrUnsupported, "the graph gives only cell states of LSTMs, which cannot be outputs of a network")
	}
	return nil
}

// checkStates refuses a graph that gives its states in another form than it takes
// them: the elements of an output must be those of the states in the order of an
// input's.
func (t *tracer) checkStates(given map[int]spot) error {
	type run struct {
		input *input
		by    int // the offset of its places from the output's
	}
	runs := map[string]run{}
	for _, l := range t.layers {
		for i, s := range l.initial {
			if s == nil {
				continue
			}
			o, list := t.list(s)
			for k, from := range list {
				at, ok := given[t.owners[l.finals[i]].first+k]
				if !ok && l.cache != nil {
					return errCache{l.cache}
				}
				if !ok {
					continue
				}
				r := run{t.owners[o].input, at.index - from}
				if err := t.checkName(at.output, r.input); err != nil {
					return err
				}
				if first, ok := runs[at.output]; ok && first != r {
					if l.cache != nil {
						return errCache{l.cache}
					}
					return nodeError(l.node, network.ErrUnsupported, "the output %s has its final state at another place than that from which the next step starts", quote(at.output))
				}
				runs[at.output] = r
			}
		}
	}
	return nil
}

// startsLayer reports whether an input of the graph is the initial state of a layer.
func (t *tracer) startsLayer(name string) bool {
	return slices.ContainsFunc(t.layers, func(l *tracedLayer) bool {
		return slices.ContainsFunc(l.initial[:], func(s *tensors) bool {
			if s == nil {
				return false
			}
			o, _ := t.list(s)
			return t.owners[o].input.name == name
		})
	})
}

// checkChanged refuses a graph that may change a state on its way out: one whose layer
// starts from an input, but whose final state is no output, while another output has as
// many numbers as the input. A session would go on from the final state as it is.
func (t *tracer) checkChanged(given map[int]spot, others map[string]int) error {
	if len(others) < 2 {
		return nil
	}
	for _, l := range t.layers {
		for i, s := range l.initial {
			if s == nil || l.cache != nil {
				continue
			}
			if _, ok := given[t.owners[l.finals[i]].first]; ok {
				continue
			}
			o, _ := t.list(s)
			in := t.owners[o]
			for _, name := range t.model.graph.outputs {
				if n, ok := others[name]; ok && n == length(in.shape) {
					return tensorError(name, network.ErrUnsupported, "this output of the graph has as many numbers as the input %s, a state, but is not the final state of the layer that starts from it: if the next call reads it as that state, something changes it on its way, which is not supported; otherwise choose the outputs without it (--output)", quote(in.input.name))
				}
			}
		}
	}
	return nil
}

// noteStates notes inputs that may be states that the model does not keep: those,
// beside the first, that are as large as an output beside the first.
func (t *tracer) noteStates(others map[string]int) {
	for i := range t.owners {
		o := &t.owners[i]
		if o.input == nil || o.input.name == t.model.graph.inputs[0].name || !t.read[o.input] || o.time >= 0 {
			continue
		}
		for _, name := range t.model.graph.outputs[1:] {
			if n, ok := others[name]; ok && n == length(o.shape) {
				t.notes = append(t.notes, fmt.Sprintf("the input %s may be a state that belongs to no layer: the model does not keep it, and reads it at each step, perhaps from the output %s of the previous step", quote(o.input.name), quote(name)))
				break
			}
		}
	}
}
