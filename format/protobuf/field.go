package protobuf

import (
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A Field is one field of a message.
type Field struct {
	Number  protowire.Number
	message string // its name in the .proto file
	kind    protowire.Type
	data    []byte // of kind bytes; part of the file
	value   uint64 // of the others
}

// Repeated is a set of the numbers of fields, below 64, that may occur more than once.
type Repeated uint64

// Numbers returns the set of some numbers.
func Numbers(list ...protowire.Number) Repeated {
	var r Repeated
	for _, n := range list {
		r |= 1 << n
	}
	return r
}

// ReadFields calls read for every field of a message. Errors have the message's
// name in the .proto file. A field that is not repeated but occurs twice is an
// error.
func ReadFields(message string, b []byte, r Repeated, read func(f Field) error) error {
	var seen Repeated
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return damaged("%s: %v", message, protowire.ParseError(n))
		}
		b = b[n:]
		f := Field{message: message, Number: number, kind: kind}
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
			if bit := Repeated(1) << number; seen&bit != 0 && r&bit == 0 {
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

// Unknown is the error of a field that the message does not have.
func (f Field) Unknown() error {
	return &Error{network.ErrUnsupported, fmt.Sprintf("%s has the unknown field %d", f.message, f.Number)}
}

func (f Field) wrongKind() error {
	return damaged("%s: field %d has the wrong wire type, %d", f.message, f.Number, f.kind)
}

// Bytes returns the content of a message, a string or bytes.
func (f Field) Bytes() ([]byte, error) {
	if f.kind != protowire.BytesType {
		return nil, f.wrongKind()
	}
	return f.data, nil
}

// Message reads the fields of a message, as [ReadFields] does.
func (f Field) Message(message string, r Repeated, read func(f Field) error) error {
	b, err := f.Bytes()
	if err != nil {
		return err
	}
	return ReadFields(message, b, r, read)
}

// Text reads a string.
func (f Field) Text(to *string) error {
	b, err := f.Bytes()
	*to = string(b)
	return err
}

// Integer reads a varint.
func (f Field) Integer(to *int64) error {
	if f.kind != protowire.VarintType {
		return f.wrongKind()
	}
	*to = int64(f.value)
	return nil
}

// Fixed32 reads a number of four bytes.
func (f Field) Fixed32(to *uint32) error {
	if f.kind != protowire.Fixed32Type {
		return f.wrongKind()
	}
	*to = uint32(f.value)
	return nil
}

// Float reads a float32.
func (f Field) Float(to *float32) error {
	if f.kind != protowire.Fixed32Type {
		return f.wrongKind()
	}
	*to = math.Float32frombits(uint32(f.value))
	return nil
}

// FewIntegers is Integers for a field with at most that many numbers in all: a packed
// number may take a single byte in the file, but takes eight in memory.
func (f Field) FewIntegers(to *[]int64, most int) error {
	count := len(*to) + 1
	if f.kind == protowire.BytesType {
		count = len(*to)
		for _, b := range f.data {
			if b < 0x80 { // the last byte of a number
				count++
			}
		}
	}
	if count > most {
		return &Error{network.ErrUnsupported, fmt.Sprintf("%s: field %d has %s, want at most %d", f.message, f.Number, message.Count(count, "integer"), most)}
	}
	return f.Integers(to)
}

// Integers appends the numbers of a repeated field, packed or not.
func (f Field) Integers(to *[]int64) error {
	if f.kind == protowire.VarintType {
		*to = append(*to, int64(f.value))
		return nil
	}
	b, err := f.Bytes()
	for len(b) > 0 && err == nil {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return damaged("%s: field %d: %v", f.message, f.Number, protowire.ParseError(n))
		}
		b = b[n:]
		*to = append(*to, int64(v))
	}
	return err
}

// Floats appends the numbers of a repeated field, packed or not.
func (f Field) Floats(to *[]float32) error {
	if f.kind == protowire.Fixed32Type {
		*to = append(*to, math.Float32frombits(uint32(f.value)))
		return nil
	}
	b, err := f.Bytes()
	for len(b) > 0 && err == nil {
		v, n := protowire.ConsumeFixed32(b)
		if n < 0 {
			return damaged("%s: field %d: %v", f.message, f.Number, protowire.ParseError(n))
		}
		b = b[n:]
		*to = append(*to, math.Float32frombits(v))
	}
	return err
}

// Doubles appends the numbers of a repeated field of float64, as float32.
func (f Field) Doubles(to *[]float32) error {
	if f.kind == protowire.Fixed64Type {
		*to = append(*to, float32(math.Float64frombits(f.value)))
		return nil
	}
	b, err := f.Bytes()
	for len(b) > 0 && err == nil {
		v, n := protowire.ConsumeFixed64(b)
		if n < 0 {
			return damaged("%s: field %d: %v", f.message, f.Number, protowire.ParseError(n))
		}
		b = b[n:]
		*to = append(*to, float32(math.Float64frombits(v)))
	}
	return err
}
