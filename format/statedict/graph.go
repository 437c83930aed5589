package statedict

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// graph makes a network from the nodes of an architecture.
func (a *Architecture) graph(tensors []Tensor) (*network.Network, error) {
	if len(a.Modules) > 0 || a.Pool != "" || a.Nonlinearity != "" {
		return nil, network.Refuse(network.ErrArchitecture, "nodes", `"modules", "pool" and "nonlinearity" describe a stack of modules; leave them out beside "nodes"`)
	}
	g := &grapher{a: a, graph: &format.Graph{}, values: map[string]int{}, tensors: map[string]*Tensor{}, used: map[string]bool{}, ops: nodeOps()}
	for i := range tensors {
		g.tensors[tensors[i].Name] = &tensors[i]
	}
	if err := g.addInputs(); err != nil {
		return nil, err
	}
	for i := range a.Nodes {
		if err := g.add(i); err != nil {
			return nil, err
		}
	}
	n := &network.Network{Graph: g.graph, Notes: g.notes, Skip: a.Skip, Labels: slices.Clone(a.Labels), SampleRate: a.SampleRate}
	var err error
	if n.Normalization, err = g.normalization(); err != nil {
		return nil, err
	}
	if err := g.addOutputs(); err != nil {
		return nil, err
	}
	if n.Output, err = a.output(); err != nil {
		return nil, err
	}
	n.Task, err = a.task()
	return n, err
}

// A grapher makes a graph from the nodes of an architecture.
type grapher struct {
	a       *Architecture
	graph   *format.Graph
	values  map[string]int // by the names of inputs and nodes
	shapes  []format.Value // of the values so far
	tensors map[string]*Tensor
	used    map[string]bool // tensors
	ops     map[string]nodeOp
	notes   []string
	made    []made // of the inputs and nodes of the architecture
	at      int    // the node that is being added
	taken   *Node  // the batch normalization that was folded into the node above
	top     int    // the value above
	title   string // of the node that is being added, for errors
}

// A made value is the value of an input or a node of the architecture.
type made struct {
	value int
	title string
	read  bool
}

// read notes that something reads a value.
func (g *grapher) read(value int) {
	for i := range g.made {
		if g.made[i].value == value {
			g.made[i].read = true
		}
	}
}

func (g *grapher) refuse(format string, args ...any) error {
	return network.Refuse(network.ErrArchitecture, g.title, format, args...)
}

func (g *grapher) addInputs() error {
	if len(g.a.Inputs) == 0 {
		return network.Refuse(network.ErrArchitecture, "inputs", `the network's inputs are missing: [{"name": "input", "channels": N}]`)
	}
	for _, in := range g.a.Inputs {
		if in.Tokens > 0 {
			in.Channels = max(in.Channels, 1)
		}
		if in.Name == "" || in.Channels < 1 || in.Frames < 0 || in.Tokens < 0 {
			return network.Refuse(network.ErrArchitecture, in.Name, `an input has a name and channels, or tokens: {"name": "input", "channels": N}`)
		}
		g.graph.Inputs = append(g.graph.Inputs, format.Input{Name: in.Name, Frames: max(in.Frames, 1), Channels: in.Channels, Tokens: in.Tokens})
		value := len(g.graph.Inputs) - 1
		if err := g.name(in.Name, value); err != nil {
			return err
		}
		g.made = append(g.made, made{value: value, title: in.Name})
	}
	var err error
	g.shapes, err = g.graph.Values()
	return err
}

// name gives a value a name.
func (g *grapher) name(name string, value int) error {
	if _, ok := g.values[name]; ok {
		return network.Refuse(network.ErrArchitecture, name, "two inputs or nodes have this name")
	}
	g.values[name] = value
	return nil
}

// put adds a node, and returns its value.
func (g *grapher) put(op format.Op, in ...int) (int, error) {
	if len(g.graph.Nodes) == format.MaxNodes {
		return 0, g.refuse("there are more than %d ops", format.MaxNodes)
	}
	g.graph.Nodes = append(g.graph.Nodes, format.Node{Op: op, Inputs: in})
	shapes, err := g.graph.Values()
	if err != nil {
		var list []string
		for _, v := range in {
			list = append(list, g.shapes[v].String())
		}
		return 0, g.refuse("it cannot read %v: %v", list, err)
	}
	g.shapes = shapes
	return len(shapes) - 1, nil
}

