package tensorflow

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/format/protobuf"
)

// Options say what the file does not tell.
type Options struct {
	// Shape is that of the first input, such as [1, 0, 41]: 0 is the open number of
	// steps. nil: the file tells it, or it is found by trying.
	Shape []int
	// Output is the node whose value is the network's output. Empty: it is the only one
	// that no other node reads.
	Output string
	// Constants are values for inputs.
	Constants []onnx.Constant
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
	n, err := new(parser).node(first)
	return err == nil && !strings.ContainsAny(n.op, " \\n\\t")
}

// Read reads a frozen graph. The error is a [*network.ImportError], a [*protobuf.Error],
// or one of package onnx.
func (o Options) Read(data []byte) (*network.Network, error) {
	g, err := new(parser).graph(data)
	if err != nil {
		return nil, err
	}
	return o.network(g, len(data))
}

// A trial says how long the axes of inputs are that the file leaves open.
type trial struct {
	steps     int  // the number of steps that stands for the open one
	timeMajor bool // the first axis is the steps, and the second the batch
}

// The numbers of steps that stand for an open one are primes that are hardly sizes of
// anything else. What is written for two of them has to be the same.
const (
	someSteps  = 107
	otherSteps = 211
)

// network reads a graph from a file of that size.
func (o Options) network(g *graphDef, size int) (*network.Network, error) {
	n, t, err := o.try(g, trial{steps: someSteps}, size)
	if err != nil && t.anyBatch {
		if n, _, err := o.try(g, trial{someSteps, true}, size); err == nil {
			return n, nil
		}
	}
	return n, err
}

// try reads a graph whose open axes are those of a trial.
func (o Options) try(g *graphDef, of trial, size int) (*network.Network, *translator, error) {
	t, err := o.translate(g, of, size)
	if err != nil {
		return nil, t, err
	}
	model := t.top.model.Marshal()
	if t.hasOpenInput() {
		of.steps = otherSteps
		other, err := o.translate(g, of, size)
		if err != nil {
			return nil, t, err
		}
		if !bytes.Equal(model, other.top.model.Marshal()) {
			return nil, t, network.Refuse(network.ErrUnsupported, "", "the graph computes otherwise for another number of steps; give the shape of its input (--shape)")
		}
	}
	read := onnx.Options{}
	n, err := read.Read(model)
	if err != nil {
		return nil, t, fmt.Errorf("as a graph of ONNX, for an input of %s: %w", t.inputText(), err)
	}
	n.Notes = append(t.notes(), n.Notes...)
	return n, t, nil
}

// translate writes a graph.
func (o Options) translate(g *graphDef, of trial, size int) (*translator, error) {
	t := &translator{writer: newWriter(2*size + 1<<16), options: o, trial: of, named: map[string]*node{}, readers: map[string][]*node{}, operators: operators(), inputs: map[string]*tensor{}}
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
	output, err := t.chosen(g.nodes)
	if err != nil {
		return t, err
	}
	s := &scope{values: map[string][]value{}}
	if err := t.evaluate(s, output.node); err != nil {
		return t, err
	}
	v, err := s.get(output.node, output)
	if err != nil {
		return t, err
	}
	y, ok := v.(*tensor)
	if !ok {
		return t, network.Refuse(network.ErrUnsupported, output.node, "the output is %s", describe(v))
	}
	if len(t.inputs) == 0 {
		return t, network.Refuse(network.ErrUnsupported, output.node, "the output depends on no Placeholder")
	}
	if t.hasOpenInput() && !t.recurs && slices.ContainsFunc(g.nodes, (*node).isEnter) {
		return t, network.Refuse(network.ErrUnsupported, "", "a loop that does not go through the open axis of %s; give the shape of the input (--shape)", t.inputText())
	}
	if err := t.output(y, "output"); err != nil {
		return t, err
	}
	t.prune()
	return t, nil
}

// idle are operators that give nothing which a network computes.
var idle = map[string]bool{"NoOp": true, "Assert": true, "Print": true, "Placeholder": true, "Const": true, "RestoreV2": true, "SaveV2": true}

// chosen returns the network's output.
func (t *translator) chosen(list []*node) (reference, error) {
	if name := t.options.Output; name != "" {
		r := parseReference(name)
		if t.named[r.node] == nil || r.control {
			return r, network.Refuse(network.ErrUnsupported, name, "the file has no node of this name (--output)")
		}
		return r, nil
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
		return reference{}, network.Refuse(network.ErrUnsupported, "", "the graph has no output")
	case 1:
		return reference{node: names[0]}, nil
	}
	return reference{}, network.Refuse(network.ErrAmbiguous, "", "%d nodes are read by no other, %s; --output names the one that is the network's output", len(names), quotes(names))
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
