package keras

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A tensor is the value that a call of a layer gives.
type tensor struct {
	value int
	shape []int // as Keras has it, without the batch; -1: any size
	steps bool  // the first axis are the steps of the model; otherwise a step has all
	mask  maskState
	input int    // the number + 1 of an input that nothing has read so far
	bad   string // why it cannot be read
	kept  bool   // it is a state that a session keeps
	lost  string // in a survey, the refused layer that it depends on

	shared bool // several layers read it
}

// maskState is the state of Keras' mask of a tensor.
type maskState int

const (
	noMask    maskState = iota
	freshMask           // its readers have to leave steps out
	heldMask            // they were left out by a recurrent layer
)

// channels returns the last size.
func (t tensor) channels() int { return t.shape[len(t.shape)-1] }

// A builder makes a graph of a model's layers.
type builder struct {
	graph  *format.Graph
	values []format.Value

	whole    bool // a step of the model is a whole sequence, whose steps are frames
	perStep  int  // frames of a step of the sequences
	sequence bool // there are sequences; the other inputs describe a whole sequence
	length   int  // of all sequences; 0: any
	open     int  // the steps of inputs that may be of any length; 0: it stays open
	inside   bool // the layer is applied to each step by itself

	model       *model          // the whole one
	stateInputs map[string]bool // its inputs that are initial states
	takesStates bool            // there are such

	masked, unmasked string  // layers that leave masked steps out, and that do not
	padding          float32 // of masked steps
	carries          bool    // a recurrent layer reads all frames of a step, from its first on
	notes            []string
	calls            int
	folds            map[int]fold // by the values that a normalization may become a part of

	report  *network.Report // nil: nobody asks
	called  map[*layer]bool
	surveys bool // goes on after a layer that is refused
	filled  bool // the layers have their weights, in a survey
}

func newBuilder(options Options, whole bool, perStep int) *builder {
	b := &builder{graph: &format.Graph{}, whole: whole, perStep: perStep, open: options.Steps, folds: map[int]fold{}, called: map[*layer]bool{}}
	if options.Report != nil {
		b.report = &network.Report{}
	}
	return b
}

// errWhole: a layer needs the whole sequence at once.
var errWhole = errors.New("it needs the whole sequence, whose length the shape of the inputs must fix, or --dimension steps=N")

// errFrames: a layer takes so many times the frames of a step at once.
type errFrames struct {
	title string
	times int
}

func (e *errFrames) Error() string {
	return fmt.Sprintf("%s reads %s at once", e.title, message.Count(e.times, "step"))
}

// maxPerStep bounds how many steps of a sequence a step of the model takes.
const maxPerStep = 1024

// build makes the network of a model. If possible, a step of the model is one of
// the sequence.
func build(m *model, options Options) (*network.Network, error) {
	first := error(nil)
	for _, whole := range []bool{false, true} {
		perStep := 1
		for {
			b := newBuilder(options, whole, perStep)
			n, err := b.network(m)
			var frames *errFrames
			switch {
			case err == nil:
				if options.Report != nil {
					b.report.Describe(n.Graph, n.Output)
					b.reportUnread(m)
					*options.Report = *b.report
				}
				return n, nil
			case errors.As(err, &frames) && perStep*frames.times <= maxPerStep:
				perStep *= frames.times
				continue
			case errors.As(err, &frames):
				first = network.Refuse(network.ErrUnsupported, frames.title, "it takes more than %d steps at once", maxPerStep)
			case first == nil:
				first = err
			case !errors.Is(err, errWhole) && errors.Is(first, errWhole):
				first = err
			}
			break
		}
		if !errors.Is(first, errWhole) {
			break
		}
	}
	return nil, first
}

// network makes the network with one view of what a step is.
func (b *builder) network(m *model) (*network.Network, error) {
	outputs, err := b.layers(m)
	if err != nil {
		return nil, err
	}
	for i, t := range outputs {
		l := m.byName[m.outputs[i].layer]
		if t.kept {
			continue
		}
		if t, err = b.ready(l, t); err != nil {
			return nil, err
		}
		if (b.whole || b.carries) && b.values[t.value].EachStep() {
			if t.value, err = b.put(l, &format.SequencePool{Pool: format.PoolLast}, t.value); err != nil {
				return nil, err
			}
		}
		b.graph.Outputs = append(b.graph.Outputs, format.Port{Name: b.portName(m.outputs[i].layer), Value: t.value})
	}
	return b.finish(m)
}

