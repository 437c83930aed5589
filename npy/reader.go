package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/rnnrun/rnnrun/internal/binary16"
)

// chunk is the number of bytes that are read or written at a time.
const chunk = 32 << 10

// A Reader reads an array's elements in order. It allocates nothing in
// proportion to the shape that the header claims.
type Reader struct {
	Header
	r    io.Reader
	left int // elements not read yet
	buf  []byte
}

// NewReader reads the header of an array from r. The error wraps [ErrFormat],
// [ErrUnsupported] or [ErrTruncated], or is r's own.
func NewReader(r io.Reader) (*Reader, error) {
	return newReader(r, func(*Header) error { return nil })
}

// newReader is NewReader, with a check of the header before more is read.
func newReader(r io.Reader, check func(h *Header) error) (*Reader, error) {
	h, err := readHeader(r)
	if err == nil {
		err = check(&h)
	}
	if err != nil {
		return nil, err
	}
	if h.fortran {
		if r, err = rowMajor(h, r); err != nil {
			return nil, err
		}
	}
	return &Reader{Header: h, r: r, left: h.Len()}, nil
}

// Left returns the number of elements that have not been read.
func (r *Reader) Left() int { return r.left }

// ReadFloat32 fills dst with the next elements, rounded to float32. The error
// wraps [ErrTruncated] or [ErrLength], or is the reader's own.
func (r *Reader) ReadFloat32(dst []float32) error {
	return r.read(len(dst), func(i int, e []byte) error {
		dst[i] = r.float(e)
		return nil
	})
}

// ReadInt32 fills dst with the next elements, which must be integers that fit.
// The error wraps [ErrType], [ErrRange], [ErrTruncated] or [ErrLength], or is
// the reader's own.
func (r *Reader) ReadInt32(dst []int32) error {
	if !r.DType.Integer() {
		return fmt.Errorf("%w: elements of type %v, want integers", ErrType, r.DType)
	}
	at := r.Len() - r.left
	return r.read(len(dst), func(i int, e []byte) error {
		v, ok := r.integer(e)
		if !ok || v != int64(int32(v)) {
			return fmt.Errorf("%w: element %d does not fit into 32 bits", ErrRange, at+i)
		}
		dst[i] = int32(v)
		return nil
	})
}

// Skip skips the next n elements. The error is one of those of
// [Reader.ReadFloat32].
func (r *Reader) Skip(n int) error {
	return r.read(n, func(int, []byte) error { return nil })
}

// read passes the next n elements to set, one after the other.
func (r *Reader) read(n int, set func(i int, element []byte) error) error {
	if n > r.left {
		return fmt.Errorf("%w: %d more wanted, but the array has %d left", ErrLength, n, r.left)
	}
	if r.buf == nil {
		r.buf = make([]byte, chunk)
	}
	size := r.DType.Size
	for i := 0; i < n; {
		b := r.buf[:min((n-i)*size, chunk)]
		if _, err := io.ReadFull(r.r, b); err != nil {
			return short(err, fmt.Sprintf("its array %v of %v", r.Shape, r.DType))
		}
		for ; len(b) > 0; b = b[size:] {
			if err := set(i, b[:size]); err != nil {
				return err
			}
			i++
			r.left--
		}
	}
	return nil
}

// bits returns an element's bytes as a number.
func (r *Reader) bits(e []byte) uint64 {
	var b [8]byte
	copy(b[:], e)
	if r.DType.BigEndian {
		for i := range e {
			b[i] = e[len(e)-1-i]
		}
	}
	return binary.LittleEndian.Uint64(b[:])
}

func (r *Reader) float(e []byte) float32 {
	if r.DType.Kind == 'f' {
		switch r.DType.Size {
		case 2:
			return binary16.Value(uint16(r.bits(e)))
		case 4:
			return math.Float32frombits(uint32(r.bits(e)))
		}
		return float32(math.Float64frombits(r.bits(e)))
	}
	if v, ok := r.integer(e); ok {
		return float32(v)
	}
	return float32(r.bits(e))
}

// integer returns an element as a signed number, and whether it is one.
func (r *Reader) integer(e []byte) (int64, bool) {
	b := r.bits(e)
	if r.DType.Kind == 'i' {
		shift := 64 - 8*r.DType.Size
		return int64(b<<shift) >> shift, true
	}
	return int64(b), b <= math.MaxInt64
}

// ReadAll reads a whole array as float32. A header that claims more than r
// holds costs no memory beyond a small multiple of what r does hold.
func ReadAll(r io.Reader) (shape []int, data []float32, err error) {
	a, err := NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	for a.Left() > 0 {
		n := min(a.Left(), chunk)
		data = append(data, make([]float32, n)...)
		if err := a.ReadFloat32(data[len(data)-n:]); err != nil {
			return nil, nil, err
		}
	}
	return a.Shape, data, nil
}
