package wav

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
)

// A Writer writes samples.
type Writer struct {
	to      io.Writer
	w       *bufio.Writer
	format  Format
	raw     bool // without a header
	written int64
	clipped int64
	sample  []byte
}

// NewWriter writes the header of a WAV file to w. If w can seek, Close writes the size of
// the data into it. Otherwise the header says that the data extend to the end of the
// file.
func NewWriter(w io.Writer, f Format) (*Writer, error) {
	if err := f.validate(); err != nil {
		return nil, err
	}
	c := &Writer{to: w, w: bufio.NewWriter(w), format: f, sample: make([]byte, f.Encoding.Bytes())}
	_, err := c.w.Write(encodeHeader(&f, -1))
	return c, err
}

// NewRawWriter returns a writer of samples without a header.
func NewRawWriter(w io.Writer, f Format) (*Writer, error) {
	if err := f.validate(); err != nil {
		return nil, err
	}
	return &Writer{to: w, w: bufio.NewWriter(w), format: f, raw: true, sample: make([]byte, f.Encoding.Bytes())}, nil
}

// Write writes samples, with a sample of each channel per frame. Integers are rounded to
// the nearest, ties to even, and clipped to their range; NaN becomes 0.
func (w *Writer) Write(samples []float32) error {
	for _, v := range samples {
		w.encode(v)
		if _, err := w.w.Write(w.sample); err != nil {
			return err
		}
	}
	w.written += int64(len(samples) * len(w.sample))
	return nil
}

// encode encodes a sample into w.sample.
func (w *Writer) encode(v float32) {
	le := binary.LittleEndian
	switch w.format.Encoding {
	case Uint8:
		w.sample[0] = byte(w.integer(v, 7) + 128)
	case Int16:
		le.PutUint16(w.sample, uint16(w.integer(v, 15)))
	case Int24:
		n := w.integer(v, 23)
		w.sample[0], w.sample[1], w.sample[2] = byte(n), byte(n>>8), byte(n>>16)
	case Int32:
		le.PutUint32(w.sample, uint32(w.integer(v, 31)))
	case Float32:
		le.PutUint32(w.sample, math.Float32bits(v))
	case Float64:
		le.PutUint64(w.sample, math.Float64bits(float64(v)))
	}
}

// integer returns v·2^bits as an integer with that many bits and a sign.
func (w *Writer) integer(v float32, bits int) int64 {
	if v != v {
		w.clipped++
		return 0
	}
	limit := float64(int64(1) << bits)
	x := math.RoundToEven(float64(v) * limit)
	if x < -limit || x > limit-1 {
		w.clipped++
		x = max(-limit, min(limit-1, x))
	}
	return int64(x)
}

// Clipped returns the number of samples that were outside the range of the encoding, or
// NaN.
func (w *Writer) Clipped() int64 { return w.clipped }

// Flush flushes what has been written.
func (w *Writer) Flush() error { return w.w.Flush() }

// Close ends the data. It does not close the underlying writer.
func (w *Writer) Close() error {
	if !w.raw && w.written%2 == 1 {
		w.w.WriteByte(0)
	}
	if err := w.w.Flush(); err != nil || w.raw {
		return err
	}
	s, ok := w.to.(io.Seeker)
	if !ok || w.written >= streamSize {
		return nil
	}
	if _, err := s.Seek(0, io.SeekStart); err != nil {
		return nil // a pipe
	}
	if _, err := w.to.Write(encodeHeader(&w.format, w.written)); err != nil {
		return err
	}
	_, err := s.Seek(0, io.SeekEnd)
	return err
}
