package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

const (
	magic = "\x93NUMPY"
	// maxHeader bounds what a hostile header may take. NumPy refuses more than
	// 10000 bytes, too.
	maxHeader = 10000
	// maxDims is NumPy's own limit.
	maxDims = 64
	// align divides the offset of the elements.
	align = 64
)

// A Header describes an array.
type Header struct {
	DType DType
	Shape []int

	fortran bool // the first index is fastest
}

// Len returns the number of elements: the product of the shape, 1 for a
// single number.
func (h *Header) Len() int {
	n := 1
	for _, d := range h.Shape {
		n *= d
	}
	return n
}

// readHeader reads the header and leaves r at the first element.
func readHeader(r io.Reader) (Header, error) {
	var start [12]byte
	if _, err := io.ReadFull(r, start[:8]); err != nil {
		return Header{}, short(err, "its first 8 bytes")
	}
	if string(start[:6]) != magic {
		return Header{}, fmt.Errorf("%w: it starts with % x, not with % x", ErrFormat, start[:6], magic)
	}
	major, minor := start[6], start[7]
	lengthBytes := 4
	switch {
	case major == 1 && minor == 0:
		lengthBytes = 2
	case (major == 2 || major == 3) && minor == 0:
	default:
		return Header{}, fmt.Errorf("%w: version %d.%d; versions 1.0, 2.0 and 3.0 are read", ErrUnsupported, major, minor)
	}
	if _, err := io.ReadFull(r, start[8:8+lengthBytes]); err != nil {
		return Header{}, short(err, "its header's length")
	}
	length := binary.LittleEndian.Uint32(start[8:])
	if length > maxHeader {
		return Header{}, fmt.Errorf("%w: a header of %d bytes; at most %d are read", ErrUnsupported, length, maxHeader)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return Header{}, short(err, fmt.Sprintf("its header of %d bytes", length))
	}
	return parseHeader(string(text))
}

func short(err error, where string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends within %s", ErrTruncated, where)
	}
	return err
}

// appendHeader appends magic, version and header to b. It makes them at least
// room bytes long, so that a longer shape can replace them.
func appendHeader(b []byte, h Header, room int) []byte {
	lengths := make([]string, len(h.Shape))
	for i, d := range h.Shape {
		lengths[i] = strconv.Itoa(d)
	}
	shape := strings.Join(lengths, ", ")
	if len(lengths) == 1 {
		shape += ","
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", h.DType, shape)
	const before = len(magic) + 4
	total := (max(before+len(text)+1, room) + align - 1) / align * align
	b = append(b, magic+"\x01\x00"...)
	b = binary.LittleEndian.AppendUint16(b, uint16(total-before))
	b = append(b, text...)
	b = append(b, strings.Repeat(" ", total-before-len(text)-1)...)
	return append(b, '\n')
}

// parseHeader reads the header's text, a literal of a Python dictionary with
// the keys descr, fortran_order and shape in any order.
func parseHeader(text string) (Header, error) {
	p := parser{rest: text, size: len(text)}
	var h Header
	seen := map[string]bool{}
	fortran := false
	p.want("{")
	for p.err == nil && !p.take("}") {
		key := p.quoted()
		p.want(":")
		if p.err == nil && seen[key] {
			p.fail(fmt.Sprintf("key %q twice", key))
		}
		seen[key] = true
		switch {
		case p.err != nil:
		case key == "descr":
			h.DType = p.dtype()
		case key == "fortran_order":
			fortran = p.boolean()
		case key == "shape":
			h.Shape = p.shape()
		default:
			p.fail(fmt.Sprintf("unknown key %q", key))
		}
		if p.err == nil && !p.take(",") {
			p.want("}")
			break
		}
	}
	if p.err == nil && strings.TrimSpace(p.rest) != "" {
		p.fail(fmt.Sprintf("%q after the header", p.rest))
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if p.err == nil && !seen[key] {
			p.fail(fmt.Sprintf("no key %q", key))
		}
	}
	if p.err != nil {
		return Header{}, p.err
	}
	h.fortran = fortran && len(h.Shape) > 1
	if !sizeFits(h) {
		return Header{}, fmt.Errorf("%w: shape %v is more bytes than a file can hold", ErrFormat, h.Shape)
	}
	return h, nil
}

// sizeFits reports whether the array's size in bytes is an int.
func sizeFits(h Header) bool {
	n := h.DType.Size
	for _, d := range h.Shape {
		if d == 0 {
			return true // an empty array, whatever its other lengths
		}
	}
	for _, d := range h.Shape {
		if n > math.MaxInt/d {
			return false
		}
		n *= d
	}
	return true
}
