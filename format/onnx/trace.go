package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A tracer reads a graph that is not a chain of layers: it evaluates its nodes for
// one step, and turns each node that depends on the inputs into nodes of a graph of
// layers.
type tracer struct {
	*importer
	operators map[string]operator
	graph     *format.Graph
	shapes    []format.Value // of its values
	dims      map[string]int // lengths of open dimensions in a step, by name
	opened    map[*input]int // axes of inputs that are time although the file gives their lengths
	uncached  map[*input]bool
	given     map[string]value // constants of the outer graph
	frames    int              // of time in a step
	seen                       // the findings of the first pass
	ports     map[*input]int   // their values
	owners    []owner
	replayed  map[value]*flow  // of nodes that were evaluated again
	plainly   bool             // do not look for cells
	cells     *cells           // how to look for them
	batches   map[*input]int   // axes of inputs that count the sequences of a batch
	lengths   map[string][]int // shapes of flows by name
	layers    []*tracedLayer
	notes     []string
	done      int // nodes evaluated
	probing   bool
	filed     *filed            // shapes in a file with a fixed number of steps; nil: the steps are open
	report    *network.Report   // may be nil
	lost      map[string]string // the refused nodes that values depend on, by name, in a survey that goes on after one; nil: it is none
}

// errFrames says that a step needs a multiple of that many frames.
type errFrames int

func (e errFrames) Error() string { return fmt.Sprintf("a step needs a multiple of %d frames", int(e)) }

// probe is the number of frames of time in the first pass, which finds the axes
// of time. Few dimensions of models are a multiple of it.
const probe = 37

// maxFrames bounds the frames of time that a step has.
const maxFrames = 1 << 12

// readPasses reads the model as [readSteps] does, with cells found as c says.
func readPasses(m *model, size int, dims map[string]int, open map[*input]int, f *filed, c *cells) (n *network.Network, done int, err error) {
	first := newSeen()
	frames, factor := probe, 1
	uncached := map[*input]bool{}
	for range 16 {
		t := newTracer(m, size, dims)
		t.frames, t.seen, t.probing = frames*factor, first, frames == probe
		t.opened, t.uncached, t.filed, t.cells = open, uncached, f, c
		t.report = m.newReport()
		n, err = t.run()
		var e errFrames
		var cache errCache
		switch {
		case errors.As(err, &cache) && !uncached[cache.input]:
			uncached[cache.input] = true
			frames, first = probe, newSeen()
		case errors.As(err, &e) && int(e) <= maxFrames/factor:
			factor *= int(e)
		case errors.As(err, &e):
			return nil, t.done, t.withDimension(unsupported("%v, want at most %d", e, maxFrames))
		case err != nil:
			return nil, t.done, t.withDimension(err)
		case t.probing:
			frames = 1
		default:
			if err = t.checkSequences(); err == nil {
				_, err = n.Model()
			}
			m.reported(t, n)
			return n, t.done, err
		}
	}
	return nil, 0, unsupported("no number of frames of the input fits a step")
}

func newTracer(m *model, size int, dims map[string]int) *tracer {
	im := &importer{
		model: m, budget: min(size, math.MaxInt32/16)*8 + 1<<16, values: map[string]value{}, symbols: map[string]int{},
		roles: map[*input]*role{}, merged: map[[2]*stage]*stage{}, operators: operators(),
	}
	t := &tracer{importer: im, graph: &format.Graph{}, dims: dims, ports: map[*input]int{}, replayed: map[value]*flow{}, batches: map[*input]int{}, lengths: map[string][]int{}, cells: &cells{}}
	t.operators = traced()
	im.trace, im.otherwise = t, t.evaluate
	return t
}

func (t *tracer) run() (*network.Network, error) {
	if err := t.nodes(); err != nil || t.probing {
		return nil, err
	}
	if err := t.outputs(); err != nil {
		return nil, err
	}
	if t.filed.atOnce() {
		if err := t.answerOnce(); err != nil {
			return nil, err
		}
	}
	t.report.Kept(network.Prune(t.graph))
	return &network.Network{Graph: t.graph, Notes: t.notes}, nil
}