// layers adds the inputs and all layers, and returns the outputs.
func (b *builder) layers(m *model) ([]tensor, error) {
	b.model, b.stateInputs = m, m.stateInputs()
	if err := b.lengths(m); err != nil {
		return nil, err
	}
	inputs := make([]tensor, 0, len(m.inputs))
	for _, r := range m.inputs {
		if b.stateInputs[r.layer] {
			b.report.Add(r.layer, "InputLayer", network.LeftOut, "an initial state, which a session keeps")
			inputs = append(inputs, tensor{bad: "an initial state"})
			continue
		}
		t, err := b.addInput(m, r)
		if err != nil {
			b.report.Add(r.layer, "InputLayer", network.Refused, "%v", err)
			return nil, err
		}
		inputs = append(inputs, t)
	}
	return b.run(m, inputs, 0)
}

// portName returns a name that no output has.
func (b *builder) portName(name string) string {
	title := name
	for i := 2; slices.ContainsFunc(b.graph.Outputs, func(p format.Port) bool { return p.Name == title }); i++ {
		title = name + "_" + itoa(i)
	}
	return title
}

// lengths finds out whether the model reads sequences, and whether all have one
// fixed length.
func (b *builder) lengths(m *model) error {
	for _, r := range m.inputs {
		if b.stateInputs[r.layer] {
			continue
		}
		l := m.byName[r.layer]
		if l == nil {
			return network.Refuse(network.ErrDamaged, r.layer, "the model has no such input")
		}
		shape, err := b.shape(l)
		if err != nil {
			return err
		}
		if len(shape) < 2 && !(len(shape) == 1 && m.tokens(l.name) && shape[0] != 1) {
			continue
		}
		if !b.sequence {
			b.length = max(shape[0], 0)
		} else if shape[0] != b.length {
			b.length = 0
		}
		b.sequence = true
	}
	return nil
}

// shape returns the shape of an InputLayer, without the batch.
func (b *builder) shape(l *layer) ([]int, error) {
	if l.class != "InputLayer" {
		return nil, network.Refuse(network.ErrDamaged, l.title(), "it is an input, but not an InputLayer")
	}
	s := l.config.sizes("batch_shape", "batch_input_shape")
	if l.config.err != nil {
		return nil, l.config.err
	}
	if len(s) < 1 {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "the file does not tell the shape of the inputs: build the model (model.build or an Input layer) before it is saved")
	}
	if len(s) > 1 && slices.Contains(s[2:], -1) {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "inputs of the shape %v, in which only the steps may be of any number", s)
	}
	if slices.Contains(s[1:], 0) || len(s) > 4 || len(s) < 2 {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "inputs of the shape %v", s)
	}
	s = slices.Clone(s[1:])
	if s[0] == -1 && b.open > 0 {
		s[0] = b.open
	}
	return s, nil
}

// tokens reports whether embeddings read an input.
func (m *model) tokens(name string) bool {
	for _, l := range m.layers {
		reads := slices.ContainsFunc(l.calls, func(c call) bool {
			return slices.ContainsFunc(c.args, func(r ref) bool { return r.layer == name })
		})
		switch {
		case !reads:
		case l.class == "Embedding":
			return true
		case l.model != nil && len(l.model.inputs) == 1:
			if l.model.tokens(l.model.inputs[0].layer) {
				return true
			}
		}
	}
	return false
}

