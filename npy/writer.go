package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
)

// A Writer writes an array's elements in order.
type Writer struct {
	header  Header
	w       io.Writer
	room    int // bytes of the header
	written int // elements
	buf     []byte
}

// NewWriter writes the header of an array of that type ([Float32] or [Int32])
// and shape to w.
func NewWriter(w io.Writer, d DType, shape ...int) (*Writer, error) {
	if d != Float32 && d != Int32 {
		return nil, fmt.Errorf("%w: the type %v cannot be written; use %v or %v", ErrType, d, Float32, Int32)
	}
	h := Header{DType: d, Shape: slices.Clone(shape)}
	b := appendHeader(nil, h, 2*align)
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	return &Writer{header: h, w: w, room: len(b), buf: make([]byte, 0, chunk)}, nil
}

// WriteFloat32 writes the next elements of an array of [Float32].
func (w *Writer) WriteFloat32(src []float32) error {
	if w.header.DType != Float32 {
		return fmt.Errorf("%w: float32 into an array of %v", ErrType, w.header.DType)
	}
	return w.write(len(src), func(i int) uint32 { return math.Float32bits(src[i]) })
}

// WriteInt32 writes the next elements of an array of [Int32].
func (w *Writer) WriteInt32(src []int32) error {
	if w.header.DType != Int32 {
		return fmt.Errorf("%w: int32 into an array of %v", ErrType, w.header.DType)
	}
	return w.write(len(src), func(i int) uint32 { return uint32(src[i]) })
}

func (w *Writer) write(n int, element func(i int) uint32) error {
	for i := 0; i < n; {
		w.buf = w.buf[:0]
		for ; i < n && len(w.buf) < chunk; i++ {
			w.buf = binary.LittleEndian.AppendUint32(w.buf, element(i))
		}
		if _, err := w.w.Write(w.buf); err != nil {
			return err
		}
		w.written += len(w.buf) / 4
	}
	return nil
}

// Close checks that the number of written elements is that of the shape;
// otherwise the error wraps [ErrLength]. It does not close the underlying
// writer.
func (w *Writer) Close() error {
	if n := w.header.Len(); w.written != n {
		return fmt.Errorf("%w: %d written, but shape %v has %d", ErrLength, w.written, w.header.Shape, n)
	}
	return nil
}

// Reshape gives the array another shape, if it is known only after the elements
// have been written. The underlying writer must be an [io.WriteSeeker] whose
// start is the array's; it is left at the end.
func (w *Writer) Reshape(shape ...int) error {
	s, ok := w.w.(io.WriteSeeker)
	if !ok {
		return fmt.Errorf("%w: the shape of an array cannot be changed if the output cannot seek", ErrUnsupported)
	}
	h := Header{DType: w.header.DType, Shape: slices.Clone(shape)}
	b := appendHeader(nil, h, w.room)
	if len(b) != w.room {
		return fmt.Errorf("%w: shape %v does not fit into the header", ErrUnsupported, shape)
	}
	if _, err := s.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := s.Write(b); err != nil {
		return err
	}
	if _, err := s.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	w.header = h
	return nil
}
