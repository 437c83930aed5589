package hostile

import (
	"encoding/binary"
	"slices"
)

// Protobuf returns a hostile protocol buffer: message with changes in fields at any depth
// and with correct lengths around them. Some of the changes use fields of other.
func (m Maker) Protobuf(message, other []byte) []byte {
	for range 1 + m.IntN(3) {
		message = m.changeMessage(message, other, 0)
	}
	return message
}

// A field is a field of a message: its key, and its value without the length.
type field struct {
	key   uint64
	value []byte
}

const maxDepth = 8 // greatest depth of a changed message

func (m Maker) changeMessage(message, other []byte, depth int) []byte {
	list := fields(message)
	if len(list) == 0 || m.IntN(24) == 0 {
		return m.Bytes(message, other)
	}
	i := m.IntN(len(list))
	f := &list[i]
	switch m.IntN(10) {
	case 0:
		list = slices.Delete(list, i, i+1)
	case 1:
		list = slices.Insert(list, i, *f)
	case 2:
		j := m.IntN(len(list))
		list[i], list[j] = list[j], list[i]
	case 3:
		if donors := fields(other); len(donors) > 0 {
			list = slices.Insert(list, i, donors[m.IntN(len(donors))])
		}
	case 4:
		f.key = m.number(f.key>>3)<<3 | f.key&7
	default:
		if f.key&7 != 2 {
			f.value = m.scalar(f)
		} else if inner := fields(f.value); len(inner) > 0 && depth < maxDepth {
			f.value = m.changeMessage(f.value, other, depth+1)
		} else {
			f.value = m.Bytes(f.value, other)
		}
	}
	var b []byte
	for _, f := range list {
		b = binary.AppendUvarint(b, f.key)
		if f.key&7 == 2 {
			b = binary.AppendUvarint(b, uint64(len(f.value)))
		}
		b = append(b, f.value...)
	}
	return b
}

// scalar returns another value of a number.
func (m Maker) scalar(f *field) []byte {
	if f.key&7 == 0 {
		v, _ := binary.Uvarint(f.value)
		return binary.AppendUvarint(nil, m.number(v))
	}
	b := slices.Clone(f.value)
	m.setField(b)
	return b
}

// fields returns the fields of a message; nil: it is not a message.
func fields(message []byte) []field {
	var list []field
	for len(message) > 0 {
		key, n := binary.Uvarint(message)
		if n <= 0 || key>>3 == 0 {
			return nil
		}
		message = message[n:]
		size := 0
		switch key & 7 {
		case 0:
			_, size = binary.Uvarint(message)
		case 1:
			size = 8
		case 2:
			length, n := binary.Uvarint(message)
			if n <= 0 || length > uint64(len(message)-n) {
				return nil
			}
			message, size = message[n:], int(length)
		case 5:
			size = 4
		}
		if size <= 0 && key&7 != 2 || size > len(message) {
			return nil
		}
		list = append(list, field{key, message[:size]})
		message = message[size:]
	}
	return list
}
