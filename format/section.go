package format

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"github.com/rnnrun/rnnrun/internal/message"
)

const (
	magic   = "\x89RNN\r\n\x1a\n"
	version = 1

	headerSize  = 64
	entrySize   = 32
	maxSections = 64

	flagOptional = 1
)

// The tags of version 1.
const (
	tagArchitecture  = "ARCH"
	tagLayers        = "LAYR"
	tagCells         = "CELL"
	tagGraph         = "GRPH"
	tagTensors       = "TENS"
	tagVocabulary    = "VOCB"
	tagLabels        = "LABL"
	tagTokenizer     = "TOKN"
	tagNormalization = "NORM"
	tagData          = "DATA"
	tagAnomaly       = "ANOM"
	tagAdaptation    = "ADPT"
	tagProvenance    = "PROV"
	tagGoldens       = "GOLD"
	tagWeights       = "WGTS"
	tagDecoder       = "DECO"

	inHeader = "header" // the place of an error that is in no section
	inTable  = "table"
)

// knownSections are the sections of version 1 in their order, each with its
// flags.
var knownSections = [...]struct {
	tag   string
	flags uint32
}{
	{tagArchitecture, 0},
	{tagLayers, 0},
	{tagCells, 0},
	{tagGraph, 0},
	{tagTensors, 0},
	{tagVocabulary, 0},
	{tagLabels, 0},
	{tagTokenizer, 0},
	{tagNormalization, 0},
	{tagData, flagOptional}, // programs that do not know it ignore it
	{tagAnomaly, flagOptional},
	{tagAdaptation, flagOptional},
	{tagProvenance, 0},
	{tagGoldens, 0},
	{tagWeights, 0},
	{tagDecoder, 0},
}