// nodes evaluates all nodes.
func (t *tracer) nodes() error {
	s, err := newSchedule(&t.model.graph, func(name string) bool { return t.given[name] != nil })
	if err != nil {
		return err
	}
	for name, v := range t.given {
		t.values[name] = v
	}
	for name, x := range s.initializers {
		t.values[name] = x.array()
	}
	for i := range s.graph.inputs {
		v := &s.graph.inputs[i]
		if s.inputs[v.name] == nil {
			continue
		}
		if err := t.addInput(v); err != nil {
			if t.lost == nil {
				return err
			}
			t.report.Add(v.name, "input", network.Refused, "%v", err)
			t.lost[v.name] = quote(v.name)
		}
	}
	if t.shapes, err = t.graph.Values(); err != nil {
		return err
	}
	for _, n := range s.nodes {
		part := t.report.Begin(n.label(), n.operator)
		switch err := t.evaluate(n); {
		case t.lost != nil:
			t.judge(part, n, err)
		case err != nil:
			return err
		case t.givesConstants(n):
			t.report.Set(part, network.Taken, ofConstants)
		}
		t.done++
	}
	return nil
}

// addInput gives an input its shape in a step.
func (t *tracer) addInput(v *input) error {
	fail := func(format string, args ...any) error {
		return tensorError(v.name, network.ErrUnsupported, format, args...)
	}
	switch {
	case !v.shaped:
		return fail("this input of the graph has no shape; give it one, with open dimensions as names")
	case !v.dtype.isFloat() && !v.dtype.isInteger():
		return fail("this input of the graph is of the type %v", v.dtype)
	}
	shape, time := make([]int, len(v.shape)), -1
	for k, d := range v.shape {
		n, isTime, err := t.dimension(v, k, d)
		if err != nil {
			return err
		}
		if d.value == 0 && !isTime && t.dims[d.name] == 0 {
			t.batches[v] = k
		}
		if isTime && time >= 0 {
			return fail("the dimensions %d and %d are both open: give the length of one with --dimension", time, k)
		}
		if shape[k] = n; isTime {
			time = k
		}
	}
	if length(shape) > format.MaxNumbers {
		return fail("its shape in a step is %v", shape)
	}
	_, s, err := t.newOwner(&call{importer: t.importer, node: &node{name: v.name, operator: "input"}}, owner{input: v, shape: shape, time: time})
	if err != nil {
		return err
	}
	t.values[v.name] = s
	if t.probing || t.read[v] {
		t.port(v, shape, time)
	}
	return nil
}

// port adds an input of the graph of layers.
func (t *tracer) port(v *input, shape []int, time int) {
	in := format.Input{Name: v.name, Frames: 1, Channels: 1}
	n := length(shape)
	switch {
	case v.dtype.isInteger():
		in.Frames, in.Tokens = n, format.MaxSize // until an embedding reads them
	case time >= 0:
		in.Frames, in.Channels = shape[time], n/shape[time]
	case t.filed.atOnce() && n > 1:
		in.Frames = shape[canonical(shape)[0]]
		in.Channels = n / in.Frames
	default:
		in.Channels = n
	}
	t.ports[v] = len(t.graph.Inputs)
	t.graph.Inputs = append(t.graph.Inputs, in)
}

// dimension returns the length of an input's dimension in a step, and whether it
// is time.
func (t *tracer) dimension(v *input, k int, d dimension) (n int, time bool, err error) {
	if axis, ok := t.opened[v]; ok && axis == k {
		return t.frames, true, nil
	}
	if d.value > 0 {
		if d.value > format.MaxSize {
			return 0, false, tensorError(v.name, network.ErrUnsupported, "a dimension of %d", d.value)
		}
		return int(d.value), false, nil
	}
	if n, ok := t.dims[d.name]; ok && d.name != "" {
		return n, false, nil
	}
	if t.countsSequences(v, k) {
		return 1, false, nil
	}
	return t.frames, true, nil
}