// addInput adds an input of the model.
func (b *builder) addInput(m *model, r ref) (tensor, error) {
	l := m.byName[r.layer]
	shape, err := b.shape(l)
	if err != nil {
		return tensor{}, err
	}
	t := tensor{value: len(b.graph.Inputs), shape: shape, input: len(b.graph.Inputs) + 1}
	in := format.Input{Name: l.name, Frames: 1, Channels: 1}
	ofTokens := m.tokens(l.name)
	sequence := len(shape) > 1 || ofTokens && shape[0] != 1
	frames := b.perStep
	if b.whole && sequence {
		if shape[0] < 1 {
			return t, refuseWhole(l, "an input of any number of steps")
		}
		frames = shape[0]
	}
	if sequence && !b.whole && shape[0] > 0 && shape[0]%b.perStep != 0 {
		return t, refuseWhole(l, "an input of %s, not taken %d at once", message.Count(shape[0], "step"), b.perStep)
	}
	switch {
	case ofTokens && len(shape) > 1:
		return t, network.Refuse(network.ErrUnsupported, l.title(), "tokens of the shape %v, want one per step", shape)
	case ofTokens:
		in.Tokens = format.MaxSize
		if sequence {
			in.Frames = frames
			t.steps = !b.whole
		}
	case len(shape) == 1 && shape[0] == -1:
		return t, network.Refuse(network.ErrUnsupported, l.title(), "an input of any number of features")
	case len(shape) == 1:
		in.Channels = shape[0]
	case len(shape) == 2:
		in.Frames, in.Channels = frames, shape[1]
		t.steps = !b.whole
	case b.whole || b.perStep != 1:
		return t, network.Refuse(network.ErrUnsupported, l.title(), "an input of the shape %v, of which a layer takes several steps at once", shape)
	default:
		in.Frames, in.Channels, t.steps = shape[1], shape[2], true
	}
	b.report.Add(l.name, l.class, network.Taken, "input, %v", format.Value{Frames: in.Frames, Channels: in.Channels, Tokens: in.Tokens})
	b.graph.Inputs = append(b.graph.Inputs, in)
	b.values = append(b.values, format.Value{Frames: in.Frames, Channels: in.Channels, Tokens: in.Tokens})
	return t, nil
}

// refuseWhole returns the error that a layer needs the whole sequence.
func refuseWhole(l *layer, format string, args ...any) error {
	return network.Refuse(fmt.Errorf("%w: %w", network.ErrUnsupported, errWhole), l.title(), format, args...)
}

// ready returns a tensor to be read as numbers. An input of the whole sequence
// has the value of its last step.
func (b *builder) ready(l *layer, t tensor) (tensor, error) {
	if t.bad != "" {
		return t, network.Refuse(network.ErrUnsupported, l.title(), "it reads %s", t.bad)
	}
	if t.input == 0 {
		return t, nil
	}
	i := t.input - 1
	t.input = 0
	if b.graph.Inputs[i].Tokens > 0 {
		return t, network.Refuse(network.ErrUnsupported, l.title(), "it reads the tokens that an embedding reads, too")
	}
	if len(t.shape) == 1 {
		return b.ofSequence(l, t, i)
	}
	return t, nil
}

// ofSequence returns a tensor that an input gives for the whole sequence, beside
// inputs that are sequences: its last one.
func (b *builder) ofSequence(l *layer, t tensor, input int) (tensor, error) {
	if !b.sequence || b.whole {
		return t, nil
	}
	v, err := b.put(l, &format.SequencePool{Pool: format.PoolLast}, t.value)
	t.value = v
	note := fmt.Sprintf("the input of %s describes the whole sequence: the model takes it from the last step", network.Quote(b.graph.Inputs[input].Name))
	if !slices.Contains(b.notes, note) {
		b.notes = append(b.notes, note)
	}
	return t, err
}

// put adds a node, and returns its value.
func (b *builder) put(l *layer, op format.Op, in ...int) (int, error) {
	if len(b.graph.Nodes) >= 4*format.MaxNodes {
		return 0, network.Refuse(network.ErrUnsupported, l.title(), "more than %d nodes", len(b.graph.Nodes))
	}
	b.graph.Nodes = append(b.graph.Nodes, format.Node{Op: op, Inputs: in})
	b.report.Made()
	v, err := b.graph.Next(b.values)
	if err != nil {
		return 0, network.Refuse(network.ErrUnsupported, l.title(), "it has %v", err)
	}
	b.values = append(b.values, v)
	return len(b.values) - 1, nil
}