// order returns the place of a section among the known ones; -1: it is not
// known.
func order(tag string) int {
	for i := range knownSections {
		if knownSections[i].tag == tag {
			return i
		}
	}
	return -1
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

func alignUp(n int64) int64 { return (n + Alignment - 1) &^ (Alignment - 1) }

func allZero(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}

// header is the first 64 bytes of a file.
type header struct {
	sections int
	size     int64 // of the file
	table    uint32
}

// readHeader reads the header from the first bytes of a file.
func readHeader(b []byte) (header, error) {
	refuse := func(err error, offset int64, format string, args ...any) (header, error) {
		return header{}, fail(err, inHeader, offset, format, args...)
	}
	if len(b) == 0 {
		return refuse(ErrTruncated, 0, "the file is empty")
	}
	if n := min(len(b), len(magic)); string(b[:n]) != magic[:n] {
		if bytes.HasPrefix(b, []byte(magic[:4])) || bytes.HasPrefix(b, []byte("\x09RNN")) {
			return refuse(ErrCorrupt, 0, "it starts with % x, which is a .rnn file mangled by a transfer as text", b[:n])
		}
		return refuse(ErrNotModel, 0, "it starts with % x, want % x", b[:n], magic)
	}
	if len(b) < headerSize {
		return refuse(ErrTruncated, int64(len(b)), "the file ends within its header of %d bytes", headerSize)
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != version {
		return refuse(ErrVersion, 8, "version %d, but this program reads version %d", v, version)
	}
	if got, want := checksum(b[:60]), binary.LittleEndian.Uint32(b[60:]); got != want {
		return refuse(ErrCorrupt, 60, "checksum %08x, but the header's is %08x", want, got)
	}
	if !allZero(b[24:56]) {
		return refuse(ErrCorrupt, 24, "reserved bytes are not zero")
	}
	h := header{table: binary.LittleEndian.Uint32(b[56:])}
	n := binary.LittleEndian.Uint32(b[12:])
	if n == 0 || n > maxSections {
		return refuse(ErrCorrupt, 12, "%s, want 1 to %d", message.Count(n, "section"), maxSections)
	}
	size := binary.LittleEndian.Uint64(b[16:])
	if size > 1<<62 || size%Alignment != 0 {
		return refuse(ErrCorrupt, 16, "a size of %s, not a multiple of %d or too large", message.Count(size, "byte"), Alignment)
	}
	h.sections, h.size = int(n), int64(size)
	return h, nil
}

// checkSize compares the size that the header gives with the file's.
func (h *header) checkSize(size int64) error {
	switch {
	case size < h.size:
		return fail(ErrTruncated, inHeader, size, "the file ends after %d of its %d bytes", size, h.size)
	case size > h.size:
		return fail(ErrCorrupt, inHeader, h.size, "%s after the end of the file at byte %d", message.Count(size-h.size, "byte"), h.size)
	}
	return nil
}

// sections are a file's known sections, in the order of knownSections.
type sections [len(knownSections)]struct {
	offset int64
	body   []byte // empty: the file has no such section
}

// readSections checks everything about a file but the contents of its
// sections.
func readSections(data []byte) (*sections, error) {
	h, err := readHeader(data)
	if err != nil {
		return nil, err
	}
	if err := h.checkSize(int64(len(data))); err != nil {
		return nil, err
	}
	end := int64(headerSize + h.sections*entrySize)
	if end > h.size {
		return nil, fail(ErrCorrupt, inTable, headerSize, "%s, too many for a file of %s", message.Count(h.sections, "section"), message.Count(h.size, "byte"))
	}
	table := data[headerSize:end]
	if got := checksum(table); got != h.table {
		return nil, fail(ErrCorrupt, inTable, headerSize, "checksum %08x, but the header gives %08x", got, h.table)
	}
	s := new(sections)
	last := -1
	for i := range h.sections {
		at := int64(headerSize + i*entrySize)
		e := table[i*entrySize:][:entrySize]
		tag := string(e[:4])
		flags := binary.LittleEndian.Uint32(e[4:])
		offset, length := binary.LittleEndian.Uint64(e[8:]), binary.LittleEndian.Uint64(e[16:])
		if !isTag(e[:4]) {
			return nil, fail(ErrCorrupt, inTable, at, "the tag %q is not four capitals or digits", tag)
		}
		for j := range i {
			if string(table[j*entrySize:][:4]) == tag {
				return nil, fail(ErrCorrupt, inTable, at, "a second section %s", tag)
			}
		}
		start := alignUp(end)
		switch {
		case !allZero(e[28:]):
			return nil, fail(ErrCorrupt, inTable, at+28, "reserved bytes are not zero")
		case offset != uint64(start):
			return nil, fail(ErrCorrupt, inTable, at+8, "section %s starts at byte %d, want byte %d", tag, offset, start)
		case length == 0:
			return nil, fail(ErrCorrupt, inTable, at+16, "section %s is empty", tag)
		case start > h.size || length > uint64(h.size-start):
			return nil, fail(ErrCorrupt, inTable, at+16, "section %s of %s goes beyond the end of the file", tag, message.Count(length, "byte"))
		}
		if pad := data[end:start]; !allZero(pad) {
			return nil, fail(ErrCorrupt, inTable, end, "the padding before section %s is not zero", tag)
		}
		end = start + int64(length)
		body := data[start:end:end]
		if got, want := checksum(body), binary.LittleEndian.Uint32(e[24:]); got != want {
			return nil, fail(ErrCorrupt, tag, start, "checksum %08x, but the table gives %08x", got, want)
		}
		known := order(tag)
		switch {
		case known < 0 && flags == flagOptional:
			continue // made by a later version, which says that it can be left out
		case known < 0 && flags&flagOptional == 0:
			return nil, fail(ErrUnsupported, inTable, at, "unknown section %s", tag)
		case known < 0 || flags != knownSections[known].flags:
			return nil, fail(ErrUnsupported, inTable, at+4, "unknown flags %#x of section %s", flags, tag)
		case known < last:
			return nil, fail(ErrCorrupt, inTable, at, "section %s comes after %s", tag, knownSections[last].tag)
		}
		last = known
		s[known].offset, s[known].body = start, body
	}
	if alignUp(end) != h.size {
		return nil, fail(ErrCorrupt, inHeader, 16, "a size of %s, but the last section ends at byte %d", message.Count(h.size, "byte"), end)
	}
	if !allZero(data[end:]) {
		return nil, fail(ErrCorrupt, inTable, end, "the padding after the last section is not zero")
	}
	if err := s.checkPresence(); err != nil {
		return nil, err
	}
	return s, nil
}

// checkPresence checks that a stack of layers has a stack's sections, or that a graph has a graph's, which may have no
// weights.
func (s *sections) checkPresence() error {
	required := []string{tagArchitecture, tagLayers, tagTensors, tagWeights}
	if len(s.body(tagGraph)) > 0 {
		required = required[:1]
		for _, tag := range []string{tagLayers, tagCells} {
			if len(s.body(tag)) > 0 {
				return fail(ErrCorrupt, inTable, headerSize, "sections %s and %s, but a file has only one of them", tag, tagGraph)
			}
		}
	}
	for _, tag := range required {
		if len(s.body(tag)) == 0 {
			return fail(ErrCorrupt, inTable, headerSize, "the file has no section %s", tag)
		}
	}
	return nil
}

func isTag(b []byte) bool {
	for _, c := range b {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func (s *sections) body(tag string) []byte { return s[order(tag)].body }

// start returns where a section starts in the file.
func (s *sections) start(tag string) int64 {
	if i := order(tag); i >= 0 {
		return s[i].offset
	}
	return 0
}

// A section is one to be written: add appends its body.
type section struct {
	tag string
	add func(b []byte) []byte
}

// appendSections appends a file of the given sections. One that is not known is
// written without flags.
func appendSections(b []byte, list []section) []byte {
	base := len(b)
	b = append(b, make([]byte, headerSize+entrySize*len(list))...)
	for i, s := range list {
		b = padZero(b, base)
		start := len(b)
		b = s.add(b)
		e := b[base+headerSize+i*entrySize:]
		copy(e, s.tag)
		if known := order(s.tag); known >= 0 {
			binary.LittleEndian.PutUint32(e[4:], knownSections[known].flags)
		}
		binary.LittleEndian.PutUint64(e[8:], uint64(start-base))
		binary.LittleEndian.PutUint64(e[16:], uint64(len(b)-start))
		binary.LittleEndian.PutUint32(e[24:], checksum(b[start:]))
	}
	b = padZero(b, base)
	h := b[base:]
	copy(h, magic)
	binary.LittleEndian.PutUint32(h[8:], version)
	binary.LittleEndian.PutUint32(h[12:], uint32(len(list)))
	binary.LittleEndian.PutUint64(h[16:], uint64(len(h)))
	binary.LittleEndian.PutUint32(h[56:], checksum(h[headerSize:][:entrySize*len(list)]))
	binary.LittleEndian.PutUint32(h[60:], checksum(h[:60]))
	return b
}

// padZero appends zeros until what follows base is aligned.
func padZero(b []byte, base int) []byte {
	var zeros [Alignment]byte
	n := int64(len(b) - base)
	return append(b, zeros[:alignUp(n)-n]...)
}