// put adds a node to the graph of layers, and returns its value. c is the node of the
// file that it comes from.
func (t *tracer) put(c *call, op format.Op, in ...int) (int, error) {
	if len(t.graph.Nodes) >= format.MaxNodes {
		return 0, unsupported("the graph has more nodes than a model can have, %d", format.MaxNodes)
	}
	in, err := t.joined(op, in)
	if err != nil {
		return 0, err
	}
	t.graph.Nodes = append(t.graph.Nodes, format.Node{Op: op, Inputs: slices.Clone(in)})
	t.report.Made()
	v, err := t.graph.Next(t.shapes)
	if err != nil {
		if c == nil {
			return 0, unsupported("a value has %v", err)
		}
		return 0, c.unsupported("%v", err)
	}
	t.shapes = append(t.shapes, v)
	return len(t.shapes) - 1, nil
}

// evaluate evaluates a node.
func (t *tracer) evaluate(n *node) error {
	c := &call{importer: t.importer, node: n}
	if !isStandard(n.domain) {
		return c.unread()
	}
	constants, states := true, len(n.inputs) > 0
	for _, name := range n.inputs {
		if name == "" {
			c.in = append(c.in, nil)
			continue
		}
		v := t.values[name]
		if v == nil {
			return c.unsupported("its input %s is not given by the node before", quote(name))
		}
		if _, ok := v.(*array); !ok {
			constants = false
		}
		c.in = append(c.in, v)
	}
	if len(c.in) > 0 {
		_, states = c.in[0].(*tensors)
	}
	out, err := t.call(c, constants, states)
	if err != nil {
		return t.withNumber(c, err)
	}
	for i := range n.attributes {
		if a := &n.attributes[i]; !a.read {
			return c.unsupported("the attribute %s", quote(a.name))
		}
	}
	for i, name := range n.outputs {
		if i >= len(out) || name == "" || out[i] == nil {
			continue
		}
		if err := t.simpleState(c, name, &out[i]); err != nil {
			return err
		}
		t.values[name] = out[i]
		t.keepTime(name, out[i])
		if f, ok := out[i].(*flow); ok {
			t.lengths[name] = f.shape
		}
		if err := t.compareRank(name, out[i]); err != nil {
			return err
		}
		if err := t.filed.compare(c, name, out[i], t.frames); err != nil {
			return err
		}
	}
	return nil
}

// seen is what the first pass finds, in which steps have so many frames of time that
// they can be told from other axes. The other passes compare what they find.
type seen struct {
	times    map[string]int         // of values by name: the axis that is time
	pools    map[string]format.Pool // of values by name: which step they take
	repeats  map[string]int         // of values by name: how often a frame of time repeats one of the sequence
	ranks    map[string]int         // of values by name
	branches map[*node]bool         // of If: whether it took the first branch
	read     map[*input]bool        // inputs that nodes compute with
	whole    map[string]bool        // values by name that are all elements of an input
	turned   map[string]bool        // values by name that are the reversed steps of another
}

func newSeen() seen {
	return seen{map[string]int{}, map[string]format.Pool{}, map[string]int{}, map[string]int{}, map[*node]bool{}, map[*input]bool{}, map[string]bool{}, map[string]bool{}}
}

// compareRank refuses a value whose axes differ from the first pass, as when a node
// removes axes of length 1: then a step must have more frames.
func (t *tracer) compareRank(name string, v value) error {
	rank := rankOfFlow(v)
	if t.probing {
		t.ranks[name] = rank
	} else if t.ranks[name] != rank {
		return errFrames(2)
	}
	return nil
}

// compareBranch refuses an If that takes another branch than in the first pass.
func (t *tracer) compareBranch(c *call) error {
	condition, err := c.array(0, "the condition")
	if err != nil || condition.isFloat() || condition.length() != 1 {
		return err // a later check says that it is not a condition
	}
	yes := !condition.ints[0].is(0)
	if t.probing {
		t.branches[c.node] = yes
	} else if t.branches[c.node] != yes {
		return c.unsupported("its condition (%s) depends on dimensions that the file leaves open: on the number of steps", quote(c.node.inputs[0]))
	}
	return nil
}