// A running holds the values of the calls of a model's layers.
type running struct {
	model *model
	known map[ref][]tensor // by layer and node
	busy  map[ref]bool
}

// run adds the layers of a model to the graph, and returns its outputs.
func (b *builder) run(m *model, inputs []tensor, depth int) ([]tensor, error) {
	if len(inputs) != len(m.inputs) {
		return nil, network.Refuse(network.ErrDamaged, m.title, "it is given %s, but has %d", message.Count(len(inputs), "input"), len(m.inputs))
	}
	r := &running{m, map[ref][]tensor{}, map[ref]bool{}}
	for i, in := range m.inputs {
		r.known[ref{layer: in.layer, node: in.node}] = []tensor{inputs[i]}
	}
	var outputs []tensor
	for _, out := range m.outputs {
		t, err := b.output(r, out, depth)
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, t)
	}
	return outputs, nil
}

// output returns an output of a call, which it adds if it is not yet there.
func (b *builder) output(r *running, out ref, depth int) (tensor, error) {
	key := ref{layer: out.layer, node: out.node}
	list, ok := r.known[key]
	if !ok {
		var err error
		if list, err = b.call(r, key, depth); err != nil {
			return tensor{}, err
		}
		r.known[key] = list
	}
	if out.index < 0 || out.index >= len(list) {
		return tensor{}, network.Refuse(network.ErrDamaged, out.layer, "its output %d is read, of %d", out.index, len(list))
	}
	t := list[out.index]
	t.shared = t.shared || r.model.reads[key] > 1
	return t, nil
}

// call adds a call of a layer, and those of the layers that it reads.
func (b *builder) call(r *running, key ref, depth int) ([]tensor, error) {
	l := r.model.byName[key.layer]
	if l == nil || key.node < 0 || key.node >= len(l.calls) {
		return nil, network.Refuse(network.ErrDamaged, key.layer, "call %d of it is read, which the model does not have", key.node)
	}
	if b.calls++; b.calls > 4*maxLayers {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "the model has too many calls of layers")
	}
	if r.busy[key] || depth > maxLayers {
		return nil, network.Refuse(network.ErrDamaged, l.title(), "it reads what it gives")
	}
	r.busy[key] = true
	c := l.calls[key.node]
	var in []tensor
	for _, arg := range c.args {
		t, err := b.output(r, arg, depth+1)
		if err != nil {
			return nil, err
		}
		in = append(in, t)
	}
	if c.masked && !slices.ContainsFunc(in, func(t tensor) bool { return t.mask != noMask }) {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "it is given a mask that is not made by an Embedding or a Masking")
	}
	for _, key := range sortedKeys(c.options) {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "it is called with %s=%s, whose meaning is not known", network.Quote(key), short(c.options[key]))
	}
	if c.extra {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "it reads constants beside its inputs")
	}
	if err := b.goesOn(r.model, l, c); err != nil {
		return nil, err
	}
	out, err := b.reported(l, in, depth)
	for i := max(1, len(out)-len(c.states)); i < len(out); i++ {
		out[i].kept = true
	}
	return out, err
}

// apply adds a layer that reads these.
func (b *builder) apply(l *layer, in []tensor, depth int) ([]tensor, error) {
	if l.model != nil {
		return b.run(l.model, in, depth+1)
	}
	k := classes[l.class]
	if k == nil {
		return nil, unknownLayer(l)
	}
	if len(in) == 0 {
		return nil, network.Refuse(network.ErrDamaged, l.title(), "it reads nothing")
	}
	if l.class != "Embedding" {
		for i := range in {
			var err error
			if in[i], err = b.ready(l, in[i]); err != nil {
				return nil, err
			}
		}
	}
	if k.inputs == 1 && len(in) != 1 {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "it reads %s, want one", message.Count(len(in), "tensor"))
	}
	out, err := k.apply(b, l, in)
	if err == nil {
		err = l.config.rest()
	}
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].shared = out[i].shared && out[i].value == in[0].value
	}
	return out, b.masks(k, l, in, out)
}

