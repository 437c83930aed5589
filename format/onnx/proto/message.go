package proto

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

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
