package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// idxTypes are the types of elements of the IDX format, by their byte.
var idxTypes = map[byte]DType{
	0x08: {Kind: 'u', Size: 1, BigEndian: true},
	0x09: {Kind: 'i', Size: 1, BigEndian: true},
	0x0b: {Kind: 'i', Size: 2, BigEndian: true},
	0x0c: {Kind: 'i', Size: 4, BigEndian: true},
	0x0d: {Kind: 'f', Size: 4, BigEndian: true},
	0x0e: {Kind: 'f', Size: 8, BigEndian: true},
}

// NewIDXReader reads the header of an array in the IDX format, which is that of
// MNIST: two zeros, a byte for the type of the elements, one for the number of
// dimensions, the dimensions in 32 bits each, and the elements, the last index
// fastest; all of it big-endian. The error wraps [ErrFormat] or [ErrTruncated],
// or is r's own.
func NewIDXReader(r io.Reader) (*Reader, error) {
	var begin [4]byte
	if _, err := io.ReadFull(r, begin[:]); err != nil {
		return nil, short(err, "its header")
	}
	d, known := idxTypes[begin[2]]
	if begin[0] != 0 || begin[1] != 0 || !known || begin[3] == 0 {
		return nil, fmt.Errorf("%w, nor an IDX file: it begins with the bytes % x", ErrFormat, begin)
	}
	h := Header{DType: d}
	elements := 1
	for range begin[3] {
		var n [4]byte
		if _, err := io.ReadFull(r, n[:]); err != nil {
			return nil, short(err, "its header")
		}
		v := binary.BigEndian.Uint32(n[:])
		if v > 0 && (uint64(v) > math.MaxInt || elements > math.MaxInt/8/int(v)) {
			return nil, fmt.Errorf("%w: the dimensions %v and %d are too large", ErrFormat, h.Shape, v)
		}
		h.Shape = append(h.Shape, int(v))
		elements *= int(v)
	}
	return &Reader{Header: h, r: r, left: elements}, nil
}