// finish makes the network of the graph. It keeps only the nodes that the outputs
// read.
func (b *builder) finish(m *model) (*network.Network, error) {
	if err := b.prune(m); err != nil {
		return nil, err
	}
	if len(b.graph.Nodes) == 0 {
		return nil, network.Refuse(network.ErrUnsupported, m.title, "it gives what it reads, and computes nothing")
	}
	n := &network.Network{Graph: b.graph, Notes: b.notes, TakesStates: b.takesStates}
	b.takeOutput(n)
	if b.whole || b.carries {
		n.Notes = append(n.Notes, fmt.Sprintf("a sequence is one step of the model, of %d×%d numbers: it answers once for each", b.graph.Inputs[0].Frames, b.graph.Inputs[0].Channels))
	}
	if b.perStep > 1 && !b.whole {
		n.Notes = append(n.Notes, fmt.Sprintf("a step of the model is %d of the sequence, since layers take several at once", b.perStep))
	}
	if b.readsPadding() {
		n.Notes = append(n.Notes, fmt.Sprintf("it was trained on sequences of %s, padded if they were shorter, and no mask leaves the padding out: pad its sequences with rnnrun run --pad %d, or --pad %d:behind", message.Count(b.length, "step"), b.length, b.length))
	}
	if b.masked != "" && b.unmasked != "" {
		return nil, network.Refuse(network.ErrUnsupported, b.unmasked, "it reads steps that the mask leaves out of %s: what it computes depends on the padding", b.masked)
	}
	if b.masked != "" {
		n.Padding = &b.padding
		n.Notes = append(n.Notes, fmt.Sprintf("%s leaves out the steps that its mask names, which are padding: give sequences without them", b.masked))
		if b.whole {
			return nil, network.Refuse(network.ErrUnsupported, b.masked, "it leaves out the steps that a mask names, in a model that takes whole sequences of a fixed length")
		}
	}
	_, err := b.graph.Values()
	return n, err
}

// readsPadding reports whether the model answers for whole texts of one length,
// including their padding.
func (b *builder) readsPadding() bool {
	tokens := slices.ContainsFunc(b.graph.Inputs, func(in format.Input) bool { return in.Tokens > 0 })
	values, err := b.graph.Values()
	return err == nil && tokens && b.length > 1 && b.masked == "" && !b.whole && !b.carries && !values[b.graph.Outputs[0].Value].EachStep()
}

// takeOutput takes a function of the only output from the graph.
func (b *builder) takeOutput(n *network.Network) {
	g := b.graph
	last := len(g.Nodes) - 1
	if len(g.Outputs) != 1 || last < 1 || g.Outputs[0].Value != len(g.Inputs)+last {
		return
	}
	values, err := g.Values()
	if err != nil || values[len(values)-1].Frames != 1 {
		return
	}
	switch op := g.Nodes[last].Op.(type) {
	case *format.Map:
		output, ok := map[format.ActivationKind]format.Output{
			format.ActivationSoftmax: format.OutputSoftmax, format.ActivationSigmoid: format.OutputSigmoid,
		}[op.Function.Kind]
		from := g.Nodes[last].Inputs[0]
		if ok && from == len(g.Inputs)+last-1 {
			g.Nodes, n.Output = g.Nodes[:last], output
			g.Outputs[0].Value = from
		}
	case *format.Layer:
		d := &op.Directions[0]
		if !op.Cell.Recurrent() && len(d.Activations) == 1 && d.Activations[0].Kind == format.ActivationSigmoid {
			d.Activations, n.Output = nil, format.OutputSigmoid
		}
	}
}

// prune removes the nodes that no output reads.
func (b *builder) prune(m *model) error {
	g := b.graph
	b.report.Kept(network.Prune(g))
	read := make([]bool, len(g.Inputs)+len(g.Nodes))
	for _, out := range g.Outputs {
		read[out.Value] = true
	}
	for _, n := range g.Nodes {
		for _, v := range n.Inputs {
			read[v] = true
		}
	}
	if i := slices.Index(read[:len(g.Inputs)], false); i >= 0 {
		return network.Refuse(network.ErrUnsupported, m.title, "no output depends on its input %s", network.Quote(g.Inputs[i].Name))
	}
	return nil
}