// keepTime gives a value its axis of time, which the first pass finds.
func (t *tracer) keepTime(name string, v value) {
	switch v := v.(type) {
	case *flow:
		if t.probing {
			t.times[name] = v.time
		} else if axis, ok := t.times[name]; ok {
			v.time = axis
		}
	case *tensors:
		if t.probing {
			v.time = t.timeOfTensors(v)
			t.times[name] = v.time
		} else if axis, ok := t.times[name]; ok {
			v.time = axis
		}
	}
}

// call returns the outputs of a node.
func (t *tracer) call(c *call, constants, states bool) ([]value, error) {
	name := c.node.operator
	if name == "If" {
		if err := t.compareBranch(c); err != nil {
			return nil, err
		}
	}
	if constants && (name == "Gemm" || name == "MatMul") && len(c.in) >= 2 && len(c.in) <= 3 {
		return t.constantProduct(c)
	}
	// A graph within a node may read values that are not inputs of the node.
	within := name == "Loop" || name == "Scan"
	if op, ok := t.operators[name]; ok && (!constants || within) {
		if err := c.checkCount(op); err != nil {
			return nil, err
		}
		if name == "Reshape" {
			t.openShape(c)
		}
		if name == "Concat" {
			if f, err := t.cached(c); f != nil || err != nil {
				return one(f, err)
			}
		}
		if p := t.joinedPart(c); p != nil {
			return []value{p}, nil
		}
		if states && layouts[name] || name == "Concat" && allTensors(c.in) {
			return t.layoutOfTensors(c)
		}
		return op.run(c)
	}
	op, ok := t.importer.operators[name]
	if !ok {
		return nil, c.unread()
	}
	if err := c.checkCount(op); err != nil {
		return nil, err
	}
	if !constants && name != "If" {
		return nil, c.unsupported("it is only supported for constants: an input that is the same at each step can be given as one (--input)")
	}
	return op.run(c)
}

// checkCount refuses inputs and outputs other than the operator has.
func (c *call) checkCount(op operator) error {
	if len(c.in) < op.least || len(c.in) > op.most || len(c.node.outputs) < 1 || len(c.node.outputs) > op.outputs {
		return c.damaged("%s and %s", message.Count(len(c.in), "input"), message.Count(len(c.node.outputs), "output"))
	}
	for i := range op.least {
		if c.in[i] == nil {
			return c.damaged("input %d is left out", i)
		}
	}
	return nil
}

// withNumber adds to an error the name of an input that is one integer, such as a sampling
// rate: given as a constant, it may be supported.
func (t *tracer) withNumber(c *call, err error) error {
	if !errors.Is(err, network.ErrUnsupported) {
		return err
	}
	for _, in := range c.in {
		s, ok := in.(*tensors)
		if !ok {
			continue
		}
		o, _ := t.list(s)
		if o < 0 || t.owners[o].input == nil || t.owners[o].time >= 0 || length(t.owners[o].shape) != 1 {
			continue
		}
		if v := t.owners[o].input; v.dtype.isInteger() {
			return fmt.Errorf("%w. The input %s is one integer: if it is the same at each step, give it with --input %s=NUMBER", err, quote(v.name), v.name)
		}
	}
	return err
}

// withDimension adds to an error the open dimension that was taken as time, unless the
// operator is never supported.
func (t *tracer) withDimension(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Operator != "" && !t.reads(&node{operator: e.Operator}) {
		return err
	}
	for i := range t.model.graph.inputs {
		v := &t.model.graph.inputs[i]
		for k, d := range v.shape {
			if _, time, e := t.dimension(v, k, d); e == nil && time && d.name != "" && t.values[v.name] != nil {
				return fmt.Errorf("%w. The dimension %s of the input %s is taken as the steps of a sequence; if each step has the same number of them, give it in the option Dimensions (--dimension %s=N)",
					err, quote(d.name), quote(v.name), d.name)
			}
		}
	}
	return err
}
