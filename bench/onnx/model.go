// Package onnx writes models in the Open Neural Network Exchange format, as
// far as recurrent networks need it. The numbers of fields and types are those
// of onnx.proto.
package onnx

import (
	"encoding/binary"
	"math"
)

const (
	irVersion        = 8
	opsetVersion     = 14
	microsoftVersion = 1
)

// Microsoft is the domain of ONNX Runtime's own operators.
const Microsoft = "com.microsoft"

// A Type is the type of a tensor's elements.
type Type int64

// The types.
const (
	Float32 Type = 1
	Int8    Type = 3
	Int64   Type = 7
)

// A Value is a tensor that goes into a graph or comes out of it.
type Value struct {
	Name  string
	Type  Type
	Shape []int
}

// A Tensor is a constant of a graph: float32, int64 or int8. A shape of no
// dimensions is that of a single number.
type Tensor struct {
	Name  string
	Shape []int
	Float []float32
	Int   []int64
	Int8  []int8
}

// A Node is an operator. An empty name among its inputs or outputs is one that
// is left out.
type Node struct {
	Operator        string
	Domain          string // "": ONNX's own
	Inputs, Outputs []string
	Attributes      []Attribute
}

// An Attribute is an option of an operator, an integer.
type Attribute struct {
	Name string
	Int  int64
}

// A Graph is a network.
type Graph struct {
	Nodes           []Node
	Constants       []Tensor
	Inputs, Outputs []Value
}

// Marshal returns the model of a graph.
func (g *Graph) Marshal() []byte {
	var model message
	model.number(1, irVersion)
	model.text(2, "rnnrun bench")
	model.bytes(7, g.message())
	model.bytes(8, operators("", opsetVersion))
	model.bytes(8, operators(Microsoft, microsoftVersion))
	return model
}

// operators names a set of operators that a model may use.
func operators(domain string, version int64) (m message) {
	m.text(1, domain)
	m.number(2, version)
	return m
}

func (g *Graph) message() (m message) {
	for _, n := range g.Nodes {
		m.bytes(1, n.message())
	}
	m.text(2, "network")
	for _, t := range g.Constants {
		m.bytes(5, t.message())
	}
	for _, v := range g.Inputs {
		m.bytes(11, v.message())
	}
	for _, v := range g.Outputs {
		m.bytes(12, v.message())
	}
	return m
}

func (n *Node) message() (m message) {
	for _, name := range n.Inputs {
		m.text(1, name)
	}
	for _, name := range n.Outputs {
		m.text(2, name)
	}
	m.text(4, n.Operator)
	m.text(7, n.Domain)
	for _, a := range n.Attributes {
		const isInt = 2
		var b message
		b.text(1, a.Name)
		b.number(3, a.Int)
		b.number(20, isInt)
		m.bytes(5, b)
	}
	return m
}

func (t *Tensor) message() (m message) {
	for _, n := range t.Shape {
		m.number(1, int64(n))
	}
	var raw []byte
	kind := Float32
	for _, v := range t.Float {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	for _, v := range t.Int {
		kind = Int64
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	for _, v := range t.Int8 {
		kind = Int8
		raw = append(raw, byte(v))
	}
	m.number(2, int64(kind))
	m.text(8, t.Name)
	m.bytes(9, raw)
	return m
}

func (v *Value) message() (m message) {
	var shape, tensor, kind message
	for _, n := range v.Shape {
		var dimension message
		dimension.number(1, int64(n))
		shape.bytes(1, dimension)
	}
	tensor.number(1, int64(v.Type))
	tensor.bytes(2, shape)
	kind.bytes(1, tensor)
	m.text(1, v.Name)
	m.bytes(2, kind)
	return m
}
