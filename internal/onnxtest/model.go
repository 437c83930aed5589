// Package onnxtest writes ONNX models for tests, and computes the recurrent
// operators in float64, as their specification has them.
package onnxtest

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// The types of elements, as onnx.proto numbers them.
const (
	Float  = 1
	Int32  = 6
	Int64  = 7
	Bool   = 9
	Double = 11
)

// A Model is a graph with the version of its operators.
type Model struct {
	Opset           int
	Producer        string // empty: rnnrun test
	Nodes           []Node
	Constants       []Tensor
	Inputs, Outputs []Value
}

// A Node is an operator. An empty name among its inputs or outputs is one that
// is left out.
type Node struct {
	Name, Operator, Domain string
	Inputs, Outputs        []string
	Attributes             []Attribute
}

// An Attribute is an option of a node. Its value is an int, a float32, a string,
// a Tensor, a *Model, whose graph it is, or a slice of one of the first three.
type Attribute struct {
	Name  string
	Value any
}

// A Tensor is a constant: Floats of the type Float, or Ints of the type Int64,
// or whatever Type says.
type Tensor struct {
	Name   string
	Type   int
	Shape  []int
	Floats []float32
	Ints   []int64

	// External are keys and values in turn that say where the data lies in
	// another file. nil: it lies in the model's.
	External []string
}

// A Value is an input or an output of the graph. A dimension is an int, or a
// string where it is open.
type Value struct {
	Name  string
	Type  int
	Shape []any
}

// Floats returns a constant of float32.
func Floats(name string, shape []int, data []float32) Tensor {
	return Tensor{Name: name, Type: Float, Shape: shape, Floats: data}
}

// Ints returns a constant list of int64.
func Ints(name string, data ...int64) Tensor {
	return Tensor{Name: name, Type: Int64, Shape: []int{len(data)}, Ints: data}
}

// Message is a protocol buffer as it is written.
type Message []byte

// Number appends an integer.
func (m *Message) Number(field protowire.Number, v int64) {
	*m = protowire.AppendTag(*m, field, protowire.VarintType)
	*m = protowire.AppendVarint(*m, uint64(v))
}

// Float appends a float32.
func (m *Message) Float(field protowire.Number, v float32) {
	*m = protowire.AppendTag(*m, field, protowire.Fixed32Type)
	*m = protowire.AppendFixed32(*m, math.Float32bits(v))
}

// Bytes appends a message or bytes.
func (m *Message) Bytes(field protowire.Number, b []byte) {
	*m = protowire.AppendTag(*m, field, protowire.BytesType)
	*m = protowire.AppendBytes(*m, b)
}

// Text appends a string.
func (m *Message) Text(field protowire.Number, s string) { m.Bytes(field, []byte(s)) }

// Marshal returns the file.
func (m *Model) Marshal() []byte {
	var opset, file Message
	opset.Text(1, "")
	opset.Number(2, int64(m.Opset))
	file.Number(1, 8)
	file.Text(2, cmp.Or(m.Producer, "rnnrun test"))
	file.Bytes(7, m.Graph())
	file.Bytes(8, opset)
	return file
}

// Graph returns the graph alone.
func (m *Model) Graph() (g Message) {
	for _, n := range m.Nodes {
		g.Bytes(1, n.marshal())
	}
	g.Text(2, "test")
	for _, t := range m.Constants {
		g.Bytes(5, t.Marshal())
	}
	for _, v := range m.Inputs {
		g.Bytes(11, v.marshal())
	}
	for _, v := range m.Outputs {
		g.Bytes(12, v.marshal())
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
	for _, a := range n.Attributes {
		m.Bytes(5, a.marshal())
	}
	m.Text(7, n.Domain)
	return m
}

func (a *Attribute) marshal() (m Message) {
	m.Text(1, a.Name)
	kind := int64(0)
	switch v := a.Value.(type) {
	case float32:
		kind = 1
		m.Float(2, v)
	case int:
		kind = 2
		m.Number(3, int64(v))
	case string:
		kind = 3
		m.Text(4, v)
	case Tensor:
		kind = 4
		m.Bytes(5, v.Marshal())
	case *Model:
		kind = 5
		m.Bytes(6, v.Graph())
	case []float32:
		kind = 6
		for _, x := range v {
			m.Float(7, x)
		}
	case []int:
		kind = 7
		for _, x := range v {
			m.Number(8, int64(x))
		}
	case []string:
		kind = 8
		for _, s := range v {
			m.Text(9, s)
		}
	default:
		panic(fmt.Sprintf("an attribute of the type %T", v))
	}
	m.Number(20, kind)
	return m
}

// Marshal returns the tensor's message, with raw data or the place of it.
func (t *Tensor) Marshal() (m Message) {
	for _, n := range t.Shape {
		m.Number(1, int64(n))
	}
	m.Number(2, int64(t.Type))
	m.Text(8, t.Name)
	if t.External == nil {
		m.Bytes(9, t.Raw())
		return m
	}
	for i := 0; i < len(t.External); i += 2 {
		var entry Message
		entry.Text(1, t.External[i])
		entry.Text(2, t.External[i+1])
		m.Bytes(13, entry)
	}
	m.Number(14, 1)
	return m
}

// Raw returns the tensor's data, little-endian.
func (t *Tensor) Raw() (raw []byte) {
	for _, v := range t.Floats {
		if t.Type == Double {
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(float64(v)))
		} else {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
	}
	for _, v := range t.Ints {
		switch t.Type {
		case Int32:
			raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
		case Bool:
			raw = append(raw, byte(v))
		default:
			raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
		}
	}
	return raw
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
