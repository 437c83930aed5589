// Package proto writes models in the Open Neural Network Exchange format: the
// protocol buffers of onnx.proto, with its numbers of fields and types.
package proto

import (
	"cmp"
)

// IRVersion is the version of the format's messages that models are written in: that
// of ONNX 1.12, which brought opset 17.
const IRVersion = 8

// A Model is a graph with the versions of its operators.
type Model struct {
	Opset    int        // of ONNX's own operators
	Imports  []Import   // of others
	Producer string     // empty: rnnrun
	Metadata []Property // in order
	Nodes    []Node     // in an order in which each reads what nodes before it give

	Constants       []Tensor
	Inputs, Outputs []Value
}

// An Import is a set of operators beside ONNX's own.
type Import struct {
	Domain  string
	Version int
}

// A Property is text by name.
type Property struct{ Key, Value string }

// A Node is an operator. An empty name stands for an input or output that is
// left out.
type Node struct {
	Name, Operator  string
	Domain          string // empty: ONNX's own
	Inputs, Outputs []string
	Attributes      []Attribute
}

// A Value is an input or an output of the graph. A dimension is an int, or a
// string if it is open.
type Value struct {
	Name  string
	Type  int
	Shape []any
}

// Marshal returns the file.
func (m *Model) Marshal() []byte {
	var file Message
	file.Number(1, IRVersion)
	file.Text(2, cmp.Or(m.Producer, "rnnrun"))
	file.Bytes(7, m.Graph())
	for _, i := range append([]Import{{Version: m.Opset}}, m.Imports...) {
		var opset Message
		opset.Text(1, i.Domain)
		opset.Number(2, int64(i.Version))
		file.Bytes(8, opset)
	}
	for _, p := range m.Metadata {
		var entry Message
		entry.Text(1, p.Key)
		entry.Text(2, p.Value)
		file.Bytes(14, entry)
	}
	return file
}

// Graph returns the graph alone.
func (m *Model) Graph() (g Message) {
	for i := range m.Nodes {
		g.Bytes(1, m.Nodes[i].marshal())
	}
	g.Text(2, "network")
	for i := range m.Constants {
		g.Bytes(5, m.Constants[i].Marshal())
	}
	for i := range m.Inputs {
		g.Bytes(11, m.Inputs[i].marshal())
	}
	for i := range m.Outputs {
		g.Bytes(12, m.Outputs[i].marshal())
	}
	return g
}

func (n *Node) marshal() (m Message) {
	for _, name := range n.Inputs {
		m.Text(1, name)
	}
	for _, name := range n.Outputs {
		m.Text(2, name)
	}
	m.Text(3, n.Name)
	m.Text(4, n.Operator)
	for i := range n.Attributes {
		m.Bytes(5, n.Attributes[i].marshal())
	}
	m.Text(7, n.Domain)
	return m
}

func (v *Value) marshal() (m Message) {
	var shape, tensor, kind Message
	for _, d := range v.Shape {
		var dimension Message
		switch d := d.(type) {
		case int:
			dimension.Number(1, int64(d))
		case string:
			dimension.Text(2, d)
		}
		shape.Bytes(1, dimension)
	}
	tensor.Number(1, int64(v.Type))
	if v.Shape != nil {
		tensor.Bytes(2, shape)
	}
	kind.Bytes(1, tensor)
	m.Text(1, v.Name)
	m.Bytes(2, kind)
	return m
}
