package tensorflow

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/format/onnx/proto"
	"github.com/rnnrun/rnnrun/format/protobuf"
	"github.com/rnnrun/rnnrun/internal/message"
)

// Options give what the file does not tell.
type Options struct {
	// Shape is that of the first input, such as [1, 0, 41]: 0 is the open number of
	// steps. nil: the file tells it, or the package tries shapes.
	Shape []int
	// Output is the node whose value is the network's output. Empty: it is the only one
	// that no other node reads.
	Output string
	// Constants are values for inputs.
	Constants []onnx.Constant
	// Report receives what becomes of each operator; may be nil.
	Report *network.Report
}

// Match reports whether data starts as a frozen graph does: with a node that has a name
// and an operator.
func Match(data []byte) bool {
	var first []byte
	found := errors.New("found")
	err := protobuf.ReadFields("GraphDef", data, 0, func(f protobuf.Field) (err error) {
		if f.Number != 1 {
			return errors.New("another message")
		}
		if first, err = f.Bytes(); err != nil {
			return err
		}
		return found
	})
	if !errors.Is(err, found) {
		return false
	}
	n, err := (&parser{most(len(first))}).node(first)
	return err == nil && !strings.ContainsAny(n.op, " \\n\\t")
}

// Read reads a frozen graph. The error is a [*network.ImportError], a [*protobuf.Error],
// or one of package onnx.
func (o Options) Read(data []byte) (*network.Network, error) {
	g, err := (&parser{most(len(data))}).graph(data)
	if err != nil {
		return nil, err
	}
	p, err := g.lower(nil)
	if err != nil {
		return nil, err
	}
	output, err := o.chosen(g.nodes)
	if err != nil {
		return nil, err
	}
	return o.network(&source{nodes: p.nodes, outputs: []port{{"output", p.reference(&p.whole, output)}}, size: len(data)})
}

// A source is a graph with its functions inlined.
type source struct {
	nodes     []*node
	outputs   []port
	variables Variables // nil: they are constants
	size      int       // bytes of its files
}

// A port is an output with its name and value.
type port struct{ name, reference string }

// A trial says how long the axes of inputs are that the file leaves open.
type trial struct {
	steps     int  // the number of steps that stands for the open one
	timeMajor bool // the first axis is the steps, and the second the batch
	opened    bool // the second axis of an input is that of the steps, also if the file has a number
}

// The numbers of steps that stand for an open one are primes that are unlikely to be
// other sizes. The graphs written for two of them must be the same.
const (
	someSteps  = 107
	otherSteps = 211
)

// network reads a graph.
func (o Options) network(g *source) (*network.Network, error) {
	n, t, err := o.try(g, trial{steps: someSteps})
	if err != nil && t.mayBeTimeMajor() {
		if n, _, err := o.try(g, trial{steps: someSteps, timeMajor: true}); err == nil {
			return n, nil
		}
	}
	if err != nil && t.someSteps > 1 {
		if n, _, err := o.try(g, trial{steps: someSteps, opened: true}); err == nil {
			n.Notes = append(n.Notes, fmt.Sprintf("the input has %s in the file; the model reads sequences of any length", message.Count(t.someSteps, "step")))
			return n, nil
		}
	}
	if err != nil {
		t.survey(o.Report)
	}
	return n, err
}

// mayBeTimeMajor reports whether the first open axis of an input may be that of the steps,
// and not the batch. If the second one is open as well, a loop has to go through the first.
func (t *translator) mayBeTimeMajor() bool { return t.anyBatch && (len(t.loops) > 0 || !t.anyPair) }

// try reads a graph whose open axes are those of a trial.
func (o Options) try(g *source, of trial) (*network.Network, *translator, error) {
	t, err := o.translate(g, of)
	if err != nil {
		return nil, t, err
	}
	weights := t.weights()
	model := t.top.model.Marshal()
	if t.hasOpenInput() {
		of.steps = otherSteps
		other, err := o.translate(g, of)
		if err != nil {
			return nil, t, err
		}
		if !slices.EqualFunc(weights, other.weights(), sameConstant) || !bytes.Equal(model, other.top.model.Marshal()) {
			return nil, t, network.Refuse(network.ErrUnsupported, "", "the graph computes otherwise for another number of steps; give the shape of its input (--shape)")
		}
	}
	if o.Report != nil {
		*o.Report = network.Report{}
	}
	read := onnx.Options{Report: o.Report, Constants: weights}
	n, err := read.Read(model)
	if err != nil {
		return nil, t, fmt.Errorf("as a graph of ONNX, for an input of %s: %w", t.inputText(), err)
	}
	n.Notes = append(t.notes(), n.Notes...)
	return n, t, nil
}

