package hostile

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"
)

// The layout of .rnn files, as package format specifies it.
const (
	headerSize = 64
	entrySize  = 32
	alignment  = 64
	decoder    = "DECO" // section with a whole file
	weights    = "WGTS"
)

// A section is a section of a .rnn file.
type section struct {
	tag   string
	flags uint32
	body  []byte
}

// Model returns a hostile .rnn file: file with changes in its sections. Some of the
// changes use sections of other.
func (m Maker) Model(file, other []byte) []byte {
	list, donors := sections(file), sections(other)
	if list == nil || m.IntN(16) == 0 {
		return sized(m.Bytes(file, other))
	}
	for range 1 + m.IntN(3) {
		list = m.changeSections(list, donors)
	}
	b := join(list)
	if m.IntN(32) == 0 {
		m.setField(b[:headerSize+entrySize*len(list)])
		Repair(b)
	}
	return b
}

func (m Maker) changeSections(list, donors []section) []section {
	i := m.IntN(len(list))
	if at := find(list, weights); at >= 0 && m.IntN(2) == 0 {
		i = at
	}
	s := &list[i]
	donor := donorOf(donors, s.tag)
	switch n := m.IntN(20); {
	case s.tag == decoder:
		s.body = m.Model(s.body, donor)
	case n == 0 && donor != nil:
		s.body = slices.Clone(donor)
	case n == 1 && len(list) > 1:
		return slices.Delete(list, i, i+1)
	case n == 2 && len(donors) > 0:
		return slices.Insert(list, i, donors[m.IntN(len(donors))])
	case n == 3:
		j := m.IntN(len(list))
		list[i], list[j] = list[j], list[i]
	case n == 4:
		s.tag = []string{"ZZZZ", "DATA", "LABL", "DECO"}[m.IntN(4)]
	case n == 5:
		s.flags = uint32(m.number(uint64(s.flags)))
	case s.tag == weights && n < 19: // the size stays, so that the file is accepted
		s.body = slices.Clone(s.body)
		for range 1 + m.IntN(3) {
			m.setWeight(s.body)
		}
	case n < 12:
		s.body = slices.Clone(s.body)
		m.setField(s.body)
	default:
		s.body = m.Bytes(s.body, donor)
	}
	return list
}

// setWeight sets a float32, or four int8, or two binary16. It mostly sets finite numbers,
// since a model with NaN is refused.
func (m Maker) setWeight(b []byte) {
	at := m.IntN(max(len(b)/4, 1)) * 4
	if at+4 > len(b) {
		return
	}
	v := m.Uint32()
	switch m.IntN(4) {
	case 0:
		v = math.Float32bits(floats[m.IntN(len(floats))])
	case 1:
		v = binary.LittleEndian.Uint32(b[at:]) ^ 1<<m.IntN(32)
	}
	if m.IntN(8) > 0 && v>>23&255 == 255 {
		v &^= 1 << 23
	}
	binary.LittleEndian.PutUint32(b[at:], v)
}

func donorOf(list []section, tag string) []byte {
	if i := find(list, tag); i >= 0 {
		return list[i].body
	}
	return nil
}

func find(list []section, tag string) int {
	return slices.IndexFunc(list, func(s section) bool { return s.tag == tag })
}

// sections returns the sections of a valid file; nil: the file is invalid.
func sections(file []byte) []section {
	var list []section
	each(file, func(entry, body []byte) {
		list = append(list, section{string(entry[:4]), binary.LittleEndian.Uint32(entry[4:]), body})
	})
	return list
}

// each calls f for every section inside the file, with its entry in the table.
func each(file []byte, f func(entry, body []byte)) {
	size := uint64(len(file))
	if size < headerSize {
		return
	}
	n := uint64(binary.LittleEndian.Uint32(file[12:]))
	if n > (size-headerSize)/entrySize {
		return
	}
	for i := range n {
		entry := file[headerSize+i*entrySize:][:entrySize]
		offset, length := binary.LittleEndian.Uint64(entry[8:]), binary.LittleEndian.Uint64(entry[16:])
		if offset <= size && length <= size-offset {
			f(entry, file[offset:][:length])
		}
	}
}

// join returns a file with these sections and with correct offsets, sizes and checksums.
func join(list []section) []byte {
	b := make([]byte, headerSize+entrySize*len(list))
	copy(b, "\x89RNN\r\n\x1a\n")
	binary.LittleEndian.PutUint32(b[8:], 1)
	binary.LittleEndian.PutUint32(b[12:], uint32(len(list)))
	for i, s := range list {
		b = append(b, make([]byte, -len(b)&(alignment-1))...)
		entry := b[headerSize+entrySize*i:]
		copy(entry, s.tag)
		binary.LittleEndian.PutUint32(entry[4:], s.flags)
		binary.LittleEndian.PutUint64(entry[8:], uint64(len(b)))
		binary.LittleEndian.PutUint64(entry[16:], uint64(len(s.body)))
		b = append(b, s.body...)
	}
	b = append(b, make([]byte, -len(b)&(alignment-1))...)
	return sized(b)
}

// sized corrects the size of a file and its checksums.
func sized(file []byte) []byte {
	if len(file) >= headerSize {
		binary.LittleEndian.PutUint64(file[16:], uint64(len(file)))
	}
	Repair(file)
	return file
}

// Repair corrects the checksums of a .rnn file and of the file inside it, if it is long
// enough to have them.
func Repair(file []byte) {
	if len(file) < headerSize {
		return
	}
	each(file, func(entry, body []byte) {
		if string(entry[:4]) == decoder && len(body) < len(file) {
			Repair(body)
		}
		binary.LittleEndian.PutUint32(entry[24:], checksum(body))
	})
	if n := uint64(binary.LittleEndian.Uint32(file[12:])); n <= uint64(len(file)-headerSize)/entrySize {
		binary.LittleEndian.PutUint32(file[56:], checksum(file[headerSize:][:n*entrySize]))
	}
	binary.LittleEndian.PutUint32(file[60:], checksum(file[:60]))
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// Snapshot returns a hostile snapshot of a session: snapshot with changes and a correct
// checksum at its end.
func (m Maker) Snapshot(snapshot, other []byte) []byte {
	body := m.Bytes(snapshot[:len(snapshot)-4], other)
	return binary.LittleEndian.AppendUint32(body, checksum(body))
}
