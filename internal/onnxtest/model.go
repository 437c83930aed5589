// Package onnxtest makes ONNX models for tests, and computes the recurrent operators in
// float64, as the ONNX specification defines them.
package onnxtest

import "github.com/rnnrun/rnnrun/format/onnx/proto"

// The parts of an ONNX model.
type (
	Model     = proto.Model
	Node      = proto.Node
	Attribute = proto.Attribute
	Tensor    = proto.Tensor
	Value     = proto.Value
	Message   = proto.Message
)

// The element types.
const (
	Float  = proto.Float
	Int32  = proto.Int32
	Int64  = proto.Int64
	Bool   = proto.Bool
	Double = proto.Double
)

// Floats returns a constant of float32.
func Floats(name string, shape []int, data []float32) Tensor { return proto.Floats(name, shape, data) }

// Ints returns a constant list of int64.
func Ints(name string, data ...int64) Tensor { return proto.Ints(name, data...) }
