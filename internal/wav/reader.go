package wav

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A Reader reads samples.
type Reader struct {
	r      *bufio.Reader
	format Format
	left   int64 // bytes of the data; -1: up to the end of the input
	read   int64 // frames
	frame  []byte
}

// NewReader reads the header of a WAV file.
func NewReader(r *bufio.Reader) (*Reader, error) {
	f, size, err := header(r)
	if err != nil {
		return nil, err
	}
	return &Reader{r: r, format: f, left: size, frame: make([]byte, f.frame())}, nil
}

// NewRawReader returns a reader of samples without a header.
func NewRawReader(r *bufio.Reader, f Format) (*Reader, error) {
	if err := f.validate(); err != nil {
		return nil, err
	}
	return &Reader{r: r, format: f, left: -1, frame: make([]byte, f.frame())}, nil
}

// Format returns the format of the samples.
func (r *Reader) Format() Format { return r.format }

// Read reads frames into dst, with a sample of each channel per frame. It reads at least
// one frame, and then as many as are available without waiting. It returns the number of
// samples. The error is io.EOF at the end, and wraps [ErrTruncated] if the end comes too
// early. dst must have room for a frame.
func (r *Reader) Read(dst []float32) (n int, err error) {
	channels := r.format.Channels
	for n+channels <= len(dst) && (n == 0 || r.r.Buffered() >= len(r.frame)) {
		if err := r.next(); err != nil {
			return n, err
		}
		decode(dst[n:n+channels], r.frame, r.format.Encoding)
		n += channels
	}
	return n, nil
}

// next reads a frame.
func (r *Reader) next() error {
	if r.left >= 0 && r.left < int64(len(r.frame)) {
		return io.EOF
	}
	k, err := io.ReadFull(r.r, r.frame)
	switch {
	case err == io.EOF && r.left < 0:
		return io.EOF
	case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) && r.left >= 0:
		return fmt.Errorf("%w: it ends after %s, but its header promises %d", ErrTruncated, message.Count(r.read, "frame"), r.read+r.left/int64(len(r.frame)))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it ends after %s and %s of the next, which has %d", ErrTruncated, message.Count(r.read, "frame"), message.Count(k, "byte"), len(r.frame))
	case err != nil:
		return err
	}
	if r.left >= 0 {
		r.left -= int64(len(r.frame))
	}
	r.read++
	return nil
}

// decode turns bytes into samples.
func decode(dst []float32, b []byte, e Encoding) {
	le := binary.LittleEndian
	for i := range dst {
		switch e {
		case Uint8:
			dst[i] = float32(int(b[i])-128) / (1 << 7)
		case Int16:
			dst[i] = float32(int16(le.Uint16(b[2*i:]))) / (1 << 15)
		case Int24:
			v := int32(b[3*i])<<8 | int32(b[3*i+1])<<16 | int32(b[3*i+2])<<24
			dst[i] = float32(v) / (1 << 31)
		case Int32:
			dst[i] = float32(int32(le.Uint32(b[4*i:]))) / (1 << 31)
		case Float32:
			dst[i] = math.Float32frombits(le.Uint32(b[4*i:]))
		case Float64:
			dst[i] = float32(math.Float64frombits(le.Uint64(b[8*i:])))
		}
	}
}