// add adds node i of the architecture.
func (g *grapher) add(i int) error {
	n := &g.a.Nodes[i]
	g.at = i
	name := n.value()
	g.title = name
	if name == "" {
		g.title = fmt.Sprintf("node %d (%s)", i, n.Op)
	}
	op, ok := g.ops[n.Op]
	_, function := functions[n.Op]
	switch {
	case ok:
	case function:
		op = nodeOp{(*grapher).apply, "", 1, 1}
	default:
		ops := slices.Sorted(maps.Keys(g.ops))
		return g.refuse("the op %s is not one of %q, nor an activation%s", network.Quote(n.Op), ops, message.Suggestion(n.Op, slices.Concat(ops, slices.Sorted(maps.Keys(functions)))))
	}
	if err := g.known(n, op, function); err != nil {
		return err
	}
	in, err := g.reads(n, op)
	if err != nil {
		return err
	}
	v, err := op.build(g, n, in)
	if !n.own() {
		v, err = g.activated(n, v, err)
	}
	if err != nil {
		return err
	}
	g.made = append(g.made, made{value: v, title: g.title})
	if g.top = v; name != "" {
		return g.name(name, v)
	}
	return nil
}

// suggestValue returns which input or node is likely meant by a name.
func (g *grapher) suggestValue(name string) string {
	return message.Suggestion(name, slices.Sorted(maps.Keys(g.values)))
}

// reads returns the values that a node reads.
func (g *grapher) reads(n *Node, op nodeOp) ([]int, error) {
	var in []int
	for _, from := range n.Inputs {
		v, ok := g.values[from]
		if !ok {
			return nil, g.refuse("its input %s is neither an input nor a node above it%s", network.Quote(from), g.suggestValue(from))
		}
		in = append(in, v)
	}
	if len(in) == 0 && op.most > 0 {
		in = append(in, g.top)
	}
	switch {
	case len(in) > op.most:
		return nil, g.refuse(`it reads %s, but "inputs" has %d`, message.Count(op.most, "value"), len(in))
	case len(in) < op.least:
		return nil, g.refuse(`it reads %s: name them in "inputs"`, message.Count(op.least, "value"))
	}
	for _, v := range in {
		g.read(v)
	}
	return in, nil
}

func (g *grapher) addOutputs() error {
	outputs := g.a.Outputs
	if len(outputs) == 0 {
		g.graph.Outputs = []format.Port{{Name: "output", Value: g.top}}
		g.read(g.top)
	}
	for _, name := range outputs {
		v, ok := g.values[name]
		if !ok {
			return network.Refuse(network.ErrArchitecture, name, "the output is not the name of a node%s", g.suggestValue(name))
		}
		g.graph.Outputs = append(g.graph.Outputs, format.Port{Name: name, Value: v})
		g.read(v)
	}
	for _, m := range g.made {
		if !m.read {
			return network.Refuse(network.ErrArchitecture, "nodes", "nothing reads %s, and it is not an output", network.Quote(m.title))
		}
	}
	var left []*Tensor
	for _, name := range slices.Sorted(maps.Keys(g.tensors)) {
		if !g.used[name] {
			left = append(left, g.tensors[name])
		}
	}
	if len(left) > 0 {
		return network.Refuse(network.ErrUnknown, "", `no node reads %s. If no output depends on it, name it under "ignore" in the architecture`, names(left))
	}
	return nil
}

// take returns a tensor of the node's module; nil: it has none.
func (g *grapher) take(n *Node, part string) *Tensor {
	t := g.tensors[join(n.Module, part)]
	if t != nil {
		g.used[t.Name] = true
	}
	return t
}

// weight returns a tensor of the node's module of that many axes.
func (g *grapher) weight(n *Node, part string, axes int) (*Tensor, error) {
	t := g.take(n, part)
	switch {
	case t == nil:
		name := join(n.Module, part)
		return nil, g.refuse("the file has no tensor %s%s", network.Quote(name), suggestTensor(name, g.tensors))
	case t.Data == nil:
		return nil, network.Refuse(network.ErrShape, t.Name, "its elements are of type %s, but a weight has floating-point numbers", t.DType)
	case len(t.Shape) != axes:
		return nil, network.Refuse(network.ErrShape, t.Name, "its shape is %s, want %d axes", t.shape(), axes)
	}
	return t, nil
}

// vector returns a tensor of the module that has n numbers; nil: it has none.
func (g *grapher) vector(n *Node, part string, size int) ([]float32, error) {
	if g.tensors[join(n.Module, part)] == nil {
		return nil, nil
	}
	t, err := g.weight(n, part, 1)
	if err != nil {
		return nil, err
	}
	if t.Shape[0] != size {
		return nil, network.Refuse(network.ErrShape, t.Name, "its shape is %s, want [%d]", t.shape(), size)
	}
	return t.Data, nil
}

// activated applies the node's activation to a value.
func (g *grapher) activated(n *Node, value int, err error) (int, error) {
	if err != nil || n.Activation == "" || n.Activation == "none" {
		return value, err
	}
	a, err := n.function(n.Activation)
	if err != nil {
		return 0, err
	}
	return g.put(&format.Map{Function: a}, value)
}