// weights removes the constants of floats from the written graph. They become inputs
// with given values, so that they are not copied.
func (t *translator) weights() (list []onnx.Constant) {
	m := &t.top.model
	var left []proto.Tensor
	for _, c := range m.Constants {
		if c.Type != proto.Float {
			left = append(left, c)
			continue
		}
		shape := []any{}
		for _, n := range c.Shape {
			shape = append(shape, n)
		}
		m.Inputs = append(m.Inputs, proto.Value{Name: c.Name, Type: c.Type, Shape: shape})
		list = append(list, onnx.Constant{Name: c.Name, Shape: c.Shape, Floats: c.Floats})
	}
	m.Constants = left
	return list
}

// sameConstant reports whether two constants are the same, by the bits of their numbers.
func sameConstant(a, b onnx.Constant) bool {
	return a.Name == b.Name && slices.Equal(a.Shape, b.Shape) && slices.EqualFunc(a.Floats, b.Floats, func(x, y float32) bool {
		return math.Float32bits(x) == math.Float32bits(y)
	})
}

// translate writes a graph.
func (o Options) translate(g *source, of trial) (*translator, error) {
	t := &translator{writer: newWriter(g.size + 1<<16), source: g, options: o, trial: of, named: map[string]*node{}, readers: map[string][]*node{}, operators: operators(), inputs: map[string]*tensor{}}
	for _, n := range g.nodes {
		if t.named[n.name] != nil {
			return t, damaged(n.name, "two nodes have this name")
		}
		t.named[n.name] = n
	}
	for _, n := range g.nodes {
		for _, r := range n.data() {
			t.readers[r.node] = append(t.readers[r.node], n)
		}
	}
	if err := t.findFrames(g.nodes); err != nil {
		return t, err
	}
	if err := t.findVariables(g.nodes); err != nil {
		return t, err
	}
	s := &scope{values: map[string][]value{}}
	for _, p := range g.outputs {
		if err := t.export(s, p); err != nil {
			return t, err
		}
	}
	if t.hasOpenInput() && !t.recurs && len(t.loops) > 0 {
		return t, network.Refuse(network.ErrUnsupported, "", "a loop that does not go through the open axis of %s; give the shape of the input (--shape)", t.inputText())
	}
	t.top.model.Prune()
	return t, nil
}

// export evaluates an output, and adds it.
func (t *translator) export(s *scope, p port) error {
	r := parseReference(p.reference)
	if err := t.evaluate(s, r.node); err != nil {
		return err
	}
	v, err := s.get(r.node, r)
	if err != nil {
		return err
	}
	y, ok := v.(*tensor)
	if !ok {
		return network.Refuse(network.ErrUnsupported, p.name, "the output is %s", describe(v))
	}
	if len(t.inputs) == 0 {
		return network.Refuse(network.ErrUnsupported, p.name, "the output depends on no Placeholder")
	}
	return t.output(y, p.name)
}

// idle are operators whose outputs a network does not need.
var idle = map[string]bool{"NoOp": true, "Assert": true, "Print": true, "Placeholder": true, "Const": true, "RestoreV2": true, "SaveV2": true}

// chosen returns the network's output.
func (o Options) chosen(list []*node) (string, error) {
	if name := o.Output; name != "" {
		r := parseReference(name)
		if r.control || !slices.ContainsFunc(list, func(n *node) bool { return n.name == r.node }) {
			return "", network.Refuse(network.ErrUnsupported, name, "the file has no node of this name (--output)")
		}
		return name, nil
	}
	read := map[string]bool{}
	for _, n := range list {
		for _, text := range n.inputs {
			read[parseReference(text).node] = true
		}
	}
	var names []string
	for _, n := range list {
		if !read[n.name] && !idle[n.op] {
			names = append(names, n.name)
		}
	}
	switch len(names) {
	case 0:
		return "", network.Refuse(network.ErrUnsupported, "", "the graph has no output")
	case 1:
		return names[0], nil
	}
	return "", network.Refuse(network.ErrAmbiguous, "", "no node reads the %d nodes %s; choose the network's output among them (--output)", len(names), quotes(names))
}

// quotes writes the first of some names.
func quotes(names []string) string {
	const most = 8
	var list []string
	for _, name := range names[:min(len(names), most)] {
		list = append(list, network.Quote(name))
	}
	if len(names) > most {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}
