package proto

import (
	"encoding/binary"
	"math"

	"github.com/rnnrun/rnnrun/internal/binary16"
)

// The types of elements, as onnx.proto numbers them.
const (
	Float   = 1
	Int8    = 3
	Int32   = 6
	Int64   = 7
	Bool    = 9
	Float16 = 10
	Double  = 11
)

// A Tensor is a constant: Floats of the type Float, or Ints of the type Int64,
// or of another Type. A single number has a shape without axes.
type Tensor struct {
	Name   string
	Type   int
	Shape  []int
	Floats []float32
	Ints   []int64

	// External are keys and values in turn that locate the data in another
	// file. nil: the data is in the model's file.
	External []string
}

// Floats returns a constant of float32.
func Floats(name string, shape []int, data []float32) Tensor {
	return Tensor{Name: name, Type: Float, Shape: shape, Floats: data}
}

// Ints returns a constant list of int64.
func Ints(name string, data ...int64) Tensor {
	return Tensor{Name: name, Type: Int64, Shape: []int{len(data)}, Ints: data}
}

// Marshal returns the tensor's message, with raw data or its location.
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
		switch t.Type {
		case Double:
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(float64(v)))
		case Float16:
			raw = binary.LittleEndian.AppendUint16(raw, binary16.Round(v))
		default:
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
	}
	for _, v := range t.Ints {
		switch t.Type {
		case Int32:
			raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
		case Bool, Int8:
			raw = append(raw, byte(v))
		default:
			raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
		}
	}
	return raw
}
