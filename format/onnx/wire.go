package onnx

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// A field is one field of a protocol buffer's message.
type field struct {
	message string // its name in onnx.proto
	number  protowire.Number
	kind    protowire.Type
	data    []byte // of kind bytes; part of the file
	value   uint64 // of the others
}

// repeated is a set of the numbers of fields that may occur more than once.
type repeated uint64

func numbers(list ...protowire.Number) repeated {
	var r repeated
	for _, n := range list {
		r |= 1 << n
	}
	return r
}

// readFields calls read for every field of a message. A field that is not
// repeated and occurs twice is an error.
func readFields(message string, b []byte, r repeated, read func(f field) error) error {
	var seen repeated
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return damaged("%s: %v", message, protowire.ParseError(n))
		}
		b = b[n:]
		f := field{message: message, number: number, kind: kind}
		switch kind {
		case protowire.VarintType:
			f.value, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(b)
			f.value = uint64(v)
		case protowire.Fixed64Type:
			f.value, n = protowire.ConsumeFixed64(b)
		case protowire.BytesType:
			f.data, n = protowire.ConsumeBytes(b)
		default:
			return damaged("%s: field %d has the wire type %d", message, number, kind)
		}
		if n < 0 {
			return damaged("%s: field %d: %v", message, number, protowire.ParseError(n))
		}
		b = b[n:]
		if number < 64 {
			if bit := repeated(1) << number; seen&bit != 0 && r&bit == 0 {
				return damaged("%s: field %d occurs twice", message, number)
			} else {
				seen |= bit
			}
		}
		if err := read(f); err != nil {
			return err
		}
	}
	return nil
}

// unknown is the error of a field that the message does not have.
func (f field) unknown() error {
	return unsupported("%s has the unknown field %d", f.message, f.number)
}

func (f field) wrongKind() error {
	return damaged("%s: field %d has the wire type %d, which is not its own", f.message, f.number, f.kind)
}

// bytes returns the content of a message, a string or bytes.
func (f field) bytes() ([]byte, error) {
	if f.kind != protowire.BytesType {
		return nil, f.wrongKind()
	}
	return f.data, nil
}

func (f field) text(to *string) error {
	b, err := f.bytes()
	*to = string(b)
	return err
}

func (f field) integer(to *int64) error {
	if f.kind != protowire.VarintType {
		return f.wrongKind()
	}
	*to = int64(f.value)
	return nil
}

func (f field) float(to *float32) error {
	if f.kind != protowire.Fixed32Type {
		return f.wrongKind()
	}
	*to = math.Float32frombits(uint32(f.value))
	return nil
}

// integers appends the numbers of a repeated field, packed or not.
func (f field) integers(to *[]int64) error {
	if f.kind == protowire.VarintType {
		*to = append(*to, int64(f.value))
		return nil
	}
	b, err := f.bytes()
	for len(b) > 0 && err == nil {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return damaged("%s: field %d: %v", f.message, f.number, protowire.ParseError(n))
		}
		b = b[n:]
		*to = append(*to, int64(v))
	}
	return err
}

// floats appends the numbers of a repeated field, packed or not.
func (f field) floats(to *[]float32) error {
	if f.kind == protowire.Fixed32Type {
		*to = append(*to, math.Float32frombits(uint32(f.value)))
		return nil
	}
	b, err := f.bytes()
	for len(b) > 0 && err == nil {
		v, n := protowire.ConsumeFixed32(b)
		if n < 0 {
			return damaged("%s: field %d: %v", f.message, f.number, protowire.ParseError(n))
		}
		b = b[n:]
		*to = append(*to, math.Float32frombits(v))
	}
	return err
}

// doubles appends the numbers of a repeated field of float64, as float32.
func (f field) doubles(to *[]float32) error {
	if f.kind == protowire.Fixed64Type {
		*to = append(*to, float32(math.Float64frombits(f.value)))
		return nil
	}
	b, err := f.bytes()
	for len(b) > 0 && err == nil {
		v, n := protowire.ConsumeFixed64(b)
		if n < 0 {
			return damaged("%s: field %d: %v", f.message, f.number, protowire.ParseError(n))
		}
		b = b[n:]
		*to = append(*to, float32(math.Float64frombits(v)))
	}
	return err
}
