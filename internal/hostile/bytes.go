package hostile

import (
	"encoding/binary"
	"math"
	"slices"
)

// sizes are the sizes of records and fields in the formats that are read.
var sizes = []int{1, 2, 3, 4, 8, 12, 16, 20, 24, 32, 64, 88}

// numbers are corner cases of arithmetic on sizes and offsets.
var numbers = []uint64{
	0, 1, 2, 3, 7, 8, 31, 32, 63, 64, 127, 128, 255, 256, 1<<15 - 1, 1 << 15, 1<<16 - 1, 1 << 16, 1 << 20, 1 << 24,
	1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32, 1 << 40, 1<<62 - 1, 1<<63 - 1, 1 << 63, 1<<64 - 1,
}

// floats are corner cases of arithmetic on weights.
var floats = []float32{
	0, float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)),
	math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32,
	0x1p-126, 0x1.fffffcp-127, 0x1p-75, 0x1p64, -1, 1, 1 + 0x1p-23, 127, 128, 1e30,
}

// Bytes returns a copy of data with one to four changes. Some of the changes use pieces
// of other.
func (m Maker) Bytes(data, other []byte) []byte {
	b := slices.Clone(data)
	for range 1 + m.IntN(4) {
		b = m.change(b, other)
	}
	return b
}

func (m Maker) change(b, other []byte) []byte {
	if len(b) == 0 {
		return append(b, m.piece(other)...)
	}
	switch at := m.IntN(len(b)); m.IntN(10) {
	case 0:
		b[at] ^= 1 << m.IntN(8)
	case 1:
		b[at] = byte(m.number(uint64(b[at])))
	case 2, 3:
		m.setField(b)
	case 4:
		if at = m.aligned(b, 4); at+4 <= len(b) {
			binary.LittleEndian.PutUint32(b[at:], math.Float32bits(floats[m.IntN(len(floats))]))
		}
	case 5:
		b = slices.Insert(b, at, m.piece(b)...)
	case 6:
		b = slices.Insert(b, at, make([]byte, sizes[m.IntN(len(sizes))])...)
	case 7:
		at = m.aligned(b, sizes[m.IntN(len(sizes))])
		b = slices.Delete(b, at, min(at+sizes[m.IntN(len(sizes))], len(b)))
	case 8:
		copy(b[at:], m.piece(other))
	case 9:
		b = b[:at]
	}
	return b
}

// setField sets a number of 2, 4 or 8 bytes.
func (m Maker) setField(b []byte) {
	if len(b) == 0 {
		return
	}
	size := 2 << m.IntN(3)
	at := m.aligned(b, min(size, 4))
	if at+size > len(b) {
		return
	}
	switch b = b[at:]; size {
	case 2:
		binary.LittleEndian.PutUint16(b, uint16(m.number(uint64(binary.LittleEndian.Uint16(b)))))
	case 4:
		binary.LittleEndian.PutUint32(b, uint32(m.number(uint64(binary.LittleEndian.Uint32(b)))))
	case 8:
		binary.LittleEndian.PutUint64(b, m.number(binary.LittleEndian.Uint64(b)))
	}
}

// number returns a number near the old one, a small one, or a corner case.
func (m Maker) number(old uint64) uint64 {
	switch m.IntN(4) {
	case 0:
		return old + uint64(m.IntN(9)) - 4
	case 1:
		return m.Uint64N(20)
	case 2:
		return old << m.IntN(3) >> m.IntN(3)
	}
	return numbers[m.IntN(len(numbers))]
}

// aligned returns an offset in b that is a multiple of size.
func (m Maker) aligned(b []byte, size int) int { return m.IntN(len(b)/size+1) * size % len(b) }

// piece returns a copy of a piece of b that is as long as a record.
func (m Maker) piece(b []byte) []byte {
	if len(b) == 0 {
		return []byte{0}
	}
	size := sizes[m.IntN(len(sizes))] * (1 + m.IntN(3))
	at := m.aligned(b, sizes[m.IntN(len(sizes))])
	return slices.Clone(b[at:min(at+size, len(b))])
}

// Floats sets some of the numbers to corner cases of arithmetic, or to random bits.
func (m Maker) Floats(x []float32) {
	for i := range x {
		switch m.IntN(8) {
		case 0:
			x[i] = floats[m.IntN(len(floats))]
		case 1:
			x[i] = math.Float32frombits(m.Uint32())
		}
	}
}
